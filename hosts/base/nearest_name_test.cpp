#include "hosts/base/nearest_name.h"

#include <gtest/gtest.h>

namespace hosts::base {

TEST(NearestName, IsProposedAndNothingWhenNoneIsNear) {
  EXPECT_EQ(NearestName("Lisen", {"Listen", "User"}), "Listen");
  EXPECT_EQ(NearestName("usr", {"Listen", "User"}), "User");
  EXPECT_EQ(NearestName("Something", {"Listen", "User"}), std::nullopt);
  EXPECT_EQ(NearestName("", {"Listen"}), std::nullopt);
  EXPECT_EQ(NearestName("Prot", {"Port", "Proto"}), "Proto");  // what begins like it
  EXPECT_EQ(NearestName("Ues", {"User", "Use"}), "Use");
}

}  // namespace hosts::base
