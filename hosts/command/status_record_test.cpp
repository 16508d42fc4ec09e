#include "hosts/command/status_record.h"

#include <gtest/gtest.h>
#include <signal.h>

namespace hosts::command {
namespace {

using daemon::Generation;
using daemon::Role;

constexpr int kExitedInOrder = 0;  // as waitpid says it
const auto kNow = base::Clock::now();

struct Watched {
  Watched() {
    record.Expect(
        1, {{.role = "server", .threads = 5}, {.role = "daemon", .group = "g", .threads = 2}});
  }
  void Look(std::vector<const Generation*> generations) {
    record.OnChange(generations);
    said = boards.ReadSupervision().value();
  }
  [[nodiscard]] status::ProcessPage& page(std::uint32_t generation, std::size_t index) const {
    return const_cast<status::ProcessPage&>(*boards.page(generation, index));
  }

  status::Boards boards;
  StatusRecord record{boards};
  status::Supervision said;
};

std::vector<Role> Roles() {
  return {{.name = "server"}, {.name = "g"}};
}

TEST(StatusRecord, SaysWhichProcessesThereAre) {
  Watched watched;
  Generation generation(1, Roles());
  generation.NoteStarted(0, 11, kNow);
  watched.Look({&generation});
  const auto& processes = watched.said.generations.at(0).processes;
  EXPECT_EQ(watched.said.generations[0].state, "starting");
  EXPECT_EQ(processes.at(0).pid, 11);
  EXPECT_EQ(processes[0].state, "starting");
  EXPECT_EQ(processes.at(1).pid, 0);
  EXPECT_EQ(processes[1].state, "awaited");
  EXPECT_EQ(processes[1].group, "g");
  EXPECT_EQ(processes[1].threads, 2);
  const auto started = processes[0].started_at_ms;
  EXPECT_GT(started, 0);
  generation.NoteReady(0);
  generation.Serve();
  watched.Look({&generation});
  EXPECT_EQ(watched.said.generations[0].state, "serving");
  EXPECT_EQ(watched.said.generations[0].processes[0].state, "ready");
  EXPECT_EQ(watched.said.generations[0].processes[0].started_at_ms, started);
}

TEST(StatusRecord, SaysWhoIsLeavingAndWhoHasGone) {
  Watched watched;
  Generation generation(1, Roles());
  generation.NoteStarted(0, 11, kNow);
  generation.Leave();
  (void)generation.DueSignals(kNow);
  watched.Look({&generation});
  EXPECT_EQ(watched.said.generations[0].state, "leaving");
  EXPECT_EQ(watched.said.generations[0].processes[0].state, "leaving");
  EXPECT_EQ(watched.said.generations[0].processes[1].state, "gone");
}

TEST(StatusRecord, SaysHowAProcessEndedAndWhy) {
  Watched watched;
  Generation generation(1, Roles());
  generation.NoteStarted(0, 11, kNow);
  generation.NoteStarted(1, 12, kNow);
  watched.Look({&generation});
  watched.page(1, 1).Begin(12);
  watched.page(1, 1).TakeSeat()->requests.NoteAnswer();
  watched.page(1, 1).NoteEnding("maximum_requests");
  watched.record.OnEnded(generation, 1, kExitedInOrder);
  watched.record.OnEnded(generation, 0, SIGSEGV);
  watched.Look({&generation});
  EXPECT_EQ(watched.said.ended, 2U);
  const auto& last = watched.said.last_ended;
  ASSERT_EQ(last.size(), 2U);
  EXPECT_EQ(last[0].pid, 11);
  EXPECT_EQ(last[0].signal, SIGSEGV);
  EXPECT_EQ(last[0].exit_code, std::nullopt);
  EXPECT_EQ(last[0].reason, "");
  EXPECT_EQ(last[1].pid, 12);
  EXPECT_EQ(last[1].exit_code, 0);
  EXPECT_EQ(last[1].reason, "maximum_requests");
  EXPECT_EQ(last[1].answered, 1U);
  EXPECT_FALSE(last[1].was_told);
}

TEST(StatusRecord, RemembersTheLastOfThemOnly) {
  Watched watched;
  Generation generation(1, Roles());
  for (int i = 0; i < 100; ++i) {
    generation.NoteStarted(0, 100 + i, kNow);
    watched.Look({&generation});
    watched.record.OnEnded(generation, 0, kExitedInOrder);
  }
  watched.Look({&generation});
  EXPECT_EQ(watched.said.ended, 100U);
  EXPECT_EQ(watched.said.last_ended.size(), 32U);
  EXPECT_EQ(watched.said.last_ended[0].pid, 199);
}

TEST(StatusRecord, LetsThePagesOfAGenerationGoThatHasEnded) {
  Watched watched;
  const Generation first(1, Roles());
  watched.record.Expect(2, {{.role = "server"}});
  const Generation second(2, {{.name = "server"}});
  watched.Look({&first});
  EXPECT_NE(watched.boards.page(2, 0), nullptr) << "it is expected";
  watched.Look({&first, &second});
  watched.Look({&second});
  EXPECT_EQ(watched.boards.page(1, 0), nullptr);
  EXPECT_NE(watched.boards.page(2, 0), nullptr);
  ASSERT_EQ(watched.said.generations.size(), 1U);
  EXPECT_EQ(watched.said.generations[0].number, 2U);
}

}  // namespace
}  // namespace hosts::command
