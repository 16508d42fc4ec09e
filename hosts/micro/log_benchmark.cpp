// A line of the access log, up to the buffer that a thread writes from. The floor: its bytes copied.

#include <benchmark/benchmark.h>
#include <fcntl.h>

#include <cstring>
#include <optional>
#include <string>

#include "hosts/access_log/format.h"
#include "hosts/access_log/writer.h"
#include "hosts/base/check.h"
#include "hosts/base/unique_fd.h"

namespace hosts::micro {
namespace {

class BrowserNames final : public access_log::Names {
 public:
  std::optional<std::string> RequestHeader(std::string_view name) const override {
    if (name == "Referer") return "http://a.example/accounts/";
    return "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
  }
  std::optional<std::string> AnswerHeader(std::string_view) const override { return std::nullopt; }
  std::optional<std::string> Variable(std::string_view) const override { return std::nullopt; }
};

access_log::Entry SomeEntry(const access_log::Names& names) {
  access_log::Entry entry;
  entry.remote_address = "127.0.0.1";
  entry.request_line = "GET /accounts/profile/edit/?next=/accounts/&page=2 HTTP/1.1";
  entry.status = 200;
  entry.body_bytes = 13;
  entry.began_us = 1'700'000'000'000'000;
  entry.names = &names;
  return entry;
}

void Log_Line(benchmark::State& state) {
  const auto format = access_log::Format::Parse(access_log::kCombined);
  const base::UniqueFd nowhere(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  access_log::Writer writer({{nowhere.get(), "/dev/null"}});
  const BrowserNames names;
  const access_log::Entry entry = SomeEntry(names);
  std::string line;
  for (auto _ : state) {
    line.clear();
    format->Write(entry, line);
    writer.Append(0, line);
  }
}

void Log_Floor_Copy(benchmark::State& state) {
  const BrowserNames names;
  std::string line;
  access_log::Format::Parse(access_log::kCombined)->Write(SomeEntry(names), line);
  char copy[1024];
  CHECK(line.size() <= sizeof copy, "the copy has room");
  for (auto _ : state) {
    std::memcpy(copy, line.data(), line.size());
    benchmark::DoNotOptimize(copy);
    benchmark::ClobberMemory();
  }
}

BENCHMARK(Log_Line);
BENCHMARK(Log_Floor_Copy);

}  // namespace
}  // namespace hosts::micro
