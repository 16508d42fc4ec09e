#include "harness/launch/log_signs.h"

#include <gmock/gmock.h>

namespace harness::launch {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

const std::vector<LogSign> kSigns{{R"(spawned worker \d+ \(pid: (\d+))", 2, "desk"},
                                  {R"(spawned router \(pid: (\d+)\))", 1},
                                  {"accepting", 2}};

constexpr std::string_view kLog =
    "hello\n"
    "spawned router (pid: 7)\n"
    "spawned worker 1 (pid: 8, cores: 5)\n"
    "spawned worker 2 (pid: 9, cores: 5)\n"
    "accepting\n"
    "accepting\n";

TEST(LogSigns, NameTheProcessesAndSayWhenAllServe) {
  const SignsSeen seen = LookForSigns(kLog, kSigns);
  EXPECT_TRUE(seen.complete);
  EXPECT_THAT(seen.server, ElementsAre(7));
  EXPECT_THAT(seen.daemons, ElementsAre(Pair("desk", ElementsAre(8, 9))));
}

TEST(LogSigns, OneWorkerThatIsMissingIsNotReady) {
  EXPECT_FALSE(LookForSigns(kLog.substr(0, kLog.size() - 10), kSigns).complete);
  EXPECT_FALSE(LookForSigns("", kSigns).complete);
}

TEST(LogSigns, HalfALineIsNoneYet) {
  EXPECT_FALSE(LookForSigns(kLog.substr(0, kLog.size() - 1), kSigns).complete);
  EXPECT_THAT(LookForSigns("spawned router (pid: 7", kSigns).server, IsEmpty());
}

TEST(LogSigns, AWorkerThatIsNamedTwiceIsOne) {
  const SignsSeen seen =
      LookForSigns("worker 8 serves\nworker 8 serves\n", {{R"(worker (\d+) serves)", 1}});
  EXPECT_THAT(seen.server, ElementsAre(8));
  EXPECT_THAT(seen.daemons, IsEmpty());
}

}  // namespace
}  // namespace harness::launch
