#include "hosts/status/boards.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>

namespace hosts::status {
namespace {

Supervision OfProcesses(std::size_t count) {
  Supervision supervision;
  supervision.generations.push_back({.number = 1, .state = "serving", .processes = {}});
  for (std::size_t i = 0; i < count; ++i)
    supervision.generations[0].processes.push_back({.role = "daemon", .group = "g"});
  return supervision;
}

std::size_t SharedMappings() {
  std::ifstream maps("/proc/self/maps");
  std::size_t count = 0;
  for (std::string line; std::getline(maps, line);) {
    if (line.find("/dev/zero") != std::string::npos) ++count;
  }
  return count;
}

TEST(Boards, TellWhatTheSupervisorSees) {
  const Boards boards;
  EXPECT_FALSE(boards.ReadSupervision().has_value());
  Supervision said = OfProcesses(2);
  said.pid = 12;
  said.last_ended.push_back({.generation = 1,
                             .role = "daemon",
                             .group = "g",
                             .pid = 7,
                             .started_at_ms = 1,
                             .ended_at_ms = 2,
                             .exit_code = std::nullopt,
                             .signal = 11,
                             .reason = "",
                             .was_told = false,
                             .answered = 3,
                             .in_flight = 2});
  boards.Publish(said);
  const auto read = boards.ReadSupervision();
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->pid, 12);
  EXPECT_EQ(read->generations[0].processes.size(), 2U);
  EXPECT_EQ(read->last_ended[0].signal, 11);
  EXPECT_EQ(read->last_ended[0].exit_code, std::nullopt);
  EXPECT_EQ(read->last_ended[0].answered, 3U);
  EXPECT_FALSE(read->is_cut);
}

TEST(Boards, SayThatThereAreMoreProcessesThanTheyTell) {
  const Boards boards;
  boards.Publish(OfProcesses(10'000));
  const auto read = boards.ReadSupervision();
  ASSERT_TRUE(read.has_value());
  EXPECT_TRUE(read->is_cut);
  EXPECT_GT(read->generations[0].processes.size(), 1000U);
}

TEST(Boards, HaveAPageForEachProcessOfEachGeneration) {
  Boards boards;
  boards.Add(1, {2, 3});
  boards.Add(2, {2});
  EXPECT_NE(boards.page(1, 1), nullptr);
  EXPECT_EQ(boards.page(1, 2), nullptr);
  EXPECT_NE(boards.page(2, 0), nullptr);
  EXPECT_EQ(boards.page(3, 0), nullptr);
  boards.Drop(1);
  EXPECT_EQ(boards.page(1, 0), nullptr);
}

TEST(Boards, LeaveAProcessNothingButItsOwnPage) {
  const std::size_t before = SharedMappings();
  Boards boards;
  boards.Add(1, {2, 3});
  boards.Add(2, {2});
  EXPECT_EQ(SharedMappings(), before + 4);
  ProcessPage& own = boards.KeepOnly(1, 1);
  EXPECT_EQ(SharedMappings(), before + 1);
  own.Begin(1);
  EXPECT_NE(own.TakeSeat(), nullptr);
  EXPECT_EQ(boards.page(1, 0), nullptr);
  EXPECT_EQ(boards.page(1, 1), &own);
}

}  // namespace
}  // namespace hosts::status
