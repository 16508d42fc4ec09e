#include "harness/sampling/proc_text.h"

#include <gtest/gtest.h>

namespace harness::sampling {
namespace {

TEST(ProcStat, ANameMayHoldAnything) {
  const auto stat = ParseStat(
      "4711 (a) b (c)) S 42 4711 4711 0 -1 4194560 100 20 3 1 31 9 5 2 20 0 7 0 12345 1000 200 "
      "18446744073709551615 0\n");
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->pid, 4711);
  EXPECT_EQ(stat->name, "a) b (c)");
  EXPECT_EQ(stat->state, 'S');
  EXPECT_EQ(stat->parent, 42);
  EXPECT_EQ(stat->cpu_ticks, 40);
  EXPECT_EQ(stat->children_cpu_ticks, 7);
  EXPECT_EQ(stat->threads, 7);
  EXPECT_EQ(stat->minor_faults, 100);
  EXPECT_EQ(stat->children_minor_faults, 20);
  EXPECT_EQ(stat->major_faults, 3);
  EXPECT_EQ(stat->children_major_faults, 1);
}

TEST(ProcStat, OtherTextIsNone) {
  EXPECT_FALSE(ParseStat(""));
  EXPECT_FALSE(ParseStat("4711 name S 42"));
  EXPECT_FALSE(ParseStat("4711 (name) S 42"));
}

TEST(SmapsRollup, SumsAreRead) {
  const auto rollup = ParseSmapsRollup(
      "55d0c8000000-7ffe12345000 ---p 00000000 00:00 0    [rollup]\n"
      "Rss:               12076 kB\n"
      "Pss:                3456 kB\n"
      "Pss_Dirty:          1111 kB\n"
      "Shared_Clean:       2000 kB\n"
      "Shared_Dirty:         30 kB\n"
      "Private_Clean:       100 kB\n"
      "Private_Dirty:      1023 kB\n");
  ASSERT_TRUE(rollup);
  EXPECT_EQ(rollup->rss_kib, 12076);
  EXPECT_EQ(rollup->pss_kib, 3456);
  EXPECT_EQ(rollup->private_dirty_kib, 1023);
  EXPECT_EQ(rollup->private_clean_kib, 100);
  EXPECT_EQ(rollup->shared_kib, 2030);
}

TEST(SmapsRollup, OfAKernelThreadIsEmptyAndSoIsNone) {
  EXPECT_FALSE(ParseSmapsRollup(""));
}

TEST(Switches, VoluntaryAndTheOthersAreReadFromTheStatusOfAThread) {
  const auto switches = ParseSwitches(
      "Name:\tpython3\nvoluntary_ctxt_switches:\t150\nnonvoluntary_ctxt_switches:\t545\n");
  ASSERT_TRUE(switches);
  EXPECT_EQ(switches->voluntary, 150);
  EXPECT_EQ(switches->involuntary, 545);
  EXPECT_FALSE(ParseSwitches("Name:\tpython3\nvoluntary_ctxt_switches:\t150\n"));
}

TEST(FileCalls, ReadsAndWritesAreReadFromIo) {
  const auto calls = ParseFileCalls("rchar: 6976\nwchar: 0\nsyscr: 10\nsyscw: 3\nread_bytes: 0\n");
  ASSERT_TRUE(calls);
  EXPECT_EQ(calls->reads, 10);
  EXPECT_EQ(calls->writes, 3);
  EXPECT_FALSE(ParseFileCalls("rchar: 6976\n"));
}

}  // namespace
}  // namespace harness::sampling
