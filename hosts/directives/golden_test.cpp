// Every testdata/NNN_name.conf is read; what comes out stands in NNN_name.expect: the dump of the
// Deployment, or the error. WSGILAB_ACCEPT_GOLDEN=1 writes the expectations anew: read the diff.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "hosts/base/files.h"
#include "hosts/deployment/dump.h"
#include "hosts/directives/configuration.h"

namespace hosts::directives {
namespace {

const std::filesystem::path kTestData(WSGILAB_TESTDATA);

std::vector<std::string> Names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kTestData)) {
    if (entry.path().extension() == ".conf") names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

std::string Outcome(const std::string& text, const std::string& file_name) {
  const auto deployment = ReadConfigurationText(text, file_name);
  if (!deployment) return "error: " + deployment.error().Text() + "\n";
  return deployment::Dump(*deployment);
}

class Golden : public testing::TestWithParam<std::string> {};

TEST_P(Golden, IsAsExpected) {
  const auto text = base::ReadFile(kTestData / (GetParam() + ".conf"));
  ASSERT_TRUE(text) << text.error().Text();
  const std::string outcome = Outcome(*text, GetParam() + ".conf");
  const auto expectation = kTestData / (GetParam() + ".expect");
  if (std::getenv("WSGILAB_ACCEPT_GOLDEN") != nullptr) {
    ASSERT_TRUE(base::WriteFile(expectation, outcome));
    return;
  }
  const auto expected = base::ReadFile(expectation);
  ASSERT_TRUE(expected) << expected.error().Text();
  EXPECT_EQ(outcome, *expected);
}

std::string NameOf(const testing::TestParamInfo<std::string>& test) {
  return test.param;
}

INSTANTIATE_TEST_SUITE_P(Configuration, Golden, testing::ValuesIn(Names()), NameOf);

}  // namespace
}  // namespace hosts::directives
