#include "harness/tour/walk.h"

#include <gmock/gmock.h>

#include "harness/load/testing/known_server.h"

namespace harness::tour {
namespace {

using load::KnownServer;
using testing::HasSubstr;

Step Get(const std::string& path) {
  Step step;
  step.name = path;
  step.method = "GET";
  step.path = path;
  return step;
}

std::string Page(const std::string& fields, const std::string& body) {
  return "HTTP/1.1 200 OK\r\n" + fields + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

TEST(Walk, CarriesCookiesAndCapturedTextsFromStepToStep) {
  KnownServer server({.answer = [](std::int64_t number) {
    return number == 0 ? Page("Set-Cookie: session=s1\r\n", "id=42") : Page("", "note 42");
  }});
  Walk walk({"127.0.0.1", server.port(), ""});
  Step first = Get("/");
  first.captures = {{"id", Capture::From::Regex, "id=(\\d+)"}};
  Step second = Get("/notes/${id}");
  second.expect.contains = {"note ${id}"};
  second.is_load = false;
  Tour tour{"desk", {first, second}};
  const auto results = walk.TakeAll(tour);
  EXPECT_TRUE(HavePassed(results)) << *results.back().problem;
  EXPECT_EQ(results.back().path, "/notes/42");
  EXPECT_GT(results.back().took.count(), 0);
  EXPECT_EQ(walk.visitor().cookies.at("session"), "s1");
}

TEST(Walk, AWrongAnswerFailsItsStepAndTheTourGoesOn) {
  KnownServer server(
      {.answer = [](std::int64_t number) { return Page("", number == 0 ? "wrong" : "right"); }});
  Walk walk({"127.0.0.1", server.port(), ""});
  Tour tour{"desk", {Get("/"), Get("/")}};
  for (Step& step : tour.steps)
    step.expect.body = "right";
  const auto results = walk.TakeAll(tour);
  ASSERT_EQ(results.size(), 2U);
  EXPECT_THAT(*results[0].problem, HasSubstr("'wrong', not 'right'"));
  EXPECT_TRUE(results[1].has_passed());
  EXPECT_FALSE(HavePassed(results));
}

TEST(Walk, WithoutAnAnswerItEnds) {
  KnownServer server({.answer = [](std::int64_t) { return std::string(); }});
  Walk walk({"127.0.0.1", server.port(), ""});
  const auto results = walk.TakeAll({"desk", {Get("/"), Get("/")}});
  ASSERT_EQ(results.size(), 1U);
  EXPECT_FALSE(results[0].status);
  EXPECT_TRUE(results[0].problem);
}

TEST(Walk, PatienceIsLimited) {
  KnownServer server({.delay = [](std::int64_t) { return std::chrono::seconds(60); }});
  Walk walk({"127.0.0.1", server.port(), ""}, std::chrono::milliseconds(50));
  EXPECT_THAT(*walk.Take(Get("/")).problem, HasSubstr("no answer in time"));
}

TEST(Walk, LoadRequestsHaveTheCookiesOfItsEnd) {
  KnownServer server(
      {.answer = [](std::int64_t) { return Page("Set-Cookie: session=s1\r\n", "x"); }});
  Walk walk({"127.0.0.1", server.port(), ""});
  Tour tour{"desk", {Get("/a"), Get("/b")}};
  tour.steps.back().is_load = true;
  tour.steps.back().expect.body = "x";
  ASSERT_TRUE(HavePassed(walk.TakeAll(Tour{"desk", {tour.steps.front()}})));
  const auto requests = walk.LoadRequests(tour);
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_THAT(requests.front().bytes, HasSubstr("GET /b HTTP/1.1\r\n"));
  EXPECT_THAT(requests.front().bytes, HasSubstr("Cookie: session=s1\r\n"));
  EXPECT_EQ(*requests.front().check.body, "x");
}

}  // namespace
}  // namespace harness::tour
