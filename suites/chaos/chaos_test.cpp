// Seconds of chaos: a sound host stands it; one whose calm application is not calm does not.

#include "suites/chaos/chaos.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "suites/chaos/deeds.h"

namespace suites::chaos {

namespace {

ChaosPlan Short() {
  ChaosPlan plan;
  plan.duration = std::chrono::seconds(5);
  plan.between_rests = std::chrono::seconds(3);
  plan.seed = 7;
  return plan;
}

std::string Joined(const std::vector<std::string>& faults) {
  std::string text;
  for (const std::string& fault : faults)
    text += fault + "\n";
  return text;
}

TEST(Deeds, AreTheSameForTheSameSeed) {
  Deeds one(42);
  Deeds other(42);
  Deeds third(43);
  bool differs = false;
  std::set<Deed> seen;
  for (int i = 0; i < 1000; ++i) {
    const Choice choice = one.Next();
    const Choice again = other.Next();
    EXPECT_EQ(choice.deed, again.deed);
    EXPECT_EQ(choice.which, again.which);
    EXPECT_EQ(choice.then, again.then);
    differs = differs || third.Next().which != choice.which;
    seen.insert(choice.deed);
  }
  EXPECT_TRUE(differs);
  EXPECT_EQ(seen.size(), AllDeeds().size()) << "a deed that is never done";
}

// Three clients, and kills that follow each other within the time in which a cut is noticed: they come client by
// client, and once the first kill took the second one's.
TEST(Cuts, AreExplainedByTheKillsBeforeThem) {
  using hosts::base::Clock;
  const auto at = [](int ms) { return Clock::time_point(std::chrono::milliseconds(ms)); };
  const std::vector<Clock::time_point> of_clients{
      at(1001), at(2301), at(1002), at(2302), at(1003), at(2303)};
  EXPECT_EQ(CutsWithoutAKill(of_clients, {at(1000), at(2300)}, 3), 0U);
  EXPECT_EQ(CutsWithoutAKill(of_clients, {at(1000), at(2300)}, 2), 2U);
  EXPECT_EQ(CutsWithoutAKill(of_clients, {at(1000)}, 3), 3U);
  EXPECT_EQ(CutsWithoutAKill(of_clients, {}, 3), 6U);
  EXPECT_EQ(CutsWithoutAKill({at(999)}, {at(1000)}, 3), 1U) << "before it";
  EXPECT_EQ(CutsWithoutAKill({at(3001)}, {at(1000)}, 3), 1U) << "long after it";
}

TEST(Chaos, ASoundHostStandsIt) {
  const auto result = RunChaos(Short());
  ASSERT_TRUE(result) << result.error().Text();
  EXPECT_EQ(Joined(result->faults), "");
  for (const auto& [name, asked] : result->asked)
    EXPECT_GT(asked.right, 0) << name;
}

TEST(Chaos, ACalmApplicationThatSometimesFailsIsFound) {
  ChaosPlan plan = Short();
  plan.calm =
      "import random\n"
      "def application(environ, start_response):\n"
      "    size = len(environ['wsgi.input'].read())\n"
      "    if random.random() < 0.05:\n"
      "        raise RuntimeError('now and then')\n"
      "    answer = f\"{environ['QUERY_STRING']} {size}\".encode()\n"
      "    start_response('200 OK', [('Content-Length', str(len(answer)))])\n"
      "    return [answer]\n";
  const auto result = RunChaos(plan);
  ASSERT_TRUE(result) << result.error().Text();
  EXPECT_NE(Joined(result->faults).find("/calm: status 500"), std::string::npos)
      << Joined(result->faults);
}

TEST(Chaos, AnAnswerThatIsAnotherOnesIsFound) {
  ChaosPlan plan = Short();
  plan.calm =
      "last = ''\n"
      "def application(environ, start_response):\n"
      "    global last\n"
      "    size = len(environ['wsgi.input'].read())\n"
      "    mine = f\"{environ['QUERY_STRING']} {size}\"\n"
      "    answer, last = (last or mine).encode(), mine\n"
      "    start_response('200 OK', [('Content-Length', str(len(answer)))])\n"
      "    return [answer]\n";
  const auto result = RunChaos(plan);
  ASSERT_TRUE(result) << result.error().Text();
  EXPECT_NE(Joined(result->faults).find(" instead of "), std::string::npos);
}

}  // namespace

}  // namespace suites::chaos
