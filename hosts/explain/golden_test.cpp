// Every testdata/NNN_name.conf, and every site of testdata/sites, is read and explained; what comes
// out stands beside it: the text of `explain`, or the error, in NNN_name.expect; its JSON in
// NNN_name.explain.json. A line "#: python 3.14" says which Python it is explained for, otherwise 3.11. WSGILAB_ACCEPT_GOLDEN=1 writes the expectations anew: read the diff.

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

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
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kTestData)) {
    if (entry.path().extension() != ".conf") continue;
    auto name = entry.path().lexically_relative(kTestData);
    names.push_back(name.replace_extension().string());
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

// A fact of a process group on one line: what it comes to, in words and numbers, and who decided it.
std::string OnOneLine(const GroupFact& one) {
  std::string line = one.fact.meaning;
  for (const Figure& figure : one.figures) {
    const auto amount = [](const auto number) { return nlohmann::json(number).dump(); };
    line += "; " + figure.name + "=" + std::visit(amount, figure.amount);
  }
  return line + " [" + AsWritten(one.fact.origin) + " " + one.fact.written + "]";
}

// Of the deviations which, and where: what they say stands in hosts/deviations.md.
std::string Shortened(nlohmann::ordered_json json, const Explanation& explanation) {
  json["deviations"].clear();
  for (const ShownDeviation& shown : explanation.deviations) {
    std::string line(shown.row->id);
    for (const auto& origin : shown.evidence)
      line += " " + AsWritten(origin);
    json["deviations"].push_back(line);
  }
  for (size_t i = 0; i < explanation.groups.size(); ++i) {
    auto& facts = json["process_groups"][i]["facts"];
    for (const GroupFact& one : explanation.groups[i].facts)
      facts[one.fact.name] = OnOneLine(one);
  }
  return json.dump(1) + "\n";
}

struct Outcome {
  std::string text;
  std::string json;  // empty: refused
};

deployment::PythonAbilities PythonOf(const std::string& text) {
  const bool is_without_gil = text.find("#: python 3.14t\n") != std::string::npos;
  const bool is_new = is_without_gil || text.find("#: python 3.14\n") != std::string::npos;
  return {.version = is_new ? "3.14" : "3.11",
          .has_own_gils = is_new,
          .is_free_threaded = is_without_gil};
}

Outcome OutcomeOf(const std::string& text, const std::string& file_name) {
  auto deployment = directives::ReadConfigurationText(text, file_name);
  if (!deployment) return {"error: " + deployment.error().Text() + "\n", {}};
  deployment->python = PythonOf(text);
  Everything machine;
  const auto explanation = Explain(*deployment, {}, machine);
  if (!explanation) return {"error: " + explanation.error().Text() + "\n", {}};
  return {ToText(*deployment, *explanation, Colours::Off),
          Shortened(ToJson(*deployment, *explanation, file_name), *explanation)};
}

class Golden : public testing::TestWithParam<std::string> {
 protected:
  static void Expect(const std::filesystem::path& expectation, const std::string& found) {
    if (std::getenv("WSGILAB_ACCEPT_GOLDEN") != nullptr) {
      ASSERT_TRUE(base::WriteFile(expectation, found));
      return;
    }
    const auto expected = base::ReadFile(expectation);
    ASSERT_TRUE(expected) << expected.error().Text();
    EXPECT_EQ(found, *expected);
  }
};

TEST_P(Golden, IsAsExpected) {
  const std::filesystem::path configuration = kTestData / (GetParam() + ".conf");
  const auto text = base::ReadFile(configuration);
  ASSERT_TRUE(text) << text.error().Text();
  const Outcome outcome = OutcomeOf(*text, configuration.filename().string());
  Expect(kTestData / (GetParam() + ".expect"), outcome.text);
  if (!outcome.json.empty()) Expect(kTestData / (GetParam() + ".explain.json"), outcome.json);
}

std::string NameOf(const testing::TestParamInfo<std::string>& test) {
  std::string name = test.param;
  std::ranges::replace(name, '/', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Configuration, Golden, testing::ValuesIn(Names()), NameOf);

}  // namespace
}  // namespace hosts::explain
