#include "reports/record/same_machine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reports::record {
namespace {

using testing::HasSubstr;

Machine With(std::string fingerprint, std::vector<std::string> facts) {
  Machine machine;
  machine.fingerprint = std::move(fingerprint);
  machine.facts = std::move(facts);
  machine.build_type = "Release";
  return machine;
}

TEST(SameMachine, IsToldByTheFingerprintWhateverTheLoadWas) {
  const Machine one = With("aa", {"cpu: x"});
  Machine other = one;
  other.load_1min = 7;
  other.kernel = "not among the facts";
  EXPECT_EQ(WhyNotSameMachine(one, other), std::nullopt);
}

TEST(SameMachine, AnotherIsToldWithWhatDiffers) {
  EXPECT_EQ(WhyNotSameMachine(With("aa", {"cpu: x", "cores: 2", "libc: glibc 2.36"}),
                              With("bb", {"cpu: x", "cores: 4", "libc: glibc 2.40"})),
            "cores: 2, libc: glibc 2.36 and cores: 4, libc: glibc 2.40");
}

TEST(SameMachine, AnotherBuildIsAnother) {
  Machine debug = With("aa", {});
  debug.build_type = "Debug";
  EXPECT_EQ(WhyNotSameMachine(With("aa", {}), debug), "a build of Release and one of Debug");
}

TEST(SameMachine, WhoDoesNotSayIsNone) {
  EXPECT_THAT(WhyNotSameMachine(With("aa", {}), Machine{}).value_or(""),
              HasSubstr("does not say what its machine is"));
  EXPECT_TRUE(WhyNotSameMachine(Machine{}, Machine{}));
}

TEST(SameMachine, IsPutIntoWords) {
  Machine machine;
  machine.cpu = "Example CPU";
  machine.cores = 8;
  machine.memory_kib = 16'000'000;
  machine.kernel = "Linux 6.1";
  machine.distribution = "Debian 12";
  EXPECT_EQ(Text(machine), "Example CPU, 8 cores, 15625 MiB, Linux 6.1, Debian 12");
}

}  // namespace
}  // namespace reports::record
