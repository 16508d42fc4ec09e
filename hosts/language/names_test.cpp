#include "hosts/language/names.h"

#include <gtest/gtest.h>

namespace hosts::language {

TEST(Names, TheNearestIsProposedAndNothingWhenNoneIsNear) {
  EXPECT_EQ(NearestName("Lisen", {"Listen", "User"}), "Listen");
  EXPECT_EQ(NearestName("usr", {"Listen", "User"}), "User");
  EXPECT_EQ(NearestName("Something", {"Listen", "User"}), std::nullopt);
  EXPECT_EQ(NearestName("", {"Listen"}), std::nullopt);
  EXPECT_EQ(NearestName("Prot", {"Port", "Proto"}), "Proto");  // what begins like it
  EXPECT_EQ(NearestName("Ues", {"User", "Use"}), "Use");
}

}  // namespace hosts::language
