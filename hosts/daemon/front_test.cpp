#include "hosts/daemon/front.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/un.h>

#include <atomic>
#include <latch>
#include <mutex>
#include <semaphore>

#include "hosts/base/files.h"
#include "hosts/daemon/channel_connection.h"
#include "hosts/daemon/wire.h"
#include "hosts/serving/testing/raw_client.h"

namespace hosts::daemon {

using serving::testing::AnswerWithEcho;
using serving::testing::RawClient;
using serving::testing::TestServer;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

namespace {

constexpr const char* kToken = "the token of the group";

base::UniqueFd ListenAt(const std::string& path) {
  base::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  EXPECT_EQ(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(::listen(fd.get(), 16), 0);
  return fd;
}

// What a daemon process is to a front, on a thread of the test.
class Worker {
 public:
  Worker(int listening_fd,
         BegunBoard& board,
         int threads,
         serving::AnswerFunction answer,
         std::function<void(serving::Loop&)> on_reload = {})
      : loop_({.threads = threads}) {
    if (on_reload) settings_.on_reload = [this, on_reload] { on_reload(loop_); };
    settings_.token = kToken;
    settings_.board = &board;
    listener_ =
        std::make_unique<serving::Listener>(loop_, listening_fd, [this](base::UniqueFd socket) {
          return std::make_unique<ChannelConnection>(loop_, settings_, std::move(socket));
        });
    thread_ = std::thread(
        [this, answer = std::move(answer)] { (void)loop_.Run([answer] { return answer; }); });
  }
  ~Worker() {
    loop_.RequestStop();
    thread_.join();
  }
  void TellToStop() { loop_.RequestStop(); }

 private:
  ChannelSettings settings_;
  serving::Loop loop_;
  std::unique_ptr<serving::Listener> listener_;
  std::thread thread_;
};

// Sends every request to the group "d".
class ForwardEverything final : public serving::Service {
 public:
  void Decide(exchange::RequestHead& head, serving::Decision& decision) override {
    decision.what = serving::Decision::What::Forward;
    decision.path_info = decision.path;
    head.path_info = decision.path_info;
    head.reloads_scripts = reloads_;
  }
  std::unique_ptr<serving::Forwarding> Forward(serving::ForwardedRequest& request) override {
    return front_->Forward("d", request);
  }
  void set_front(Front& front) { front_ = &front; }
  void set_reloading(bool reloads) { reloads_ = reloads; }

 private:
  bool reloads_ = false;
  Front* front_ = nullptr;
};

class FrontTest : public ::testing::Test {
 protected:
  static constexpr int kThreads = 2;
  static constexpr int kQueue = 4;

  // Of processes with kThreads threads each; one, unless others_ names more.
  void StartFront() {
    server_ = std::make_unique<TestServer>(
        0,
        service_,
        serving::AnswerFunctionFactory(),
        serving::HttpSettings{},
        [this](serving::Loop& loop) {
          GroupEndpoint endpoint;
          endpoint.name = "d";
          endpoint.socket_paths = {path_};
          std::ranges::copy(others_, std::back_inserter(endpoint.socket_paths));
          endpoint.threads = kThreads;
          endpoint.queue = queue_;
          endpoint.token = kToken;
          endpoint.board = &board_;
          endpoint.connect_timeout = connect_timeout_;
          endpoint.answer_timeout = answer_timeout_;
          endpoint.longest_header = 100;
          front_ = std::make_unique<Front>(loop, std::vector{endpoint});
          service_.set_front(*front_);
        });
  }
  void StartWorker(serving::AnswerFunction answer) {
    worker_ = std::make_unique<Worker>(listening_.get(), board_, kThreads, std::move(answer));
  }
  // A link of our own, as a front would open it.
  base::UniqueFd OpenLink(std::string_view token) {
    base::UniqueFd link(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(::connect(link.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
              0);
    std::string bytes;
    AppendFrame(bytes, FrameType::Hello, token);
    Send(link, bytes);
    return link;
  }
  static void Send(const base::UniqueFd& link, std::string_view bytes) {
    EXPECT_EQ(::send(link.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }
  static std::string RequestFor(std::string_view path, std::uint32_t ticket) {
    exchange::RequestHead head;
    head.method = "GET";
    head.path_info = path;
    std::string bytes;
    AppendRequest(bytes, head, {.cell = ticket, .turn = 0}, "");
    return bytes;
  }
  static void WaitForTheAnswer(const base::UniqueFd& link) {
    std::string bytes;
    char block[4096];
    while (true) {
      while (const auto frame = NextFrame(bytes).value()) {
        if (frame->type == FrameType::AnswerEnd) return;
        bytes.erase(0, frame->size);
      }
      const ssize_t count = ::recv(link.get(), block, sizeof block, 0);
      ASSERT_GT(count, 0);
      bytes.append(block, static_cast<std::size_t>(count));
    }
  }
  // Waits until the process has closed it.
  static void WaitForTheEnd(const base::UniqueFd& link) {
    char block[4096];
    while (::recv(link.get(), block, sizeof block, 0) > 0) {
    }
  }
  // Accepts as a process would, which then dies: the listening socket stays with the supervisor.
  base::UniqueFd TakeALinkWithItsRequest() { return TakeALinkWithItsRequest(listening_.get()); }
  static base::UniqueFd TakeALinkWithItsRequest(int listening) {
    pollfd entry{listening, POLLIN, 0};
    EXPECT_EQ(::poll(&entry, 1, 10'000), 1);
    base::UniqueFd link(::accept4(listening, nullptr, nullptr, SOCK_CLOEXEC));
    std::string bytes;
    char block[4096];
    while (true) {
      const auto hello = NextFrame(bytes).value();
      if (hello && NextFrame(std::string_view(bytes).substr(hello->size)).value()) return link;
      const ssize_t count = ::recv(link.get(), block, sizeof block, 0);
      if (count <= 0) return link;
      bytes.append(block, static_cast<std::size_t>(count));
    }
  }
  // The first of them that somebody has connected to.
  static int WaitForALinkTo(const std::vector<int>& listening) {
    std::vector<pollfd> entries;
    for (const int fd : listening)
      entries.push_back({fd, POLLIN, 0});
    EXPECT_GE(::poll(entries.data(), entries.size(), 10'000), 1);
    return std::ranges::find_if(entries, [](const pollfd& entry) { return entry.revents != 0; })
        ->fd;
  }
  static void RefuseOn(const base::UniqueFd& link, std::uint8_t flags = 0) {
    std::string bytes;
    AppendFrame(bytes, FrameType::Refused, {}, flags);
    Send(link, bytes);
  }
  // Of a process; its payload is passed over.
  static std::pair<FrameType, std::uint8_t> NextFrameOn(const base::UniqueFd& link) {
    std::string bytes;
    char block[4096];
    while (true) {
      if (const auto frame = NextFrame(bytes).value()) return {frame->type, frame->flags};
      const ssize_t count = ::recv(link.get(), block, sizeof block, 0);
      if (count <= 0) return {};
      bytes.append(block, static_cast<std::size_t>(count));
    }
  }
  // Until somebody has connected; it is not accepted.
  void WaitForALink() const {
    pollfd entry{listening_.get(), POLLIN, 0};
    EXPECT_EQ(::poll(&entry, 1, 10'000), 1);
  }
  // On a link of which everything before was read: its path.
  static std::string WaitForARequest(const base::UniqueFd& link) {
    std::string bytes;
    char block[4096];
    while (true) {
      if (const auto frame = NextFrame(bytes).value()) {
        return std::string(DecodeRequest(frame->payload).value().head.path_info);
      }
      const ssize_t count = ::recv(link.get(), block, sizeof block, 0);
      if (count <= 0) return "the front has closed it";
      bytes.append(block, static_cast<std::size_t>(count));
    }
  }
  static void AnswerOn(const base::UniqueFd& link, std::string_view body) {
    std::string bytes;
    AppendAnswerHead(bytes,
                     {.status = 200, .reason = "OK", .headers = {}, .content_length = body.size()});
    AppendBodyFrames(bytes, FrameType::AnswerBody, body);
    AppendFrame(bytes, FrameType::AnswerEnd, {});
    Send(link, bytes);
  }
  void TearDown() override {
    if (server_) server_->Stop();
    front_.reset();
    worker_.reset();
  }

  base::TemporaryDirectory directory_ = base::TemporaryDirectory::Make("wsgilab-front").value();
  std::string path_ = directory_.path() / "d.sock";
  base::UniqueFd listening_ = ListenAt(path_);
  std::vector<std::string> others_;
  int queue_ = 0;
  std::chrono::milliseconds connect_timeout_{15'000};
  std::chrono::milliseconds answer_timeout_{0};
  std::latch may_leave_{1};  // outlives the threads that wait for it
  BegunBoard board_{2 * (kThreads + kQueue)};
  ForwardEverything service_;
  std::unique_ptr<Front> front_;
  std::unique_ptr<TestServer> server_;
  std::unique_ptr<Worker> worker_;
};

}  // namespace

TEST_F(FrontTest, BringsRequestsAndAnswersOverKeptLinks) {
  std::atomic<int> answered{0};
  StartWorker([&](const auto& head, auto& body, auto& sink) {
    ++answered;
    AnswerWithEcho(head, body, sink);
  });
  StartFront();
  RawClient client(server_->port());
  for (int i = 0; i < 50; ++i) {
    client.Send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody");
    EXPECT_THAT(client.ReadUntil("/x:body"), StartsWith("HTTP/1.1 200 OK"));
  }
  EXPECT_EQ(answered, 50);
}

TEST_F(FrontTest, StreamsLargeBodiesBothWays) {
  StartWorker(AnswerWithEcho);
  StartFront();
  const std::string big(5'000'000, 'x');
  RawClient client(server_->port());
  std::thread sender([&] {
    client.Send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(big.size()) +
                "\r\n\r\n");
    client.Send(big);
  });
  sender.join();
  client.ReadUntil("/x:");
  EXPECT_EQ(client.ReadBytes(big.size()), big);
}

// Requests hung: an application that read as many bytes as Content-Length says, and not the end behind
// them, left a link that the process closed, and on which the front had sent the next request.
TEST_F(FrontTest, GoesOnAfterBodiesWhoseEndNobodyLookedFor) {
  StartWorker([](const exchange::RequestHead& head, auto& body, exchange::AnswerSink& sink) {
    std::size_t left = head.path_info == "/all" ? head.content_length.value_or(0) : 0;
    while (left > 0) {
      const std::size_t size = std::min(left, body.buffered().size());
      body.Consume(size);
      left -= size;
      if (left > 0 && !body.Fill()) break;
    }
    exchange::AnswerHead answer;
    answer.headers = {{"Content-Length", "2"}};
    answer.content_length = 2;
    (void)sink.Begin(std::move(answer));
    (void)sink.Write("ok", exchange::AnswerSink::Then::More);
    (void)sink.Finish();
  });
  StartFront();
  const std::string big(200'000, 'x');
  for (int i = 0; i < 60; ++i) {
    RawClient client(server_->port());
    client.Send(std::string("POST ") + (i % 3 == 0 ? "/none" : "/all") +
                " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(big.size()) +
                "\r\n\r\n" + big);
    client.ReadUntil("\r\n\r\nok");
  }
}

TEST_F(FrontTest, KeepsRequestsThatFindEveryThreadBusy) {
  std::counting_semaphore<> may_leave(0);
  std::atomic<int> inside{0};
  std::atomic<int> most_inside{0};
  StartWorker([&](const auto& head, auto& body, auto& sink) {
    const int now = ++inside;
    int most = most_inside;
    while (now > most && !most_inside.compare_exchange_weak(most, now)) {
    }
    may_leave.acquire();
    --inside;
    AnswerWithEcho(head, body, sink);
  });
  StartFront();
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 6; ++i) {
    clients.push_back(std::make_unique<RawClient>(server_->port()));
    clients.back()->Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  }
  while (inside < kThreads)
    std::this_thread::yield();
  may_leave.release(6);
  for (auto& client : clients)
    client->ReadUntil("/x:");
  EXPECT_EQ(most_inside, kThreads);
}

// Requests of a busy moment reach the only process together, and are begun as threads become free.
TEST_F(FrontTest, LetsRequestsWaitInTheProcess) {
  queue_ = kQueue;
  std::counting_semaphore<> may_leave(0);
  std::atomic<int> inside{0};
  StartWorker([&](const auto& head, auto& body, auto& sink) {
    ++inside;
    may_leave.acquire();
    AnswerWithEcho(head, body, sink);
  });
  StartFront();
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < kThreads + kQueue + 2; ++i) {
    clients.push_back(std::make_unique<RawClient>(server_->port()));
    clients.back()->Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  }
  while (inside < kThreads)
    std::this_thread::yield();
  EXPECT_EQ(inside, kThreads);
  may_leave.release(static_cast<std::ptrdiff_t>(clients.size()));
  for (auto& client : clients)
    client->ReadUntil("/x:");
}

TEST_F(FrontTest, SendsAgainWhatWaitedInAProcessThatDied) {
  queue_ = kQueue;
  StartFront();
  std::vector<std::unique_ptr<RawClient>> clients;
  std::vector<base::UniqueFd> links;
  for (int i = 0; i < kThreads + kQueue; ++i) {
    clients.push_back(std::make_unique<RawClient>(server_->port()));
    clients.back()->Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
    links.push_back(TakeALinkWithItsRequest());
  }
  links.clear();
  StartWorker(AnswerWithEcho);
  for (auto& client : clients)
    EXPECT_THAT(client->ReadUntil("/x:"), StartsWith("HTTP/1.1 200 OK"));
}

TEST_F(FrontTest, RunsNothingForAClientThatLeftWhileItsRequestWaited) {
  std::counting_semaphore<> may_leave(0);
  std::atomic<int> inside{0};
  std::atomic<int> unwanted{0};
  StartWorker([&](const auto& head, auto& body, auto& sink) {
    if (head.path_info == "/unwanted") ++unwanted;
    ++inside;
    may_leave.acquire();
    AnswerWithEcho(head, body, sink);
  });
  std::vector<base::UniqueFd> busy;
  for (std::uint32_t i = 0; i < kThreads; ++i) {
    busy.push_back(OpenLink(kToken));
    Send(busy.back(), RequestFor("/x", i));
  }
  while (inside < kThreads)
    std::this_thread::yield();
  base::UniqueFd left = OpenLink(kToken);
  Send(left, RequestFor("/unwanted", kThreads));
  left.reset();
  // Whoever comes later and is refused shows that the loop has heard of everything before.
  WaitForTheEnd(OpenLink("a guess"));
  const base::UniqueFd last = OpenLink(kToken);
  Send(last, RequestFor("/x", kThreads));
  may_leave.release(kThreads + 2);
  for (const auto& link : busy)
    WaitForTheAnswer(link);
  WaitForTheAnswer(last);
  EXPECT_EQ(unwanted, 0);
}

TEST_F(FrontTest, SendsARequestAgainThatNobodyHadBegun) {
  StartFront();
  RawClient client(server_->port());
  client.Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  base::UniqueFd dying = TakeALinkWithItsRequest();
  dying.reset();
  StartWorker(AnswerWithEcho);
  EXPECT_THAT(client.ReadUntil("/x:"), StartsWith("HTTP/1.1 200 OK"));
}

TEST_F(FrontTest, AnswersWith502WhenTheProcessDiesInsideTheApplication) {
  StartFront();
  RawClient client(server_->port());
  client.Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  base::UniqueFd dying = TakeALinkWithItsRequest();
  for (std::uint32_t cell = 0; cell < kThreads; ++cell)
    (void)board_.Begin({.cell = cell, .turn = 1});
  dying.reset();
  EXPECT_THAT(client.ReadUntil("</html>\n"), StartsWith("HTTP/1.1 502 Bad Gateway"));
  StartWorker(AnswerWithEcho);
  client.Send("GET /y HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(client.ReadUntil("/y:"), HasSubstr("200 OK"));
}

// The one process that there is accepts a link and no other, as when it has no descriptors left.
TEST_F(FrontTest, SendsOnALinkThatIsFreeWhatWaitsOnOneThatIsNotAccepted) {
  StartFront();
  RawClient first(server_->port());
  first.Send("GET /first HTTP/1.1\r\nHost: h\r\n\r\n");
  const base::UniqueFd link = TakeALinkWithItsRequest();
  RawClient second(server_->port());
  second.Send("GET /second HTTP/1.1\r\nHost: h\r\n\r\n");
  WaitForALink();
  AnswerOn(link, "first");
  EXPECT_THAT(first.ReadUntil("first"), HasSubstr("200 OK"));
  EXPECT_EQ(WaitForARequest(link), "/second");
  AnswerOn(link, "second");
  EXPECT_THAT(second.ReadUntil("second"), HasSubstr("200 OK"));
  // The process comes round to accepting it after all.
  StartWorker([](const auto& /*head*/, auto& /*body*/, auto& /*sink*/) {
    ADD_FAILURE() << "a request that was taken back was run";
  });
  WaitForTheEnd(OpenLink("a guess"));  // the loop has heard of everything before
}

TEST_F(FrontTest, SendsToAnotherProcessWhatOneDoesNotBegin) {
  const std::string other_path = directory_.path() / "other.sock";
  const base::UniqueFd other = ListenAt(other_path);
  others_ = {other_path};
  Worker worker(other.get(), board_, kThreads, AnswerWithEcho);
  StartFront();
  RawClient first(server_->port());
  first.Send("GET /first HTTP/1.1\r\nHost: h\r\n\r\n");
  WaitForALink();
  RawClient second(server_->port());
  second.Send("GET /second HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(second.ReadUntil("/second:"), HasSubstr("200 OK"));
  EXPECT_THAT(first.ReadUntil("/first:"), HasSubstr("200 OK"));
  server_->Stop();  // before the process it is connected to
}

TEST_F(FrontTest, LeavesARequestWhereItsApplicationHasBegun) {
  queue_ = kQueue;
  std::atomic<int> begun{0};
  std::counting_semaphore<> may_leave(0);
  StartWorker([&](const auto& head, auto& body, auto& sink) {
    ++begun;
    if (head.path_info == "/slow") may_leave.acquire();
    AnswerWithEcho(head, body, sink);
  });
  StartFront();
  RawClient quick(server_->port());
  RawClient slow(server_->port());
  slow.Send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
  // An idle link is there, and ticks go by.
  const auto end = base::Deadline::After(std::chrono::seconds(3));
  int asked = 0;
  for (; !end.has_passed(); ++asked) {
    quick.Send("GET /quick HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_THAT(quick.ReadUntil("/quick:"), HasSubstr("200 OK"));
  }
  EXPECT_EQ(begun, asked + 1);
  may_leave.release();
  EXPECT_THAT(slow.ReadUntil("/slow:"), HasSubstr("200 OK"));
}

// ---- changed scripts (RELOAD-3, RELOAD-4, ERR-27) ----

// Refuses with the first link that comes, and ends: what the supervisor has stays.
TEST_F(FrontTest, SendsARefusedRequestToTheProcessThatComesNext) {
  StartFront();
  RawClient client(server_->port());
  client.Send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody");
  base::UniqueFd link = TakeALinkWithItsRequest();
  RefuseOn(link);
  link.reset();
  StartWorker(AnswerWithEcho);
  EXPECT_THAT(client.ReadUntil("/x:body"), StartsWith("HTTP/1.1 200 OK"));
}

TEST_F(FrontTest, AnswersWith503WhatEveryProcessRefuses) {
  const std::string other_path = directory_.path() / "other.sock";
  const base::UniqueFd other = ListenAt(other_path);
  others_ = {other_path};
  StartFront();
  RawClient client(server_->port());
  client.Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  int refusals = 0;
  for (; refusals < 5; ++refusals) {
    const int from = WaitForALinkTo({listening_.get(), other.get()});
    const base::UniqueFd link = TakeALinkWithItsRequest(from);
    RefuseOn(link, kUnseen);  // that one does not count
    const int again = WaitForALinkTo({listening_.get(), other.get()});
    RefuseOn(TakeALinkWithItsRequest(again));
  }
  EXPECT_THAT(client.ReadUntil("</html>\n"), StartsWith("HTTP/1.1 503 "));
  server_->Stop();
}

// A request whose process died was sent along each of the links that process had left idle, lost each time,
// and answered with 502 after the eighth.
TEST_F(FrontTest, UsesNoLinkToAProcessThatWent) {
  StartFront();
  std::vector<std::unique_ptr<RawClient>> clients;
  std::vector<base::UniqueFd> links;
  for (int i = 0; i < kThreads; ++i) {
    clients.push_back(std::make_unique<RawClient>(server_->port()));
    clients.back()->Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
    links.push_back(TakeALinkWithItsRequest());
  }
  for (int i = 0; i < kThreads; ++i) {
    AnswerOn(links.at(static_cast<std::size_t>(i)), "ok");
    clients.at(static_cast<std::size_t>(i))->ReadUntil("ok");
  }
  clients.front()->Send("GET /again HTTP/1.1\r\nHost: h\r\n\r\n");
  std::vector<pollfd> entries;
  for (const auto& link : links)
    entries.push_back({link.get(), POLLIN, 0});
  ASSERT_EQ(::poll(entries.data(), entries.size(), 10'000), 1);
  for (std::size_t i = 0; i < links.size(); ++i) {
    if (entries[i].revents != 0) links[i].reset();
  }
  const base::UniqueFd fresh = TakeALinkWithItsRequest();
  AnswerOn(fresh, "fresh");
  EXPECT_THAT(clients.front()->ReadUntil("fresh"), HasSubstr("200 OK"));
  for (const auto& link : links) {
    if (link.is_open()) WaitForTheEnd(link);
  }
}

TEST_F(FrontTest, TakesARefusedRequestToAnotherProcess) {
  const std::string other_path = directory_.path() / "other.sock";
  const base::UniqueFd other = ListenAt(other_path);
  others_ = {other_path};
  StartFront();
  RawClient client(server_->port());
  client.Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  const int first = WaitForALinkTo({listening_.get(), other.get()});
  RefuseOn(TakeALinkWithItsRequest(first));
  EXPECT_NE(WaitForALinkTo({listening_.get(), other.get()}), first);
  client.Reset();
  server_->Stop();
}

// Nothing of a body is given away before the process has asked for it: so the next one gets all of it.
TEST_F(FrontTest, HoldsBackABodyUntilItIsAskedFor) {
  service_.set_reloading(true);
  StartFront();
  const std::string big(1'000'000, 'x');
  RawClient client(server_->port());
  client.Send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(big.size()) +
              "\r\n\r\n" + big.substr(0, 200'000));
  base::UniqueFd link = TakeALinkWithItsRequest();
  // Another client's answer shows that the front has been through its loop since.
  RawClient other(server_->port());
  other.Send("GET /other HTTP/1.1\r\nHost: h\r\n\r\n");
  AnswerOn(TakeALinkWithItsRequest(), "other");
  other.ReadUntil("other");
  char byte = 0;
  EXPECT_EQ(::recv(link.get(), &byte, 1, MSG_DONTWAIT), -1);
  RefuseOn(link);
  link.reset();
  StartWorker(AnswerWithEcho);
  std::thread sender([&] { client.Send(std::string_view(big).substr(200'000)); });
  client.ReadUntil("/x:");
  EXPECT_EQ(client.ReadBytes(big.size()), big);
  sender.join();
}

TEST_F(FrontTest, GivesABodyAwayAtOnceWhereScriptsAreNotReloaded) {
  StartFront();
  RawClient client(server_->port());
  client.Send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\n\r\n" +
              std::string(200'000, 'x'));
  const base::UniqueFd link = TakeALinkWithItsRequest();
  char byte = 0;
  EXPECT_EQ(::recv(link.get(), &byte, 1, 0), 1);
}

// It was not asked for, and is not skipped either: the link ends with the answer.
TEST_F(FrontTest, AnswersWithoutTheBodyThatWasHeldBack) {
  service_.set_reloading(true);
  StartWorker([](const auto&, auto&, exchange::AnswerSink& sink) {
    exchange::AnswerHead answer;
    answer.headers = {{"Content-Length", "2"}};
    answer.content_length = 2;
    (void)sink.Begin(std::move(answer));
    (void)sink.Write("ok", exchange::AnswerSink::Then::More);
    (void)sink.Finish();
  });
  StartFront();
  for (int i = 0; i < 5; ++i) {
    RawClient client(server_->port());
    client.Send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\n\r\n" +
                std::string(200'000, 'x'));
    client.ReadUntil("\r\n\r\nok");
  }
}

TEST_F(FrontTest, EndsTheWaitForAProcessThatNeverAsksForTheBody) {
  answer_timeout_ = std::chrono::seconds(1);
  service_.set_reloading(true);
  StartWorker([&](const auto& head, auto& body, auto& sink) {
    may_leave_.wait();
    AnswerWithEcho(head, body, sink);
  });
  StartFront();
  RawClient client(server_->port());
  client.Send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\n\r\n" +
              std::string(200'000, 'x'));
  EXPECT_THAT(client.ReadUntil("</html>\n"), StartsWith("HTTP/1.1 504 "));
  may_leave_.count_down();
}

TEST_F(FrontTest, ARefusalOfWhatWasGivenAwayIsAnError) {
  StartFront();
  RawClient client(server_->port());
  client.Send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\n\r\n" +
              std::string(200'000, 'x'));
  RefuseOn(TakeALinkWithItsRequest());
  EXPECT_THAT(client.ReadUntil("</html>\n"), StartsWith("HTTP/1.1 502 "));
}

// The process itself: the one that noticed answers what is inside, refuses what it has not begun, and says
// so to whoever is to end it.
TEST_F(FrontTest, AProcessThatIsToldToEndRefusesWhatItHasNotBegun) {
  std::latch is_inside(1);
  std::atomic<int> run{0};
  std::atomic<int> reloads{0};
  worker_ = std::make_unique<Worker>(
      listening_.get(),
      board_,
      kThreads,
      [&](const exchange::RequestHead& head, auto& body, exchange::AnswerSink& sink) {
        ++run;
        if (head.path_info == "/outdated") return sink.Refuse();
        is_inside.count_down();
        may_leave_.wait();
        AnswerWithEcho(head, body, sink);
      },
      [&](serving::Loop& loop) {
        ++reloads;
        loop.RequestStop();
      });
  const base::UniqueFd inside = OpenLink(kToken);
  Send(inside, RequestFor("/inside", 0));
  is_inside.wait();
  const base::UniqueFd outdated = OpenLink(kToken);
  Send(outdated, RequestFor("/outdated", 1) + RequestFor("/later", 2));
  EXPECT_EQ(NextFrameOn(outdated), (std::pair(FrameType::Refused, std::uint8_t{0})));
  WaitForTheEnd(outdated);
  EXPECT_EQ(run, 2);
  EXPECT_EQ(reloads, 1);
  may_leave_.count_down();
  WaitForTheAnswer(inside);
}

// One thread: what waits for it is refused as soon as the process is told to end.
TEST_F(FrontTest, RefusesUnseenWhatWaitedForAThread) {
  std::latch is_inside(kThreads);
  std::atomic<int> run{0};
  std::vector<base::UniqueFd> links;
  StartWorker([&](const auto& head, auto& body, exchange::AnswerSink& sink) {
    ++run;
    is_inside.count_down();
    may_leave_.wait();
    AnswerWithEcho(head, body, sink);
  });
  for (std::uint32_t i = 0; i < kThreads; ++i) {
    links.push_back(OpenLink(kToken));
    Send(links.back(), RequestFor("/inside", i));
  }
  is_inside.wait();
  const base::UniqueFd waits = OpenLink(kToken);
  Send(waits, RequestFor("/waits", kThreads));
  WaitForTheEnd(OpenLink("a guess"));  // the loop has heard of everything before
  worker_->TellToStop();
  may_leave_.count_down();
  EXPECT_EQ(NextFrameOn(waits), (std::pair(FrameType::Refused, kUnseen)));
  for (const auto& link : links)
    WaitForTheAnswer(link);
  EXPECT_EQ(run, kThreads);
}

TEST_F(FrontTest, AnswersWith503WhenNobodyListensForLong) {
  connect_timeout_ = std::chrono::milliseconds(1);
  listening_.reset();  // the socket's file stays: connections are refused
  StartFront();
  RawClient client(server_->port());
  client.Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(client.ReadUntil("</html>\n"), StartsWith("HTTP/1.1 503 "));
}

TEST_F(FrontTest, WaitsForOneWhoListensSoon) {
  listening_.reset();
  StartFront();
  RawClient client(server_->port());
  client.Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  const std::string other = directory_.path() / "other.sock";
  listening_ = ListenAt(other);
  ASSERT_EQ(::rename(other.c_str(), path_.c_str()), 0);  // a socket is there at every moment
  StartWorker(AnswerWithEcho);
  EXPECT_THAT(client.ReadUntil("/x:"), StartsWith("HTTP/1.1 200 OK"));
}

TEST_F(FrontTest, AnswersWith503AtOnceWhenThereIsNoSocket) {
  connect_timeout_ = std::chrono::hours(1);
  ::unlink(path_.c_str());
  StartFront();
  RawClient client(server_->port());
  client.Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(client.ReadUntil("</html>\n"), StartsWith("HTTP/1.1 503 "));
}

// Clients waited forever.
TEST_F(FrontTest, AnswersWith504WhenNoAnswerBegins) {
  answer_timeout_ = std::chrono::seconds(2);
  StartWorker([&](const exchange::RequestHead& head, auto& body, auto& sink) {
    if (head.path_info == "/slow") may_leave_.wait();
    AnswerWithEcho(head, body, sink);
  });
  StartFront();
  RawClient client(server_->port());
  client.Send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(client.ReadUntil("</html>\n"), StartsWith("HTTP/1.1 504 "));
  client.Send("GET /y HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(client.ReadUntil("/y:"), HasSubstr("200 OK"));
  may_leave_.count_down();
}

TEST_F(FrontTest, AnswersWith504WhenNoThreadBecomesFree) {
  answer_timeout_ = std::chrono::milliseconds(100);
  StartWorker([&](const auto& head, auto& body, auto& sink) {
    may_leave_.wait();
    AnswerWithEcho(head, body, sink);
  });
  StartFront();
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 2 * kThreads + 1; ++i) {
    clients.push_back(std::make_unique<RawClient>(server_->port()));
    clients.back()->Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  }
  for (auto& client : clients)
    EXPECT_THAT(client->ReadUntil("</html>\n"), StartsWith("HTTP/1.1 504 "));
  may_leave_.count_down();
}

TEST_F(FrontTest, CutsAnAnswerThatDoesNotGoOn) {
  answer_timeout_ = std::chrono::milliseconds(100);
  StartWorker([&](const auto&, auto&, exchange::AnswerSink& sink) {
    (void)sink.Begin({});
    (void)sink.Write("part", exchange::AnswerSink::Then::Flush);
    may_leave_.wait();
    sink.Abort();
  });
  StartFront();
  RawClient client(server_->port());
  client.Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(client.ReadToEnd(), EndsWith("4\r\npart\r\n"));
  may_leave_.count_down();
}

// The rest of a body that its client sends slowly is not waited for here.
TEST_F(FrontTest, WaitsForASlowClientAsLongAsTheClientMay) {
  answer_timeout_ = std::chrono::seconds(2);
  StartWorker([&](const exchange::RequestHead& head, auto& body, auto& sink) {
    if (head.path_info == "/stuck") may_leave_.wait();
    AnswerWithEcho(head, body, sink);
  });
  StartFront();
  RawClient slow(server_->port());
  slow.Send("POST /slow HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\n\r\n" +
            std::string(200'000, 'x'));
  // Who came later and is answered 504 shows that the time has passed for both.
  RawClient stuck(server_->port());
  stuck.Send("GET /stuck HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(stuck.ReadUntil("</html>\n"), StartsWith("HTTP/1.1 504 "));
  slow.Send(std::string(100'000, 'x'));
  slow.ReadUntil("/slow:");
  EXPECT_EQ(slow.ReadBytes(300'000), std::string(300'000, 'x'));
  may_leave_.count_down();
}

TEST_F(FrontTest, RefusesHeadersThatAreTooLong) {
  StartWorker([&](const exchange::RequestHead& head, auto&, exchange::AnswerSink& sink) {
    exchange::AnswerHead answer;
    const std::string value(std::stoul(std::string(head.path_info.substr(1))), 'v');
    answer.headers = {{"X-Long", value}, {"Content-Length", "2"}};
    answer.content_length = 2;
    (void)sink.Begin(std::move(answer));
    (void)sink.Write("ok", exchange::AnswerSink::Then::More);
    (void)sink.Finish();
  });
  StartFront();
  RawClient client(server_->port());
  client.Send("GET /93 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(client.ReadUntil("</html>\n"), StartsWith("HTTP/1.1 500 "));
  client.Send("GET /92 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(client.ReadUntil("\r\n\r\nok"), HasSubstr("200 OK"));
}

// A process was killed between the last byte of a body and the frame that says so.
TEST_F(FrontTest, KeepsAClientThatHasItsWholeAnswer) {
  StartWorker([](const exchange::RequestHead& head, auto& body, exchange::AnswerSink& sink) {
    if (head.path_info != "/killed") return AnswerWithEcho(head, body, sink);
    exchange::AnswerHead answer;
    answer.headers = {{"Content-Length", "2"}};
    answer.content_length = 2;
    (void)sink.Begin(std::move(answer));
    (void)sink.Write("ok", exchange::AnswerSink::Then::Flush);
    sink.Abort();
  });
  StartFront();
  RawClient client(server_->port());
  client.Send("GET /killed HTTP/1.1\r\nHost: h\r\n\r\n");
  client.ReadUntil("\r\n\r\nok");
  client.Send("GET /y HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(client.ReadUntil("/y:"), HasSubstr("200 OK"));
}

TEST_F(FrontTest, CutsTheClientWhenTheAnswerBreaksOff) {
  StartWorker([](const auto&, auto&, exchange::AnswerSink& sink) {
    (void)sink.Begin({});
    (void)sink.Write("part", exchange::AnswerSink::Then::Flush);
    sink.Abort();
  });
  StartFront();
  RawClient client(server_->port());
  client.Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(client.ReadToEnd(), EndsWith("4\r\npart\r\n"));
}

TEST_F(FrontTest, TellsTheProcessWhenTheClientLeft) {
  std::latch noticed(1);
  StartWorker([&](const auto&, auto&, exchange::AnswerSink& sink) {
    (void)sink.Begin({});
    const std::string part(10'000, 'x');
    while (sink.Write(part, exchange::AnswerSink::Then::Flush)) {
    }
    sink.Abort();
    noticed.count_down();
  });
  StartFront();
  RawClient client(server_->port());
  client.Send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  client.ReadUntil("\r\n\r\n");
  client.Reset();
  noticed.wait();
}

TEST_F(FrontTest, AChannelWithoutTheTokenRunsNothing) {
  std::atomic<int> answered{0};
  StartWorker([&](const auto& head, auto& body, auto& sink) {
    ++answered;
    AnswerWithEcho(head, body, sink);
  });
  const base::UniqueFd intruder = OpenLink("a guess");
  Send(intruder, RequestFor("/x", 0));
  char byte = 0;
  EXPECT_LE(::recv(intruder.get(), &byte, 1, 0), 0);  // closed without a word
  EXPECT_EQ(answered, 0);
}

}  // namespace hosts::daemon
