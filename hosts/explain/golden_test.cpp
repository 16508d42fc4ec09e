// Every testdata/NNN_name.conf is read and explained; what comes out stands in NNN_name.expect: the
// text of `explain`, or the error. WSGILAB_ACCEPT_GOLDEN=1 writes the expectations anew: read the
// diff.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "hosts/base/files.h"
#include "hosts/directives/configuration.h"
#include "hosts/explain/render.h"

namespace hosts::explain {
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

// A machine on which every script, file and directory that is named is there.
class Everything : public deployment::Surroundings {
 public:
  deployment::FileKind KindOf(const std::string& path) override {
    const bool has_extension = std::filesystem::path(path).has_extension();
    return has_extension ? deployment::FileKind::File : deployment::FileKind::Directory;
  }
  std::optional<std::string> Variable(const std::string& /*name*/) override { return {}; }
};

std::string Outcome(const std::string& text, const std::string& file_name) {
  const auto deployment = directives::ReadConfigurationText(text, file_name);
  if (!deployment) return "error: " + deployment.error().Text() + "\n";
  Everything machine;
  const auto explanation = Explain(*deployment, {}, machine);
  if (!explanation) return "error: " + explanation.error().Text() + "\n";
  return ToText(*deployment, *explanation, Colours::Off);
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
}  // namespace hosts::explain
