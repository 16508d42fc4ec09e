#include "reports/plan/digest.h"

#include <gmock/gmock.h>

namespace reports::plan {
namespace {

using record::Header;
using testing::ElementsAre;
using testing::IsEmpty;

Header Example() {
  Header header;
  header.profile = "smoke";
  header.revision = "abc";
  header.hosts = {{"engine", "1.0", "3.11.2", {}, {}}};
  header.plan.cells = {"engine/daemon/main/lazy/hello", "engine/daemon/sub/lazy/hello"};
  header.plan.checks = {{"engine", 2, DigestOf({"a", "b"})}};
  header.plan.digest = DigestOf(header.plan, header);
  return header;
}

TEST(PlanDigest, IsOfASetOfNames) {
  EXPECT_EQ(DigestOf({"a", "b"}), DigestOf({"b", "a"}));
  EXPECT_NE(DigestOf({"a", "b"}), DigestOf({"ab"}));
  EXPECT_NE(DigestOf({"a"}), DigestOf({"a", "a"}));
  EXPECT_EQ(DigestOf(std::vector<std::string>{}).size(), 16U);
}

TEST(PlanDigest, HangsOnAllThatDecidesWhatIsRun) {
  const Header example = Example();
  const auto digest = [](const Header& header) { return DigestOf(header.plan, header); };
  std::vector<Header> others(8, example);
  others[0].profile = "full";
  others[1].plan.cells.pop_back();
  others[2].plan.not_offered = {"engine/daemon/sub-own-gil/lazy/hello"};
  others[3].plan.checks[0].digest = DigestOf({"a", "c"});
  others[4].hosts[0].version = "1.1";
  others[5].hosts[0].python = "3.12.1";
  others[6].plan.processes = 2;
  others[7].plan.threads = 2;
  for (const Header& other : others)
    EXPECT_NE(digest(other), digest(example));
  Header same = example;
  same.machine.cpu = "another";
  same.started_at = 7;
  same.command = "wsgilab run -o elsewhere";
  EXPECT_EQ(digest(same), digest(example));
}

TEST(PlanDifferences, OfOneRunThereAreNone) {
  Header second = Example();
  second.run = "b";
  second.machine.cores = 8;
  EXPECT_THAT(Differences(Example(), second), IsEmpty());
}

TEST(PlanDifferences, AShardIsOfItsWholePlan) {
  Header first = Example();
  first.shard = {1, 2, first.plan};
  first.plan = {};
  EXPECT_THAT(Differences(first, Example()), IsEmpty());
}

TEST(PlanDifferences, WhatWasMadeUpIsOfNoRunThatWasMeasured) {
  Header made_up = Example();
  made_up.synthetic = "Synthetic: made up.";
  EXPECT_THAT(Differences(Example(), made_up),
              ElementsAre("one of them is synthetic, the other was measured"));
  EXPECT_THAT(Differences(made_up, made_up), IsEmpty());
}

TEST(PlanDifferences, AreSaid) {
  Header other = Example();
  other.revision = "def";
  other.profile = "full";
  other.plan.processes = 2;
  other.plan.cells = {"engine/daemon/main/lazy/hello"};
  other.hosts[0].version = "1.1";
  other.plan.checks[0].count = 3;
  const auto digest = DigestOf({"a", "b"});
  EXPECT_THAT(
      Differences(Example(), other),
      ElementsAre("the revision of the first is abc, of the second def",
                  "the profile of the first is smoke, of the second full",
                  "the hosts of the first have processes as usual, threads as usual, of the second "
                  "2 processes, threads as usual",
                  "cells only in the first: engine/daemon/sub/lazy/hello",
                  "hosts only in the first: engine 1.0 (Python 3.11.2, no library of its own)",
                  "hosts only in the second: engine 1.1 (Python 3.11.2, no library of its own)",
                  "checks only in the first: 2 checks of engine (" + digest + ")",
                  "checks only in the second: 3 checks of engine (" + digest + ")"));
}

}  // namespace
}  // namespace reports::plan
