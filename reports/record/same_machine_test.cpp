#include "reports/record/same_machine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reports::record {

using testing::HasSubstr;
using testing::Not;

namespace {

Header On(std::string run, std::string fingerprint, std::vector<std::string> facts) {
  Header header;
  header.run = std::move(run);
  header.machine.fingerprint = std::move(fingerprint);
  header.machine.facts = std::move(facts);
  return header;
}

}  // namespace

TEST(SameMachine, IsToldByTheFingerprintWhateverTheLoadWas) {
  Header one = On("first", "aa", {"cpu: x"});
  Header other = On("second", "aa", {"cpu: x"});
  other.machine.load_1min = 7;
  EXPECT_TRUE(SameMachine(one, other));
}

TEST(SameMachine, AnotherIsToldWithWhatDiffers) {
  const auto why = WhyNotSameMachine(On("first", "aa", {"cpu: x", "cores: 2"}),
                                     On("second", "bb", {"cpu: x", "cores: 4"}));
  ASSERT_TRUE(why);
  EXPECT_THAT(*why, HasSubstr("cores: 2 in first"));
  EXPECT_THAT(*why, HasSubstr("cores: 4 in second"));
  EXPECT_THAT(*why, Not(HasSubstr("cpu")));
}

TEST(SameMachine, ARecordOfBeforeIsOfNoKnownMachine) {
  Header old;
  old.run = "old";
  EXPECT_THAT(WhyNotSameMachine(On("new", "aa", {}), old).value_or(""),
              HasSubstr("the record of old"));
  EXPECT_FALSE(SameMachine(old, old));
}

}  // namespace reports::record
