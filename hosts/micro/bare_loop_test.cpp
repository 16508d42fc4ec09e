#include "hosts/micro/bare_loop.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <string>
#include <string_view>
#include <thread>

#include "hosts/micro/bare_call.h"
#include "hosts/python/runtime.h"
#include "hosts/python/testing/source.h"

namespace hosts::micro {

namespace {

// What a client of `loop` reads after sending `bytes` and closing its side.
std::string Exchange(BareLoop& loop, std::string_view bytes) {
  int ends[2];
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  const base::UniqueFd client(ends[0]);
  base::UniqueFd server(ends[1]);
  timeval patience{10, 0};
  ::setsockopt(client.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  loop.Add(std::move(server));
  std::thread thread([&loop] { loop.Run(); });
  EXPECT_EQ(::send(client.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(bytes.size()));
  ::shutdown(client.get(), SHUT_WR);
  std::string read;
  char block[65536];
  ssize_t count = 0;
  while ((count = ::recv(client.get(), block, sizeof block, 0)) > 0)
    read.append(block, static_cast<std::size_t>(count));
  EXPECT_EQ(count, 0) << "the connection was not closed in time";
  loop.RequestStop();
  thread.join();
  return read;
}

constexpr std::string_view kOne = "GET /a?b HTTP/1.1\r\nHost: h\r\n\r\n";

}  // namespace

TEST(BareLoop, AnswersRequestsThatCameTogetherInOrder) {
  BareLoop loop(
      [](const exchange::RequestHead& head, std::string& out) { (out += head.target) += ';'; });
  const std::string with_body = "POST /c HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc";
  EXPECT_EQ(Exchange(loop, std::string(kOne) + with_body + std::string(kOne)), "/a?b;/c;/a?b;");
}

TEST(BareLoop, SendsAnAnswerThatTheSocketDoesNotTakeAtOnce) {
  const std::string large(5'000'000, 'x');
  BareLoop loop([&](const exchange::RequestHead&, std::string& out) { out += large; });
  EXPECT_EQ(Exchange(loop, std::string(kOne) + "GET / HTTP/1.1\r\nHost: h\r\n").size(),
            large.size());
}

TEST(BareLoop, ClosesAtWhatIsNoRequest) {
  BareLoop loop([](const exchange::RequestHead&, std::string& out) { out += "answer"; });
  EXPECT_EQ(Exchange(loop, "nonsense\r\n\r\n"), "");
}

TEST(BareCall, WritesTheWholeAnswerOfAnApplication) {
  const auto runtime = python::Runtime::Start();
  ASSERT_TRUE(runtime);
  const python::Attached attached((*runtime)->starting_thread());
  python::testing::Execute(attached,
                           "def application(environ, start_response):\n"
                           "  start_response('200 OK', [('A', 'b'), ('C', 'd')])\n"
                           "  return [environ['PATH_INFO'].encode(), b'!']\n");
  BareCall call(attached, python::testing::Evaluate(attached, "application"));
  std::string out;
  call.Call(attached, "GET", "/x", "", out);
  EXPECT_EQ(out, "HTTP/1.1 200 OK\r\nA: b\r\nC: d\r\n\r\n/x!");
}

}  // namespace hosts::micro
