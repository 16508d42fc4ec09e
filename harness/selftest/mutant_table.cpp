#include "harness/selftest/mutant_table.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

#include "hosts/base/files.h"
#include "hosts/base/pattern.h"

namespace harness::selftest {

using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

Result<MutantTable> ReadMutantTable(const std::filesystem::path& file) {
  const auto text = hosts::base::ReadFile(file);
  if (!text) {
    return Error{ErrorKind::NotFound,
                 fmt::format("there is no list of mutants {}: build the host with `cmake --preset "
                             "mutants` and `cmake --build --preset mutants`",
                             file.string())};
  }
  MutantTable table;
  try {
    const auto list = nlohmann::json::parse(*text);
    for (const auto& row : list.at("mutants")) {
      table.mutants.push_back({row.at("name"),
                               row.at("what"),
                               row.at("kills").get<std::vector<std::string>>(),
                               row.value("may_kill", std::vector<std::string>())});
    }
    for (const auto& row : list.at("unproven"))
      table.unproven.push_back({row.at("checks"), row.at("reason")});
  } catch (const nlohmann::json::exception& problem) {
    return Error{ErrorKind::InvalidInput,
                 fmt::format("{} is no list of mutants ({}): build the host with mutants again",
                             file.string(),
                             problem.what())};
  }
  return table;
}

bool FitsAny(std::string_view name, const std::vector<std::string>& patterns) {
  return std::ranges::any_of(patterns, [&](const std::string& pattern) {
    return hosts::base::FitsGlob(name, pattern, hosts::base::Slashes::DoNotCount);
  });
}

}  // namespace harness::selftest
