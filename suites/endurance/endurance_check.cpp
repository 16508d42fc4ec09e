#include "suites/endurance/endurance_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "hosts/base/check.h"
#include "hosts/base/files.h"

namespace suites::endurance {

DescriptorLimit::DescriptorLimit(rlim_t most) {
  CHECK(::getrlimit(RLIMIT_NOFILE, &before_) == 0, "a process may ask for its limits");
  rlimit changed = before_;
  changed.rlim_cur = most == 0 ? before_.rlim_max : std::min(most, before_.rlim_max);
  CHECK(::setrlimit(RLIMIT_NOFILE, &changed) == 0, "a limit may be set below the greatest");
}

DescriptorLimit::~DescriptorLimit() {
  (void)::setrlimit(RLIMIT_NOFILE, &before_);
}

rlim_t DescriptorLimit::Greatest() {
  rlimit limit{};
  CHECK(::getrlimit(RLIMIT_NOFILE, &limit) == 0, "a process may ask for its limits");
  return limit.rlim_max;
}

void EnduranceCheck::About(std::string_view rule,
                           std::string_view title,
                           std::string_view expected) const {
  Check::About({.rule = rule,
                .title = title,
                .expected = expected,
                .mode = fmt::format("{}/main", Name(GetParam()))});
}

void EnduranceCheck::Tell(const std::string& observed) {
  Found(observed);
  if (!TheSizes().is_full) return;
  fmt::print("    found: {}\n", observed);
  std::fflush(stdout);
}

void EnduranceCheck::ServeApplication(int threads, std::string_view directives) {
  const auto source = std::filesystem::path(WSGILAB_ENDURANCE_DIRECTORY) / "application.py";
  (void)Need(stage().Write("app.wsgi", Need(hosts::base::ReadFile(source))));
  threads_ = threads;
  const bool is_daemon = GetParam() == ProcessKind::Daemon;
  Serve(fmt::format(
      "ThreadsPerChild {0}\n{1}WSGIApplicationGroup %{{GLOBAL}}\nWSGIChunkedRequest On\n"
      "{2}WSGIScriptAlias /app {{stage}}/app.wsgi\n",
      threads,
      is_daemon ? fmt::format("WSGIDaemonProcess one processes=1 threads={}\n"
                              "WSGIProcessGroup one\n",
                              threads)
                : "",
      directives));
}

RawConnection EnduranceCheck::Connect() const {
  return Need(RawConnection::Open(host().port()));
}

std::string EnduranceCheck::Get(std::string_view path) {
  return fmt::format("GET /app/{} HTTP/1.1\r\nHost: check.example\r\n\r\n", path);
}

std::string EnduranceCheck::Post(std::string_view path, std::size_t length) {
  return fmt::format(
      "POST /app/{} HTTP/1.1\r\nHost: check.example\r\nContent-Length: {}\r\n\r\n", path, length);
}

std::string EnduranceCheck::Ask(std::string_view path) const {
  auto connection = Connect();
  return Ask(connection, path);
}

std::string EnduranceCheck::Ask(RawConnection& connection, std::string_view path) {
  Need(connection.Send(Get(path)));
  const auto answer = Need(connection.ReadAnswer(Soon()));
  EXPECT_EQ(answer.status, 200) << path;
  return answer.body;
}

long EnduranceCheck::Counted(std::string_view name) const {
  const std::string counts = Ask("counts");
  const std::string mark = fmt::format("{}=", name);
  const std::size_t at = counts.find(mark);
  long number = -1;
  if (at != std::string::npos) {
    std::from_chars(counts.data() + at + mark.size(), counts.data() + counts.size(), number);
  }
  return number;
}

bool EnduranceCheck::WillHaveCounted(std::string_view name, long number) const {
  return Eventually([&] { return Counted(name) == number; }, Soon());
}

void EnduranceCheck::ExpectNothingIsLeft(const Family& before, std::int64_t slack_kib) const {
  Family after;
  // A link to a daemon process is kept, for each of its threads, once it was wanted.
  const long links = GetParam() == ProcessKind::Daemon ? 2L * threads_ : 0;
  const bool is_back = Eventually(
      [&] {
        after = FamilyOf(host());
        return Descriptors(after) <= Descriptors(before) + links;
      },
      Soon());
  EXPECT_TRUE(is_back) << Descriptors(after) << " descriptors, before " << Descriptors(before);
  if (!MemoryCounts()) return;
  EXPECT_LE(RssKib(after), RssKib(before) + slack_kib) << "KiB resident";
}

long EnduranceCheck::Logged(std::string_view code) const {
  const std::string log = host().Log();
  long count = 0;
  for (std::size_t at = log.find(code); at != std::string::npos; at = log.find(code, at + 1))
    ++count;
  return count;
}

}  // namespace suites::endurance
