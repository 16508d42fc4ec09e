#include "suites/soak/judgement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace suites::soak {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace {

// A minute of a process that has settled: its memory goes to and fro by 200 KiB.
SoakResult Sound() {
  SoakResult result;
  result.seconds = 60;
  result.load.sent = result.load.done = 1000;
  result.misdeeds = {{"garbage", 10}};
  ProcessHistory server;
  server.role = "server";
  server.pid = 7;
  server.descriptors_before = server.descriptors_after = 20;
  for (int second = 0; second < 60; ++second) {
    server.samples.push_back({.second = static_cast<double>(second),
                              .rss_kib = 40'000 + (second * 37) % 200,
                              .descriptors = 40 + (second * 7) % 5});
  }
  result.processes.push_back(server);
  return result;
}

SoakResult With(const std::function<void(SoakResult&)>& change) {
  SoakResult result = Sound();
  change(result);
  return result;
}

}  // namespace

TEST(Judgement, FindsNothingWrongWithAHostThatHasSettled) {
  EXPECT_THAT(FaultsOf(Sound(), {}), IsEmpty());
}

TEST(Judgement, LetsAHostGrowWhileItWarmsUp) {
  const auto result = With([](SoakResult& r) {
    for (int second = 0; second < 15; ++second)
      r.processes[0].samples[static_cast<std::size_t>(second)].rss_kib -= (15 - second) * 2000;
  });
  EXPECT_THAT(FaultsOf(result, {}), IsEmpty());
}

TEST(Judgement, DoesNotJudgeMemoryThatIsASanitizersToo) {
  const auto result = With([](SoakResult& r) {
    for (Sample& sample : r.processes[0].samples)
      sample.rss_kib += static_cast<std::int64_t>(sample.second * 20);
  });
  Allowances allowed;
  allowed.kib_per_minute.reset();
  EXPECT_THAT(FaultsOf(result, allowed), IsEmpty());
}

TEST(Judgement, CatchesProcessesThatDoNotEndAsTheyShould) {
  EXPECT_THAT(
      BadEnds("2026-11-30T15:28:58.250Z info H0104 [1 supervisor] Process 'one' with pid 2 ended: "
              "signal 11\n"
              "2026-11-30T15:28:58.251Z warning H0104 [1 supervisor] Process 'two' with pid 3 "
              "ended: exit code 1\n"
              "2026-11-30T15:28:58.252Z info H0104 [1 supervisor] Process 'server' with pid 4 "
              "ended: exit code 0\n"
              "2026-11-30T15:28:58.253Z info H0103 [1 supervisor] Starting process 'one' with pid "
              "5\n"),
      ElementsAre("Process 'one' with pid 2 ended: signal 11",
                  "Process 'two' with pid 3 ended: exit code 1"));
}

TEST(Judgement, CatchesMemoryThatGrowsSteadily) {
  const auto result = With([](SoakResult& r) {
    for (Sample& sample : r.processes[0].samples)
      sample.rss_kib += static_cast<std::int64_t>(sample.second * 20);
  });
  EXPECT_THAT(FaultsOf(result, {}), ElementsAre(HasSubstr("server 7: grows by 12")));
}

TEST(Judgement, CatchesDescriptorsThatGrowSteadily) {
  const auto result = With([](SoakResult& r) {
    for (Sample& sample : r.processes[0].samples)
      sample.descriptors += static_cast<long>(sample.second);
  });
  EXPECT_THAT(FaultsOf(result, {}), ElementsAre(HasSubstr("descriptors a minute")));
}

TEST(Judgement, CatchesADescriptorThatStaysAtRest) {
  const auto result = With([](SoakResult& r) { r.processes[0].descriptors_after = 21; });
  EXPECT_THAT(FaultsOf(result, {}), ElementsAre("server 7: 21 descriptors at rest, 20 before"));
  EXPECT_THAT(FaultsOf(result, {.descriptors_at_rest = 1}), IsEmpty());
}

TEST(Judgement, CatchesOneErrorOfAGoodClient) {
  for (auto member : {&harness::load::LoadResult::wrong_answers,
                      &harness::load::LoadResult::failed,
                      &harness::load::LoadResult::unfinished}) {
    const auto result = With([&](SoakResult& r) { r.load.*member = 1; });
    EXPECT_EQ(FaultsOf(result, {}).size(), 1U);
  }
}

TEST(Judgement, TakesNothingSeenForNoProof) {
  EXPECT_THAT(FaultsOf(With([](SoakResult& r) { r.misdeeds[0].second = 0; }), {}),
              ElementsAre("no client did this: garbage"));
  EXPECT_THAT(FaultsOf(With([](SoakResult& r) { r.load.done = 0; }), {}),
              ElementsAre("no good client was answered"));
  EXPECT_THAT(FaultsOf(With([](SoakResult& r) { r.processes.clear(); }), {}),
              ElementsAre("no process was watched"));
  EXPECT_EQ(FaultsOf(With([](SoakResult& r) { r.processes[0].samples.resize(12); }), {}).size(),
            2U);
}

}  // namespace suites::soak
