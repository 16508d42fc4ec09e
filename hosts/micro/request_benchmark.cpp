// A complete request, over a socket and back: embedded, and through a front and a daemon process's end.
// Both with the engine's own routing, loop, connections and workers. The floor: a bare event loop on the
// same socket that answers a constant.
//
// A program of its own: there is one Python in a process, and here it is an ApplicationProcess.
// `switches` are context switches of all threads, the client's included, for each request. On one
// machine's few processors a thread that waits costs a switch: the floor shows how much of it is that.

#include <benchmark/benchmark.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "hosts/applications/application_process.h"
#include "hosts/command/routed_service.h"
#include "hosts/daemon/channel_connection.h"
#include "hosts/micro/bare_loop.h"
#include "hosts/micro/benchmark_site.h"
#include "hosts/micro/sample_requests.h"
#include "hosts/serving/http_connection.h"
#include "hosts/serving/listener.h"
#include "hosts/serving/loop.h"

namespace hosts::micro {
namespace {

constexpr const char* kToken = "token";
constexpr const char* kGroup = "group";

// One for the whole program.
struct Stage {
  Site site;
  std::unique_ptr<applications::ApplicationProcess> process =
      std::move(*applications::ApplicationProcess::Start(site.deployment(), {}));
};
Stage& TheStage() {
  static Stage stage;
  return stage;
}

serving::AnswerFunction NewWorker() {
  auto worker = std::make_shared<applications::Worker>(*TheStage().process);
  return [worker](const exchange::RequestHead& head,
                  exchange::RequestBody& body,
                  exchange::AnswerSink& sink) { worker->Answer(head, body, sink); };
}

// What RoutedService decides, but that a daemon group answers.
class SendToGroup final : public serving::Service {
 public:
  SendToGroup(serving::Service& routed, daemon::Front& front) : routed_(routed), front_(front) {}
  void Decide(exchange::RequestHead& head, serving::Decision& decision) override {
    routed_.Decide(head, decision);
    decision.what = serving::Decision::What::Forward;
  }
  std::unique_ptr<serving::Forwarding> Forward(serving::ForwardedRequest& request) override {
    return front_.Forward(kGroup, request);
  }

 private:
  serving::Service& routed_;
  daemon::Front& front_;
};

std::pair<base::UniqueFd, base::UniqueFd> SocketPair() {
  int ends[2];
  CHECK(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0, "no socket");
  return {base::UniqueFd(ends[0]), base::UniqueFd(ends[1])};
}

void Send(int fd, std::string_view bytes) {
  const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  CHECK(sent == static_cast<ssize_t>(bytes.size()), "a small message is taken at once");
}

// The first answer says how long they are.
std::size_t ReadAnswer(int fd) {
  char block[4096];
  std::size_t size = 0;
  while (!std::string_view(block, size).ends_with("\r\n\r\nHello, world!")) {
    const ssize_t count = ::recv(fd, block + size, sizeof block - size, 0);
    CHECK(count > 0, "no whole answer of hello came");
    size += static_cast<std::size_t>(count);
  }
  return size;
}

void AskOnAndOn(benchmark::State& state, int fd, std::string_view request) {
  Send(fd, request);
  const std::size_t size = ReadAnswer(fd);
  char block[4096];
  const Switches switches;
  for (auto _ : state) {
    Send(fd, request);
    const ssize_t count = ::recv(fd, block, size, MSG_WAITALL);
    CHECK(count == static_cast<ssize_t>(size), "another answer than the first");
  }
  state.counters["switches"] =
      benchmark::Counter(switches.since(), benchmark::Counter::kAvgIterations);
}

void Request_Embedded(benchmark::State& state, std::string_view request) {
  serving::Loop loop({.threads = 1});
  daemon::Front front(loop, {});
  command::RoutedService service(TheStage().site.deployment(), front, loop);
  const serving::HttpSettings settings;
  auto [client, server] = SocketPair();
  loop.Own(std::make_unique<serving::HttpConnection>(loop, service, settings, std::move(server)));
  std::thread thread([&loop] { (void)loop.Run(NewWorker); });
  AskOnAndOn(state, client.get(), request);
  client.reset();
  loop.RequestStop();
  thread.join();
}

base::UniqueFd ListenAt(const std::string& path) {
  ::unlink(path.c_str());
  base::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  CHECK(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
            ::listen(fd.get(), 16) == 0,
        "a unix socket in a directory of our own");
  return fd;
}

// The daemon process is a thread: what is measured is the link, not what a fork costs.
void Request_Daemon(benchmark::State& state, std::string_view request) {
  const std::string path = TheStage().site.socket();
  const base::UniqueFd listening = ListenAt(path);
  daemon::BegunBoard board(1);
  const daemon::ChannelSettings channel{.token = kToken, .peers = {}, .board = &board};
  serving::Loop process_loop({.threads = 1});
  const serving::Listener listener(process_loop, listening.get(), [&](base::UniqueFd socket) {
    return std::make_unique<daemon::ChannelConnection>(process_loop, channel, std::move(socket));
  });
  std::thread process([&] { (void)process_loop.Run(NewWorker); });

  serving::Loop front_loop({.threads = 0});
  daemon::Front front(
      front_loop,
      {{.name = kGroup, .socket_paths = {path}, .threads = 1, .token = kToken, .board = &board}});
  command::RoutedService routed(TheStage().site.deployment(), front, front_loop);
  SendToGroup service(routed, front);
  const serving::HttpSettings settings;
  auto [client, server] = SocketPair();
  front_loop.Own(
      std::make_unique<serving::HttpConnection>(front_loop, service, settings, std::move(server)));
  std::thread server_thread([&] { (void)front_loop.Run({}); });
  AskOnAndOn(state, client.get(), request);
  client.reset();
  front_loop.RequestStop();
  server_thread.join();
  process_loop.RequestStop();
  process.join();
}

void Request_Floor_Constant(benchmark::State& state, std::string_view request) {
  BareLoop loop([](const exchange::RequestHead&, std::string& out) {
    out += "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, world!";
  });
  auto [client, server] = SocketPair();
  loop.Add(std::move(server));
  std::thread thread([&loop] { loop.Run(); });
  AskOnAndOn(state, client.get(), request);
  loop.RequestStop();
  thread.join();
}

BENCHMARK_CAPTURE(Request_Embedded, small, kSmallRequest)->MeasureProcessCPUTime()->UseRealTime();
BENCHMARK_CAPTURE(Request_Daemon, small, kSmallRequest)->MeasureProcessCPUTime()->UseRealTime();
BENCHMARK_CAPTURE(Request_Floor_Constant, small, kSmallRequest)
    ->MeasureProcessCPUTime()
    ->UseRealTime();
BENCHMARK_CAPTURE(Request_Embedded, browser, kBrowserRequest)
    ->MeasureProcessCPUTime()
    ->UseRealTime();
BENCHMARK_CAPTURE(Request_Daemon, browser, kBrowserRequest)->MeasureProcessCPUTime()->UseRealTime();
BENCHMARK_CAPTURE(Request_Floor_Constant, browser, kBrowserRequest)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

}  // namespace
}  // namespace hosts::micro
