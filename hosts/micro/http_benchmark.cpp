// Bytes to head, head to route, answer to bytes. The floor of each: the bytes copied, or compared, once.

#include <benchmark/benchmark.h>

#include <cstring>
#include <string>
#include <string_view>

#include "hosts/command/routed_service.h"
#include "hosts/http1/answer_writer.h"
#include "hosts/http1/target.h"
#include "hosts/micro/benchmark_site.h"
#include "hosts/micro/sample_requests.h"
#include "hosts/serving/loop.h"

namespace hosts::micro {
namespace {

using http1::RequestParser;

void Head_Parse(benchmark::State& state, std::string_view text) {
  for (auto _ : state) {
    RequestParser parser({});
    const auto outcome = parser.Parse(text);
    CHECK(outcome.used == text.size(), "the whole head is parsed");
    benchmark::DoNotOptimize(parser.head().headers.data());
  }
}

void Head_Floor_Copy(benchmark::State& state, std::string_view text) {
  char copy[2048];
  CHECK(text.size() <= sizeof copy, "the copy has room");
  for (auto _ : state) {
    std::memcpy(copy, text.data(), text.size());
    benchmark::DoNotOptimize(copy);
    benchmark::ClobberMemory();
  }
}

// From a parsed head to the script, as serving::HttpConnection asks for it.
void Route_Decide(benchmark::State& state, std::string_view text) {
  const Site site;
  serving::Loop loop({.threads = 0});
  daemon::Front front(loop, {});
  command::RoutedService service(site.deployment(), front, loop);
  RequestParser parser({});
  const exchange::RequestHead parsed = RoutedHead(parser, text, site.script());
  for (auto _ : state) {
    exchange::RequestHead head = parsed;
    http1::Target target = http1::ParseTarget(head.target);
    http1::HostName host = http1::ParseHost(parser.host_header());
    serving::Decision decision;
    head.query = target.query;
    decision.path = std::move(target.path);
    decision.host_name = std::move(host.name);
    head.host_name = decision.host_name;
    service.Decide(head, decision);
    CHECK(decision.what == serving::Decision::What::Run, "the request is run");
    benchmark::DoNotOptimize(head.script.data());
  }
}

// The same mounts, longest first, asked whether they begin the path.
void Route_Floor_Compare(benchmark::State& state, std::string_view text) {
  const Site site;
  RequestParser parser({});
  const exchange::RequestHead head = RoutedHead(parser, text, site.script());
  for (auto _ : state) {
    int found = 0;
    for (const auto& mount : site.deployment().virtual_hosts.front().mounts)
      found += head.path_info.starts_with(mount.url) ? 1 : 0;
    benchmark::DoNotOptimize(found);
  }
}

constexpr std::string_view kBody = "Hello, world!";

exchange::AnswerHead HelloHead() {
  exchange::AnswerHead head;
  head.reason = "OK";
  head.headers = {{"Content-Type", "text/plain"}, {"Content-Length", "13"}};
  head.content_length = kBody.size();
  return head;
}

void WriteHello(const exchange::AnswerHead& head, std::string& out) {
  http1::AnswerWriter writer({});
  writer.Begin(head, out);
  writer.Body(kBody, out);
  writer.End(out);
}

void Answer_Write(benchmark::State& state) {
  const exchange::AnswerHead head = HelloHead();
  std::string out;
  for (auto _ : state) {
    out.clear();
    WriteHello(head, out);
    benchmark::DoNotOptimize(out.data());
  }
}

void Answer_Floor_Copy(benchmark::State& state) {
  std::string ready;
  WriteHello(HelloHead(), ready);
  std::string out;
  for (auto _ : state) {
    out.clear();
    out.append(ready);
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
}

BENCHMARK_CAPTURE(Head_Parse, small, kSmallRequest);
BENCHMARK_CAPTURE(Head_Floor_Copy, small, kSmallRequest);
BENCHMARK_CAPTURE(Head_Parse, browser, kBrowserRequest);
BENCHMARK_CAPTURE(Head_Floor_Copy, browser, kBrowserRequest);
BENCHMARK_CAPTURE(Route_Decide, small, kSmallRequest);
BENCHMARK_CAPTURE(Route_Floor_Compare, small, kSmallRequest);
BENCHMARK_CAPTURE(Route_Decide, browser, kBrowserRequest);
BENCHMARK_CAPTURE(Route_Floor_Compare, browser, kBrowserRequest);
BENCHMARK(Answer_Write);
BENCHMARK(Answer_Floor_Copy);

}  // namespace
}  // namespace hosts::micro
