#include "harness/examine/loading.h"

#include <gmock/gmock.h>

namespace harness::examine {
namespace {

using testing::SizeIs;

TEST(ParseLoading, AddsTheModulesOfAPackageAndGivesTheRestToTheScript) {
  const auto loading = ParseLoading({
      "import time:      9000 |       9000 | site",
      "2026-11-30T03:56:42.041Z info H0102 [1 supervisor] Serving on 127.0.0.1:8000",
      "wsgilab: the script begins",
      "import time:      4000 |       4000 |     django.utils.encoding",
      "import time:     20000 |      24000 |   django",
      "import time:       300 |        300 |   _struct",
      "import time:     50000 |      74300 | flask",
      "wsgilab: the script took 600300 us",
      "import time:     70000 |      70000 | later",
  });
  ASSERT_TRUE(loading);
  EXPECT_DOUBLE_EQ(loading->ms, 600.3);
  EXPECT_DOUBLE_EQ(loading->own_ms, 526.0);
  ASSERT_THAT(loading->packages, SizeIs(2));  // what takes less than a hundredth has no name
  EXPECT_EQ(loading->packages[0].package, "flask");
  EXPECT_EQ(loading->packages[1].package, "django");
  EXPECT_DOUBLE_EQ(loading->packages[1].ms, 24.0);
  EXPECT_EQ(loading->packages[1].modules, 2);
}

TEST(ParseLoading, ALogWithoutBothMarksSaysNothing) {
  EXPECT_FALSE(ParseLoading({}));
  EXPECT_FALSE(ParseLoading({"import time: 1 | 1 | site"}));
  EXPECT_FALSE(ParseLoading({"wsgilab: the script begins", "import time: 1 | 1 | site"}));
  EXPECT_FALSE(ParseLoading({"wsgilab: the script took 5 us"}));
  EXPECT_FALSE(ParseLoading({"wsgilab: the script begins", "wsgilab: the script took long"}));
}

TEST(ParseLoading, WhatIsNoLineOfTheProfileIsPassedOver) {
  const auto loading = ParseLoading({"wsgilab: the script begins",
                                     "import time: self [us] | cumulative | imported package",
                                     "import time: 5",
                                     "import time: 5 | 5 |",
                                     "wsgilab: the script took 5 us"});
  ASSERT_TRUE(loading);
  EXPECT_THAT(loading->packages, SizeIs(0));
}

}  // namespace
}  // namespace harness::examine
