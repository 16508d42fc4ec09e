// `wsgilab load` from outside, on servers whose answers are known. What the generator says of itself depends
// on what else the machine does: both 0 and 3 are right where the answers were.

#include "harness/command/load_command.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <signal.h>

#include <filesystem>
#include <optional>

#include "harness/command/testing/fits.h"
#include "harness/load/testing/known_server.h"
#include "hosts/base/child_process.h"
#include "hosts/base/files.h"
#include "reports/histogram/v2.h"
#include "reports/record/json.h"

namespace harness::command {
namespace {

namespace fs = std::filesystem;
using hosts::base::ChildProcess;
using hosts::base::Deadline;
using load::KnownServer;
using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;

struct Ended {
  int exit_code = -1;
  std::string output;  // both streams
};

class LoadCommand : public testing::Test {
 protected:
  void SetUp() override {
    auto made = hosts::base::TemporaryDirectory::Make("wsgilab-load");
    ASSERT_TRUE(made);
    folder_.emplace(std::move(*made));
  }

  [[nodiscard]] fs::path File(const char* name) const { return folder_->path() / name; }

  ChildProcess Start(const std::string& url, std::vector<std::string> words) {
    hosts::base::SpawnOptions options;
    options.argv = {WSGILAB, "load", url};
    options.argv.insert(options.argv.end(), words.begin(), words.end());
    options.environment = {{"PATH", "/usr/bin:/bin"}, {"TMPDIR", folder_->path().string()}};
    options.output = File("output");
    auto child = ChildProcess::Start(std::move(options));
    CHECK(child.has_value(), "wsgilab can be started");
    return std::move(*child);
  }

  Ended Await(ChildProcess child) {
    const auto status = child.Wait(Deadline::After(std::chrono::seconds(60)));
    EXPECT_TRUE(status) << "wsgilab did not end";
    Ended ended;
    if (status && !status->signaled) ended.exit_code = status->value;
    if (const auto text = hosts::base::ReadFile(File("output"))) ended.output = *text;
    fs::remove(File("output"));
    return ended;
  }

  Ended Call(const std::string& url, std::vector<std::string> words) {
    return Await(Start(url, std::move(words)));
  }

  static std::string UrlOf(const KnownServer& server, const std::string& host = "127.0.0.1") {
    return "http://" + host + ":" + std::to_string(server.port()) + "/";
  }

  std::optional<hosts::base::TemporaryDirectory> folder_;
};

TEST(ExitCodeOf, TheWorstReasonWins) {
  load::LoadResult result;
  EXPECT_EQ(ExitCodeOf(result), 4);
  result.done = 1;
  EXPECT_EQ(ExitCodeOf(result), 0);
  result.cpu_share = 0.9;
  EXPECT_EQ(ExitCodeOf(result), 3);
  for (auto member : {&load::LoadResult::wrong_answers,
                      &load::LoadResult::failed,
                      &load::LoadResult::unfinished,
                      &load::LoadResult::crosstalk}) {
    load::LoadResult bad = result;
    bad.*member = 1;
    EXPECT_EQ(ExitCodeOf(bad), 1);
  }
  result.ended_early = "interrupted";
  EXPECT_EQ(ExitCodeOf(result), 130);
}

TEST_F(LoadCommand, SaysWhatItSawForPeopleAndAsFiles) {
  const KnownServer server({});
  const Ended ended = Call(UrlOf(server, "localhost"),
                           {"-R",
                            "500",
                            "-d",
                            "400ms",
                            "--poisson",
                            "--seed",
                            "3",
                            "--hgrm",
                            File("a.hgrm"),
                            "--hdr-log",
                            File("a.hlog")});
  EXPECT_THAT(ended.exit_code, AnyOf(0, 3)) << ended.output;
  EXPECT_THAT(ended.output,
              AllOf(HasSubstr("open loop at 500/s, Poisson (seed 3), 16 connections"),
                    HasSubstr("0 broken off + 0 unanswered; 0 wrong"),
                    HasSubstr("lateness"),
                    HasSubstr("with a server that does nothing it does")));
  EXPECT_THAT(*hosts::base::ReadFile(File("a.hgrm")), HasSubstr("1/(1-Percentile)"));
  EXPECT_THAT(*hosts::base::ReadFile(File("a.hlog")), HasSubstr("\nTag=lateness,"));
}

TEST_F(LoadCommand, IsALineOfARecordForPrograms) {
  const KnownServer server({});
  const Ended ended = Call(
      UrlOf(server), {"-c", "2", "-d", "200ms", "--new-connections", "--warmup", "5", "--json"});
  EXPECT_THAT(ended.exit_code, AnyOf(0, 3)) << ended.output;
  const auto line = reports::record::ParseLine(ended.output);
  ASSERT_TRUE(line) << line.error().Text();
  const auto& load = std::get<reports::record::Load>(*line);
  EXPECT_GT(load.done, 1);
  ASSERT_TRUE(load.hdr && load.connect_us && load.generator.ceiling_per_s);
  EXPECT_EQ(reports::histogram::DecodeV2(*load.hdr)->count(), load.done);
}

TEST_F(LoadCommand, AWrongAnswerIsAFailure) {
  const KnownServer server({});
  const Ended ended = Call(UrlOf(server), {"-c", "1", "-d", "100ms", "--expect-text", "no"});
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output, HasSubstr("the first problem: GET /: 'ok' lacks 'no'"));
}

TEST_F(LoadCommand, AnothersTokenIsAFailure) {
  const KnownServer server({.answer = [](std::int64_t) {
    return std::string("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nwlab0123456789abcdef");
  }});
  const Ended ended = Call(UrlOf(server), {"-c", "1", "-d", "100ms", "--canary"});
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output, HasSubstr("with the token of another request, 0 without any"));
}

// Who logs in gets a cookie, and only with it the page.
TEST_F(LoadCommand, ATourIsWalkedAndRepeatedWithItsCookies) {
  const KnownServer server({.answer_to = [](std::int64_t, std::string_view request) {
    const bool is_login = request.find("GET /in ") != std::string_view::npos;
    const bool is_known = request.find("\r\nCookie: sid=7\r\n") != std::string_view::npos;
    if (is_login) {
      return std::string(
          "HTTP/1.1 200 OK\r\nSet-Cookie: sid=7; Path=/\r\nContent-Length: 2\r\n\r\nin");
    }
    return is_known ? std::string("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage")
                    : std::string("HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno");
  }});
  ASSERT_TRUE(hosts::base::WriteFile(File("tour.json"), R"({"app": "x", "steps": [
      {"name": "log in", "method": "GET", "path": "/in", "expect": {"status": 200}},
      {"name": "the page", "method": "GET", "path": "/", "load": true,
       "expect": {"status": 200, "body": "page"}}]})"));
  const std::string folder = folder_->path();
  const Ended ended =
      Call(UrlOf(server, "localhost"), {"-c", "1", "-d", "100ms", "--tour", folder});
  EXPECT_THAT(ended.exit_code, AnyOf(0, 3)) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("0 unanswered; 0 wrong"));
  const Ended nowhere = Call(UrlOf(server), {"-c", "1", "--tour", "/nowhere"});
  EXPECT_EQ(nowhere.exit_code, 2) << nowhere.output;
}

TEST_F(LoadCommand, NobodyThereIsNothingMeasured) {
  std::string url;
  {
    const KnownServer server({});
    url = UrlOf(server);
  }
  const Ended ended = Call(url, {"-c", "1", "-d", "100ms"});
  EXPECT_EQ(ended.exit_code, 4);
  EXPECT_THAT(ended.output, HasSubstr("is a server listening there?"));
  EXPECT_EQ(Call("http://no-such-name.invalid/", {"-c", "1"}).exit_code, 2);
}

TEST_F(LoadCommand, ASlipIsSaidInOneLine) {
  const Ended ended = Call("http://localhost/", {"-R", "10", "-d", "10"});
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.output,
              HasSubstr("wsgilab: -d: '10' is no duration: write a number and its unit"));
  EXPECT_EQ(Call("http://localhost/", {"--no-such-option"}).exit_code, 2);
}

TEST_F(LoadCommand, InterruptedItSaysWhatItSawTillThen) {
  KnownServer server({});
  auto child = Start(UrlOf(server), {"-R", "200", "-d", "1h"});
  const Deadline deadline = Deadline::After(std::chrono::seconds(60));
  while (server.served() < 20 && !deadline.has_passed())
    std::this_thread::yield();
  ::kill(child.pid(), SIGINT);
  const Ended ended = Await(std::move(child));
  EXPECT_EQ(ended.exit_code, 130);
  EXPECT_THAT(ended.output, AllOf(HasSubstr("unverified: interrupted"), HasSubstr("latency")));
}

TEST_F(LoadCommand, ACapacityHasItsRates) {
  const KnownServer server({.delay = [](std::int64_t) { return std::chrono::milliseconds(1); }});
  const Ended ended =
      Call(UrlOf(server), {"--capacity", "p50<1us", "-c", "2", "-d", "50ms", "--json"});
  EXPECT_THAT(ended.exit_code, AnyOf(99, 3)) << ended.output;
  EXPECT_THAT(ended.output,
              AllOf(HasSubstr("\"type\":\"load\""), HasSubstr("\"type\":\"capacity\"")));
  ExpectFits("load", ended.output, folder_->path());
  const Ended easy = Call(UrlOf(server), {"--capacity", "p50<10s", "-c", "2", "-d", "50ms"});
  EXPECT_THAT(easy.output, AllOf(HasSubstr("p50 below 10.0 s"), HasSubstr("closed loop: ")));
}

TEST_F(LoadCommand, HelpHasExamples) {
  EXPECT_THAT(Call("", {"--help"}).output,
              AllOf(HasSubstr("--capacity 'p99<20ms'"), HasSubstr("Exit codes")));
}

}  // namespace
}  // namespace harness::command
