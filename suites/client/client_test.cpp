#include <gtest/gtest.h>
#include <httplib.h>

#include <thread>

#include "suites/client/http_client.h"
#include "suites/client/raw_connection.h"
#include "suites/client/transcript.h"

namespace suites::client {

using hosts::base::Deadline;
using hosts::base::ErrorKind;

namespace {

Deadline Soon() {
  return Deadline::After(std::chrono::seconds(10));
}

// A server of the library's own, so that both clients are tried against code that is not ours.
class Client : public testing::Test {
 protected:
  Client() {
    server_.Get("/host", [](const httplib::Request& request, httplib::Response& response) {
      response.set_content(request.get_header_value("Host"), "text/plain");
    });
    server_.Get("/pieces", [](const httplib::Request&, httplib::Response& response) {
      response.set_chunked_content_provider("text/plain", [](size_t, httplib::DataSink& sink) {
        sink.write("one,", 4);
        sink.write("two", 3);
        sink.done();
        return true;
      });
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    server_.WaitUntilRunning();
  }
  ~Client() override {
    server_.stop();
    thread_.join();
  }

  struct Server : httplib::Server {
    // listen_after_bind() runs in the other thread; stop() before it has begun would be lost.
    void WaitUntilRunning() const {
      while (!is_running())
        std::this_thread::yield();
    }
  };
  Server server_;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace

TEST_F(Client, NamesTheServerWithoutAPort) {
  HttpClient client(port_);
  const auto answer = client.Get("/host");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, kServerName);
  EXPECT_EQ(answer->Header("content-type"), "text/plain");
}

TEST_F(Client, KeepsATranscriptOfWhatWasSentAndReceived) {
  ClearTranscript();
  NoteSent("GET / HTTP/1.1\r\n\r\n");
  NoteReceived("HTTP/1.1 200 OK\r\n");
  NoteReceived(std::string_view("\0\x7f", 2));
  EXPECT_EQ(Transcript(),
            "--> sent\nGET / HTTP/1.1\\r\\n\n\\r\\n\n"
            "<-- received\nHTTP/1.1 200 OK\\r\\n\n\\x00\\x7f");
  NoteReceived(std::string(100'000, 'x'));
  EXPECT_LT(Transcript().size(), 20'000U);
  ClearTranscript();
  EXPECT_EQ(Transcript(), "");
}

TEST_F(Client, RawConnectionReadsAnswersByLengthAndByChunks) {
  auto connection = RawConnection::Open(port_);
  ASSERT_TRUE(connection);
  ASSERT_TRUE(connection->Send("GET /host HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_EQ(connection->ReadAnswer(Soon()).value().body, "a");
  ASSERT_TRUE(connection->Send("GET /pieces HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_EQ(connection->ReadAnswer(Soon()).value().body, "one,two");
}

TEST_F(Client, RawConnectionReadsUntilThereIsEnoughAndKeepsIt) {
  auto connection = RawConnection::Open(port_);
  ASSERT_TRUE(connection);
  ASSERT_TRUE(connection->Send("GET /host HTTP/1.1\r\nHost: a\r\n\r\n"));
  const auto has_a_head = [](std::string_view received) {
    return received.find("\r\n\r\n") != std::string_view::npos;
  };
  ASSERT_TRUE(connection->ReadUntilEnough(has_a_head, Soon()));
  const auto answer = connection->ReadAnswer(Soon());
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "a");
  EXPECT_EQ(answer->version, "HTTP/1.1");
  ASSERT_TRUE(connection->Send("half"));
  const auto never = [](std::string_view) { return false; };
  EXPECT_EQ(connection->ReadUntilEnough(never, Deadline::After(std::chrono::milliseconds(1)))
                .error()
                .kind,
            ErrorKind::Timeout);
  EXPECT_EQ(connection->TakeReceived(), "");
}

TEST_F(Client, RawConnectionCountsABodyInChunksAndNoOther) {
  auto connection = RawConnection::Open(port_);
  ASSERT_TRUE(connection);
  ASSERT_TRUE(connection->Send("GET /pieces HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_EQ(connection->CountBodyInChunks(Soon()).value(), 7U);
  ASSERT_TRUE(connection->Send("GET /host HTTP/1.1\r\nHost: a\r\n\r\n"));
  const auto refused = connection->CountBodyInChunks(Soon());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, hosts::base::ErrorKind::InvalidInput);
}

TEST_F(Client, RawConnectionMaySendHalfARequestAndIsToldThatNothingCame) {
  auto connection = RawConnection::Open(port_);
  ASSERT_TRUE(connection);
  ASSERT_TRUE(connection->Send("GET /host HTTP/1.1\r\nHo"));
  const auto nothing =
      connection->ReadUntil("\r\n", Deadline::After(std::chrono::milliseconds(20)));
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().kind, ErrorKind::Timeout);
  ASSERT_TRUE(connection->Send("st: late\r\n\r\n"));
  EXPECT_EQ(connection->ReadAnswer(Soon()).value().body, "late");
}

TEST(HttpClient, TellsAClosedPortFromALateAnswer) {
  HttpClient client(1);
  const auto answer = client.Get("/");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::Closed);
}

}  // namespace suites::client
