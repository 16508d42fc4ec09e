#include "harness/selftest/to_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace harness::selftest {

using Json = nlohmann::ordered_json;

namespace {

std::string Listed(std::string_view heading, const std::vector<std::string>& names) {
  if (names.empty()) return "";
  std::string text = fmt::format("{} ({}):\n", heading, names.size());
  for (const std::string& name : names)
    text += fmt::format("  {}\n", name);
  return text;
}

std::vector<std::string> InWords(const std::vector<Miss>& misses) {
  std::vector<std::string> words;
  words.reserve(misses.size());
  for (const Miss& miss : misses)
    words.push_back(fmt::format("{}: {} ({})", miss.mutant, miss.check, WordOf(miss.verdict)));
  return words;
}

std::vector<std::string> InWords(const std::vector<Sight>& sights) {
  std::vector<std::string> words;
  words.reserve(sights.size());
  for (const Sight& sight : sights)
    words.push_back(fmt::format("{}: {}", sight.mutant, sight.check));
  return words;
}

}  // namespace

std::string ToText(const Score& score) {
  std::string text;
  // What is in order as it is comes first: whoever looks at the end of a long output sees the defects.
  text += Listed("cannot run here", score.cannot_run);
  text += Listed("mutants none of whose checks can run here", score.untried);
  text += Listed("seen at the second asking only", InWords(score.seen_late));
  text += Listed("fail without any mutant: they prove nothing", score.unsound);
  text += Listed("checks that no mutant makes fail", score.surviving_checks);
  text += Listed("mutants that no check sees", score.surviving_mutants);
  text += Listed("the table says that it fails, and it does not", InWords(score.misses));
  text += Listed("patterns of `kills` that fit no check", score.without_checks);
  text += Listed("said to be unproven, and all that fit are killed", score.stale);
  text += fmt::format("checks killed: {} of {}, mutants killed: {} of {}",
                      score.checks_killed,
                      score.checks,
                      score.mutants_killed,
                      score.mutants);
  if (!score.cannot_run.empty())
    text += fmt::format("; {} checks cannot run here", score.cannot_run.size());
  if (!score.unproven.empty())
    text += fmt::format("; {} are known to be unproven", score.unproven.size());
  return text + "\n";
}

std::string ToJson(const Score& score, const std::vector<Trial>& trials) {
  Json object{{"schema", "wsgilab-selftest/1"},
              {"checks", score.checks},
              {"checks_killed", score.checks_killed},
              {"mutants", score.mutants},
              {"mutants_killed", score.mutants_killed},
              {"surviving_checks", score.surviving_checks},
              {"surviving_mutants", score.surviving_mutants},
              {"misses", Json::array()},
              {"seen_at_the_second_asking_only", Json::array()},
              {"fail_without_a_mutant", score.unsound},
              {"cannot_run", score.cannot_run},
              {"unproven", score.unproven},
              {"stale", score.stale},
              {"untried", score.untried},
              {"without_checks", score.without_checks},
              {"trials", Json::array()}};
  for (const Miss& miss : score.misses)
    object["misses"].push_back(
        {{"mutant", miss.mutant}, {"check", miss.check}, {"verdict", WordOf(miss.verdict)}});
  for (const Sight& sight : score.seen_late)
    object["seen_at_the_second_asking_only"].push_back(
        {{"mutant", sight.mutant}, {"check", sight.check}});
  for (const Trial& trial : trials) {
    Json checks = Json::object();
    for (const auto& [check, verdict] : trial.verdicts)
      checks[check] = WordOf(verdict);
    object["trials"].push_back(
        {{"mutant", trial.mutant.name}, {"what", trial.mutant.what}, {"checks", checks}});
  }
  return object.dump(1) + "\n";
}

}  // namespace harness::selftest
