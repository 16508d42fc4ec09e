#include "harness/command/load_options.h"

#include <gmock/gmock.h>

#include "harness/load/canary.h"

namespace harness::command {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using testing::HasSubstr;

LoadOptions Options() {
  LoadOptions options;
  options.url = "http://localhost:8000/";
  return options;
}

std::string ProblemOf(const LoadOptions& options) {
  const auto plan = PlanLoad(options);
  return plan ? "none" : plan.error().Text();
}

TEST(ParseUrl, TakesNamesAndAddressesOfBothKinds) {
  const auto plain = ParseUrl("http://example.org");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->target.address, "example.org");
  EXPECT_EQ(plain->target.port, 80);
  EXPECT_EQ(plain->path, "/");
  const auto whole = ParseUrl("http://127.0.0.1:8000/a/b?c=d#part");
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->target.port, 8000);
  EXPECT_EQ(whole->host, "127.0.0.1:8000");
  EXPECT_EQ(whole->path, "/a/b?c=d");
  const auto six = ParseUrl("http://[::1]:81?x");
  ASSERT_TRUE(six);
  EXPECT_EQ(six->target.address, "::1");
  EXPECT_EQ(six->target.port, 81);
  EXPECT_EQ(six->host, "[::1]:81");
  EXPECT_EQ(six->path, "/?x");
}

TEST(ParseUrl, SaysWhatToWriteInstead) {
  EXPECT_THAT(ParseUrl("https://x/").error().Text(), HasSubstr("does not speak"));
  EXPECT_THAT(ParseUrl("localhost:8000").error().Text(), HasSubstr("write http://"));
  for (const char* url : {"http://",
                          "http://:80/",
                          "http://me@x/",
                          "http://x:0/",
                          "http://x:port/",
                          "http://x:70000/",
                          "http://[::1"}) {
    EXPECT_FALSE(ParseUrl(url)) << url;
  }
}

TEST(ParseSpan, NeedsAUnit) {
  EXPECT_EQ(*ParseSpan("10s"), std::chrono::seconds(10));
  EXPECT_EQ(*ParseSpan("1.5ms"), microseconds(1500));
  EXPECT_EQ(*ParseSpan("20us"), microseconds(20));
  EXPECT_EQ(*ParseSpan("2min"), minutes(2));
  EXPECT_EQ(*ParseSpan("2m"), minutes(2));
  for (const char* text : {"10", "", "s", "10 s", "-1s", "0s", "10sec", "1e3s", "48h", "1..2s"}) {
    EXPECT_FALSE(ParseSpan(text)) << text;
  }
}

TEST(ParseRate, IsRequestsASecond) {
  EXPECT_DOUBLE_EQ(*ParseRate("500"), 500);
  EXPECT_DOUBLE_EQ(*ParseRate("0.5"), 0.5);
  EXPECT_DOUBLE_EQ(*ParseRate("2.5k"), 2500);
  for (const char* text : {"", "k", "-1", "nan", "inf", "10/s", "1e9"}) {
    EXPECT_FALSE(ParseRate(text)) << text;
  }
}

TEST(ParseLimit, IsAPercentileAndADuration) {
  const auto limit = ParseLimit("p99<20ms");
  ASSERT_TRUE(limit);
  EXPECT_DOUBLE_EQ(limit->percentile, 99);
  EXPECT_EQ(limit->below, milliseconds(20));
  EXPECT_DOUBLE_EQ(ParseLimit("p99.9<1s")->percentile, 99.9);
  for (const char* text : {"p99", "99<20ms", "p99<20", "p0<1s", "p100<1s", "p<1s", "p99>20ms"}) {
    EXPECT_FALSE(ParseLimit(text)) << text;
  }
}

TEST(PlanLoad, OneWayToOfferRequests) {
  EXPECT_THAT(ProblemOf(Options()), HasSubstr("say how requests are offered"));
  LoadOptions both = Options();
  both.rate = "10";
  both.ramp = "1..2";
  EXPECT_THAT(ProblemOf(both), HasSubstr("exclude each other"));
  LoadOptions closed = Options();
  closed.connections = 4;
  closed.poisson = true;
  EXPECT_THAT(ProblemOf(closed), HasSubstr("--poisson is for the open loop"));
  closed.poisson = false;
  EXPECT_EQ(PlanLoad(closed)->profile.loop, load::Loop::Closed);
  EXPECT_EQ(PlanLoad(closed)->profile.connections, 4);
  LoadOptions nothing = Options();
  nothing.rate = "0";
  EXPECT_THAT(ProblemOf(nothing), HasSubstr("above 0"));
}

TEST(PlanLoad, ARampIsAnOpenLoop) {
  LoadOptions options = Options();
  options.ramp = "0..2k";
  options.poisson = true;
  options.seed = 9;
  const auto plan = PlanLoad(options);
  ASSERT_TRUE(plan) << plan.error().Text();
  EXPECT_EQ(plan->profile.loop, load::Loop::Open);
  EXPECT_DOUBLE_EQ(plan->profile.rate_per_s, 0);
  EXPECT_DOUBLE_EQ(plan->profile.ramp_to_per_s.value_or(0), 2000);
  EXPECT_EQ(plan->profile.arrivals, load::Arrivals::Poisson);
  EXPECT_EQ(plan->profile.seed, 9U);
  EXPECT_EQ(plan->profile.connections, 16);
  options.ramp = "100-200";
  EXPECT_THAT(ProblemOf(options), HasSubstr("write --ramp 100..2000"));
}

TEST(PlanLoad, RequestsAreWhatWasTyped) {
  LoadOptions options = Options();
  options.connections = 1;
  options.url += "search?q=1";
  options.method = "POST";
  options.headers = {"X-A: b"};
  options.body = "text";
  options.expect_status = 201;
  options.expect_texts = {"made"};
  const auto plan = PlanLoad(options);
  ASSERT_TRUE(plan) << plan.error().Text();
  ASSERT_EQ(plan->requests.size(), 1U);
  EXPECT_EQ(plan->requests[0].bytes,
            "POST /search?q=1 HTTP/1.1\r\nHost: localhost:8000\r\nX-A: b\r\nContent-Length: "
            "4\r\n\r\ntext");
  EXPECT_EQ(plan->requests[0].check.status, 201);
  EXPECT_EQ(plan->requests[0].check.contains, std::vector<std::string>{"made"});
  options.headers = {"no header"};
  EXPECT_THAT(ProblemOf(options), HasSubstr("write --header 'Name: value'"));
  options.headers = {"Host: another"};
  options.new_connections = true;
  options.body.clear();
  options.method = "GET";
  EXPECT_EQ(PlanLoad(options)->requests[0].bytes,
            "GET /search?q=1 HTTP/1.1\r\nHost: another\r\nConnection: close\r\n\r\n");
}

TEST(PlanLoad, AMixHasWeights) {
  LoadOptions options = Options();
  options.rate = "10";
  options.mix = {"9 /", "1 /slow?ms=5"};
  const auto plan = PlanLoad(options);
  ASSERT_TRUE(plan) << plan.error().Text();
  ASSERT_EQ(plan->requests.size(), 2U);
  EXPECT_EQ(plan->requests[0].weight, 9);
  EXPECT_EQ(plan->requests[1].name, "GET /slow?ms=5");
  for (const char* share : {"/", "0 /", "x /", "3 slow", "3", "3 /a b"}) {
    options.mix = {share};
    EXPECT_FALSE(PlanLoad(options)) << share;
  }
}

TEST(PlanLoad, TheTokenGoesWhereItIsWritten) {
  LoadOptions options = Options();
  options.connections = 1;
  options.canary = true;
  options.url += "{canary}";
  options.body = "a={canary}";
  const auto plan = PlanLoad(options);
  ASSERT_TRUE(plan) << plan.error().Text();
  const std::string& bytes = plan->requests[0].bytes;
  EXPECT_THAT(bytes, HasSubstr("GET /wlab-token-goes-here HTTP/1.1"));
  EXPECT_THAT(bytes, HasSubstr("Content-Length: 22\r\n\r\na=wlab-token-goes-here"));
  EXPECT_EQ(plan->profile.canary, load::Canary::On);
}

}  // namespace
}  // namespace harness::command
