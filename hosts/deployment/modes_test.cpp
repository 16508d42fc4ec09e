#include "hosts/deployment/modes.h"

#include <gtest/gtest.h>

#include <set>

namespace hosts::deployment {

TEST(Modes, EveryModeIsReadBackFromItsName) {
  std::set<std::string> names;
  for (const Mode& mode : AllModes()) {
    names.insert(Name(mode));
    EXPECT_EQ(ParseMode(Name(mode)), mode);
  }
  EXPECT_EQ(names.size(), 12u);
  EXPECT_TRUE(names.contains("daemon/sub/preload"));
  EXPECT_TRUE(names.contains("embedded/sub-own-gil/lazy"));
}

TEST(Modes, ANameThatIsNoModeIsRefused) {
  EXPECT_FALSE(ParseMode("daemon/sub"));
  EXPECT_FALSE(ParseMode("Daemon/sub/lazy"));
  EXPECT_FALSE(ParseMode(""));
}

}  // namespace hosts::deployment
