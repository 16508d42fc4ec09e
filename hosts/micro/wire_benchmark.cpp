// The wire of daemon processes: frames, and a link: a request to a process's end of it and the answer back.
// The floors: the bytes copied once, and as many bytes written and read between two threads that do nothing
// else. `switches` are context switches of both threads for each request.

#include <benchmark/benchmark.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <functional>
#include <string>
#include <thread>
#include <utility>

#include "hosts/daemon/channel_connection.h"
#include "hosts/daemon/wire.h"
#include "hosts/micro/benchmark_site.h"
#include "hosts/micro/sample_requests.h"
#include "hosts/serving/loop.h"

namespace hosts::micro {
namespace {

using daemon::FrameType;

constexpr std::string_view kToken = "token";
constexpr std::string_view kBody = "Hello, world!";

std::string BrowserFrame() {
  http1::RequestParser parser({});
  std::string frame;
  daemon::AppendRequest(frame,
                        RoutedHead(parser, kBrowserRequest, "/srv/site/hello.wsgi"),
                        {.cell = 1},
                        std::string_view());
  return frame;
}

void Wire_EncodeRequest(benchmark::State& state) {
  http1::RequestParser parser({});
  const auto head = RoutedHead(parser, kBrowserRequest, "/srv/site/hello.wsgi");
  std::string frame;
  for (auto _ : state) {
    frame.clear();
    daemon::AppendRequest(frame, head, {.cell = 1}, std::string_view());
    benchmark::DoNotOptimize(frame.data());
  }
}

void Wire_DecodeRequest(benchmark::State& state) {
  const std::string frame = BrowserFrame();
  for (auto _ : state) {
    const auto next = daemon::NextFrame(frame);
    const auto request = daemon::DecodeRequest((*next)->payload);
    CHECK(request, "what was written can be read");
    benchmark::DoNotOptimize(request->head.headers.data());
  }
}

void Wire_Floor_Copy(benchmark::State& state) {
  const std::string frame = BrowserFrame();
  std::string copy(frame.size(), '\0');
  for (auto _ : state) {
    std::memcpy(copy.data(), frame.data(), frame.size());
    benchmark::DoNotOptimize(copy.data());
    benchmark::ClobberMemory();
  }
}

exchange::AnswerHead HelloHead() {
  exchange::AnswerHead head;
  head.reason = "OK";
  head.headers = {{"Content-Type", "text/plain"}, {"Content-Length", "13"}};
  head.content_length = kBody.size();
  return head;
}

std::string HelloFrames() {
  std::string frames;
  daemon::AppendAnswerHead(frames, HelloHead());
  daemon::AppendBodyFrames(frames, FrameType::AnswerBody, kBody);
  daemon::AppendFrame(frames, FrameType::AnswerEnd, {});
  return frames;
}

void AnswerHello(const exchange::RequestHead&, exchange::RequestBody&, exchange::AnswerSink& sink) {
  (void)sink.Begin(HelloHead());
  (void)sink.Write(kBody, exchange::AnswerSink::Then::More);
  (void)sink.Finish();
}

std::pair<base::UniqueFd, base::UniqueFd> SocketPair() {
  int ends[2];
  CHECK(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0, "no socket");
  return {base::UniqueFd(ends[0]), base::UniqueFd(ends[1])};
}

// Blocks until `size` bytes are there; false at the end.
bool ReadExactly(int fd, std::size_t size) {
  char block[8192];
  CHECK(size <= sizeof block, "the block has room");
  return ::recv(fd, block, size, MSG_WAITALL) == static_cast<ssize_t>(size);
}

void Write(int fd, std::string_view bytes) {
  const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  CHECK(sent == static_cast<ssize_t>(bytes.size()), "a small message is taken at once");
}

// `there()`: the bytes of the next round.
void GoRound(benchmark::State& state, int fd, auto there, std::size_t back) {
  const Switches switches;
  for (auto _ : state) {
    Write(fd, there());
    CHECK(ReadExactly(fd, back), "the other end answers");
  }
  state.counters["switches"] =
      benchmark::Counter(switches.since(), benchmark::Counter::kAvgIterations);
}

void Channel_RoundTrip(benchmark::State& state) {
  daemon::BegunBoard board(2);
  const daemon::ChannelSettings settings{
      .token = std::string(kToken), .peers = {}, .board = &board};
  auto [front, process] = SocketPair();
  serving::Loop loop({.threads = 1});
  loop.Own(std::make_unique<daemon::ChannelConnection>(loop, settings, std::move(process)));
  std::thread thread(
      [&loop] { (void)loop.Run([] { return serving::AnswerFunction(AnswerHello); }); });
  std::string hello;
  daemon::AppendFrame(hello, FrameType::Hello, kToken);
  Write(front.get(), hello);
  // Every request has a ticket of its own, so each is written anew, as a front does.
  http1::RequestParser parser({});
  const auto head = RoutedHead(parser, kBrowserRequest, "/srv/site/hello.wsgi");
  std::string frame;
  const auto next = [&]() -> std::string_view {
    frame.clear();
    daemon::AppendRequest(frame, head, board.Issue(1), std::string_view());
    return frame;
  };
  GoRound(state, front.get(), next, HelloFrames().size());
  front.reset();
  loop.RequestStop();
  thread.join();
}

void Channel_Floor_SocketPair(benchmark::State& state) {
  auto [one, other] = SocketPair();
  const std::string there = BrowserFrame();
  const std::string back = HelloFrames();
  std::thread thread([&, fd = other.get()] {
    while (ReadExactly(fd, there.size()))
      Write(fd, back);
  });
  GoRound(
      state, one.get(), [&] { return std::string_view(there); }, back.size());
  one.reset();
  thread.join();
}

BENCHMARK(Wire_EncodeRequest);
BENCHMARK(Wire_DecodeRequest);
BENCHMARK(Wire_Floor_Copy);
BENCHMARK(Channel_RoundTrip)->MeasureProcessCPUTime()->UseRealTime();
BENCHMARK(Channel_Floor_SocketPair)->MeasureProcessCPUTime()->UseRealTime();

}  // namespace
}  // namespace hosts::micro
