#include "hosts/daemon/wire.h"

#include <gtest/gtest.h>

#include <random>

#include "hosts/base/files.h"

namespace hosts::daemon {

namespace {

exchange::RequestHead SomeHead() {
  exchange::RequestHead head;
  head.method = "POST";
  head.target = "/a?b=c";
  head.query = "b=c";
  head.version_minor = 0;
  head.headers = {{"Host", "example"}, {"X-Empty", ""}};
  head.content_length = 0;
  head.remote_address = "127.0.0.1";
  head.remote_port = 5000;
  head.local_port = 80;
  head.host_name = "example";
  head.virtual_host = 2;
  head.callable_object = "app";
  head.pass_authorization = true;
  head.variables = {{"TENANT", "blue"}};
  head.script_name = "/a";
  head.process_group = "accounts";
  head.may_send_files = true;
  head.reloads_scripts = true;
  head.ignores_activity = true;
  head.script_changed_at_ns = 1'700'000'000'123'456'789;
  head.server_pid = 4321;
  head.received_at_us = 1'700'000'000'000'000;
  return head;
}

Frame Only(const std::string& bytes) {
  auto next = NextFrame(bytes);
  EXPECT_TRUE(next && next->has_value());
  EXPECT_EQ((*next)->size, bytes.size());
  return **next;
}

}  // namespace

TEST(Wire, BringsARequestOverUnchanged) {
  std::string bytes;
  AppendRequest(bytes, SomeHead(), {17, 4}, "body");
  const Frame frame = Only(bytes);
  EXPECT_EQ(frame.type, FrameType::Request);
  EXPECT_EQ(frame.flags, 0);
  const auto decoded = DecodeRequest(frame.payload);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->ticket, (Ticket{17, 4}));
  EXPECT_EQ(decoded->body, "body");
  EXPECT_EQ(decoded->head.target, "/a?b=c");
  EXPECT_EQ(decoded->head.version_minor, 0);
  EXPECT_EQ(decoded->head.content_length, 0U);
  ASSERT_EQ(decoded->head.headers.size(), 2U);
  EXPECT_EQ(decoded->head.headers[1].name, "X-Empty");
  EXPECT_EQ(decoded->head.callable_object, "app");
  EXPECT_TRUE(decoded->head.pass_authorization);
  EXPECT_TRUE(decoded->head.may_send_files);
  EXPECT_TRUE(decoded->head.reloads_scripts);
  EXPECT_TRUE(decoded->head.ignores_activity);
  EXPECT_EQ(decoded->head.script_changed_at_ns, 1'700'000'000'123'456'789);
  EXPECT_EQ(decoded->head.server_pid, 4321);
  ASSERT_EQ(decoded->head.variables.size(), 1U);
  EXPECT_EQ(decoded->head.variables[0].value, "blue");
  EXPECT_EQ(decoded->head.process_group, "accounts");
  EXPECT_EQ(decoded->head.received_at_us, 1'700'000'000'000'000);
}

// When the format changes, the seeds must: else the fuzzer begins with nothing that is a request.
TEST(Wire, TheSeedsOfTheFuzzerAreRequests) {
  int requests = 0;
  for (const std::string name :
       {"complete", "body_follows", "held_back", "cut", "stops_early", "large"}) {
    const auto seed = base::ReadFile(WSGILAB_FRAMES "/" + name);
    ASSERT_TRUE(seed) << name;
    std::string_view bytes = std::string_view(*seed).substr(1);  // the first says how they are sent
    while (!bytes.empty()) {
      const auto frame = NextFrame(bytes);
      ASSERT_TRUE(frame && frame->has_value()) << name;
      bytes.remove_prefix((*frame)->size);
      if ((*frame)->type != FrameType::Request) continue;
      const auto decoded = DecodeRequest((*frame)->payload);
      ASSERT_TRUE(decoded) << name << ": " << decoded.error().message;
      EXPECT_TRUE(decoded->head.path_info.starts_with('/') || decoded->head.path_info.empty());
      ++requests;
    }
  }
  EXPECT_GE(requests, 8);
}

TEST(Wire, SaysThatABodyFollows) {
  std::string bytes;
  exchange::RequestHead head = SomeHead();
  head.content_length.reset();
  AppendRequest(bytes, head, {}, std::nullopt);
  const Frame frame = Only(bytes);
  EXPECT_EQ(frame.flags, kBodyFollows);
  EXPECT_FALSE(DecodeRequest(frame.payload)->head.content_length);
}

TEST(Wire, SaysWhetherARefusedRequestWasSeen) {
  std::string bytes;
  AppendFrame(bytes, FrameType::Refused, {}, kUnseen);
  const Frame frame = Only(bytes);
  EXPECT_EQ(frame.type, FrameType::Refused);
  EXPECT_EQ(frame.flags, kUnseen);
}

TEST(Wire, BringsAnAnswerOverUnchanged) {
  std::string bytes;
  exchange::AnswerHead head;
  head.status = 299;
  head.reason = "My Reason";
  head.headers = {{"Set-Cookie", "a=1"}, {"Set-Cookie", "b=2"}};
  head.content_length = 5;
  head.pid = 4321;
  AppendAnswerHead(bytes, head);
  const auto decoded = DecodeAnswerHead(Only(bytes).payload);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->status, 299);
  EXPECT_EQ(decoded->reason, "My Reason");
  EXPECT_EQ(decoded->headers, head.headers);
  EXPECT_EQ(decoded->content_length, 5U);
  EXPECT_EQ(decoded->pid, 4321);
}

TEST(Wire, WaitsForTheRestOfAFrame) {
  std::string bytes;
  AppendFrame(bytes, FrameType::AnswerBody, "hello");
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto next = NextFrame(std::string_view(bytes).substr(0, size));
    ASSERT_TRUE(next);
    EXPECT_FALSE(next->has_value());
  }
}

TEST(Wire, CutsALargeBodyIntoFrames) {
  const std::string body(3 * kMaxBodyFrame + 1, 'x');
  std::string bytes;
  AppendBodyFrames(bytes, FrameType::Body, body);
  std::string together;
  int frames = 0;
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const auto next = NextFrame(rest);
    ASSERT_TRUE(next && next->has_value());
    together += (*next)->payload;
    rest.remove_prefix((*next)->size);
    ++frames;
  }
  EXPECT_EQ(frames, 4);
  EXPECT_EQ(together, body);
}

TEST(Wire, RefusesFramesThatCannotBe) {
  std::string unknown;
  AppendFrame(unknown, static_cast<FrameType>(11), "");
  EXPECT_FALSE(NextFrame(unknown));
  EXPECT_FALSE(NextFrame(std::string(8, '\xff')));
}

TEST(Wire, SurvivesAnyChangeOfAPayload) {
  std::string bytes;
  AppendRequest(bytes, SomeHead(), {.cell = 1}, "body");
  const std::string payload(Only(bytes).payload);
  std::mt19937 random(7);
  for (int i = 0; i < 5000; ++i) {
    std::string changed = payload;
    changed[random() % changed.size()] = static_cast<char>(random());
    changed.resize(random() % 4 == 0 ? random() % changed.size() : changed.size());
    (void)DecodeRequest(changed);
    (void)DecodeAnswerHead(changed);
  }
}

}  // namespace hosts::daemon
