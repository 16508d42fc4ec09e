#pragma once
// What `wsgilab run --import MODULE` adds to a run: before its cells the modules are tried in every kind of interpreter of each host that
// has application groups; of every other host the record says that it has none.
//
// Fails:   never; WhyNoImport says what is wrong with what was typed.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/command/places.h"
#include "harness/run/run.h"

namespace harness::command {

// Empty: nothing is wrong.
[[nodiscard]] std::string WhyNoImport(const std::vector<std::string>& imports, bool is_shard);

// `order` has its hosts. "usual" stands for the modules that people ask about. They are those of the environment, or what the host's own
// Python has.
void AddImports(const std::vector<std::string>& imports,
                const std::optional<std::filesystem::path>& venv,
                const Places& places,
                run::RunOrder& order);

}  // namespace harness::command
