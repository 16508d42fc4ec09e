#include "suites/checks/expected_failures.h"

#include <gmock/gmock.h>

#include "hosts/base/files.h"

namespace suites::checks {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Optional;

class ExpectedFailuresTest : public testing::Test {
 protected:
  void SetUp() override {
    auto made = hosts::base::TemporaryDirectory::Make("wsgilab-test");
    ASSERT_TRUE(made);
    directory_.emplace(std::move(*made));
  }
  [[nodiscard]] std::string FileWith(const std::string& text) const {
    const auto file = directory_->path() / "failures.json";
    EXPECT_TRUE(hosts::base::WriteFile(file, text));
    return file;
  }
  std::optional<hosts::base::TemporaryDirectory> directory_;
};

constexpr const char* kTwo = R"({"hosts": {"apache": [
  {"checks": ["Suite/A.Row/one_*", "Suite/B.Row/x"], "because": "it is known"}]}})";

TEST_F(ExpectedFailuresTest, AreThoseOfTheHost) {
  const auto of_apache = ExpectedFailures::Read(FileWith(kTwo), "apache");
  ASSERT_TRUE(of_apache);
  EXPECT_EQ(of_apache->ReasonFor("Suite/A.Row/one_daemon", "failed"), "it is known");
  EXPECT_EQ(of_apache->ReasonFor("Suite/A.Row/two_daemon", "failed"), std::nullopt);
  EXPECT_EQ(of_apache->ReasonFor("Suite/AXRow/one_daemon", "failed"), std::nullopt);
  const auto of_engine = ExpectedFailures::Read(FileWith(kTwo), "engine");
  ASSERT_TRUE(of_engine);
  EXPECT_EQ(of_engine->ReasonFor("Suite/A.Row/one_daemon", "failed"), std::nullopt);
}

TEST_F(ExpectedFailuresTest, MustNotPass) {
  const auto failures = ExpectedFailures::Read(FileWith(kTwo), "apache");
  ASSERT_TRUE(failures);
  EXPECT_THAT(failures->ComplaintIfPassed("Suite/A.Row/one_daemon"),
              Optional(HasSubstr("Suite/A.Row/one_*")));
  EXPECT_EQ(failures->ComplaintIfPassed("Suite/A.Row/two_daemon"), std::nullopt);
}

TEST_F(ExpectedFailuresTest, WhatFailsSometimesMayPass) {
  const auto failures = ExpectedFailures::Read(FileWith(R"({"hosts": {"apache": [
    {"checks": ["A.x"], "because": "it loses a race", "sometimes": true}]}})"),
                                               "apache");
  ASSERT_TRUE(failures);
  EXPECT_EQ(failures->ComplaintIfPassed("A.x"), std::nullopt);
  EXPECT_EQ(failures->ReasonFor("A.x", "failed"), "it loses a race");
  EXPECT_THAT(failures->WithoutACheck({"A.y"}), ElementsAre("A.x"));
}

TEST_F(ExpectedFailuresTest, AnOutcomeIsExpectedWhereItIsSaid) {
  const auto failures = ExpectedFailures::Read(FileWith(R"({"hosts": {"uwsgi": [
    {"checks": ["A.x"], "because": "it is silent", "outcomes": ["timed_out", "crashed"]}]}})"),
                                               "uwsgi");
  ASSERT_TRUE(failures);
  EXPECT_EQ(failures->ReasonFor("A.x", "timed_out"), "it is silent");
  EXPECT_EQ(failures->ReasonFor("A.x", "failed"), std::nullopt);
}

TEST_F(ExpectedFailuresTest, APatternThatFitsNoCheckIsFound) {
  const auto failures = ExpectedFailures::Read(FileWith(kTwo), "apache");
  ASSERT_TRUE(failures);
  EXPECT_THAT(failures->WithoutACheck({"Suite/A.Row/one_daemon", "Suite/B.Row/y"}),
              ElementsAre("Suite/B.Row/x"));
}

TEST_F(ExpectedFailuresTest, AFileThatIsNoneIsAnError) {
  EXPECT_FALSE(ExpectedFailures::Read(FileWith("[]"), "apache"));
  EXPECT_FALSE(ExpectedFailures::Read("/nowhere/failures.json", "apache"));
}

}  // namespace
}  // namespace suites::checks
