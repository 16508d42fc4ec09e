#include "reports/plan/machines.h"

#include <gtest/gtest.h>

namespace reports::plan {
namespace {

record::Machine Example() {
  return {.cpu = "Example CPU",
          .cores = 8,
          .memory_kib = 16'000'000,
          .kernel = "Linux 6.1",
          .distribution = "Debian 12",
          .load_1min = 0.5,
          .governor = "performance",
          .build_type = "Release"};
}

TEST(Machines, AreAlikeWhateverElseTheyDid) {
  record::Machine busy = Example();
  busy.load_1min = 7;
  busy.memory_kib += 4096;  // two of a kind at a cloud
  EXPECT_EQ(WhyNotAlike(Example(), busy), std::nullopt);
}

TEST(Machines, WithFingerprintsTheirFactsDecide) {
  record::Machine first = Example();
  first.fingerprint = "f1";
  first.facts = {"cpu: a", "cores: 2", "libc: glibc 2.36"};
  record::Machine second = first;
  second.kernel = "not among the facts";
  EXPECT_EQ(WhyNotAlike(first, second), std::nullopt);
  second.fingerprint = "f2";
  second.facts = {"cpu: a", "cores: 4", "libc: glibc 2.40"};
  EXPECT_EQ(WhyNotAlike(first, second),
            "cores: 2, libc: glibc 2.36 and cores: 4, libc: glibc 2.40");
  second = first;
  second.build_type = "Debug";
  EXPECT_EQ(WhyNotAlike(first, second), "a build of Release and one of Debug");
  EXPECT_EQ(WhyNotAlike(first, Example()), std::nullopt) << "the other cannot say more";
}

TEST(Machines, WhatIsDifferentIsSaid) {
  const auto why_not = [](auto change) {
    record::Machine other = Example();
    change(other);
    return WhyNotAlike(Example(), other).value_or("alike");
  };
  EXPECT_EQ(why_not([](auto& other) { other.cpu = "Other CPU"; }), "Example CPU and Other CPU");
  EXPECT_EQ(why_not([](auto& other) { other.cores = 4; }), "8 cores and 4 cores");
  EXPECT_EQ(why_not([](auto& other) { other.memory_kib = 8'000'000; }),
            "15625 MiB and 7812 MiB of memory");
  EXPECT_EQ(why_not([](auto& other) { other.kernel = "Linux 6.5"; }), "Linux 6.1 and Linux 6.5");
  EXPECT_EQ(why_not([](auto& other) { other.distribution = "Debian 13"; }),
            "Debian 12 and Debian 13");
  EXPECT_EQ(why_not([](auto& other) { other.governor = {}; }), "CPU governor performance and none");
  EXPECT_EQ(why_not([](auto& other) { other.build_type = "Debug"; }),
            "a build of Release and one of Debug");
}

}  // namespace
}  // namespace reports::plan
