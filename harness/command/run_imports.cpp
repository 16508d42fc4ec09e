#include "harness/command/run_imports.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <functional>
#include <iterator>
#include <optional>
#include <utility>

#include "harness/command/interruption.h"
#include "harness/command/venvs.h"
#include "harness/examine/import_audit.h"

namespace harness::command {

namespace {

std::vector<std::string> ModulesOf(const std::vector<std::string>& imports) {
  std::vector<std::string> modules;
  for (const std::string& named : imports) {
    const auto meant = named == "usual" ? examine::UsualModules() : std::vector{named};
    std::ranges::copy_if(meant, std::back_inserter(modules), [&](const std::string& module) {
      return std::ranges::find(modules, module) == modules.end();
    });
  }
  return modules;
}

// "numpy.linalg". It goes into a URL as it is.
bool IsDottedName(const std::string& name) {
  char before = '.';
  for (const char letter : name) {
    const bool begins = before == '.';
    const auto byte = static_cast<unsigned char>(letter);
    const bool is_fit = letter == '_' || std::isalpha(byte) != 0 ||
                        (!begins && (letter == '.' || std::isdigit(byte) != 0));
    if (!is_fit) return false;
    before = letter;
  }
  return before != '.';
}

}  // namespace

std::string WhyNoImport(const std::vector<std::string>& imports, bool is_shard) {
  for (const std::string& module : imports) {
    if (!IsDottedName(module))
      return fmt::format("--import: '{}' is no name of a Python module", module);
  }
  return !imports.empty() && is_shard ? "--import is not dealt out to shards: run it by itself"
                                      : "";
}

void AddImports(const std::vector<std::string>& imports,
                const std::optional<std::filesystem::path>& venv,
                const Places& places,
                run::RunOrder& order) {
  if (imports.empty()) return;
  const auto hosts = order.hosts;
  const auto surroundings = order.surroundings;
  order.examine = [=, modules = ModulesOf(imports), folder = places.apps / "examine"](
                      const std::function<void(reports::record::Line)>& write) {
    for (const run::InstalledHost& host : hosts) {
      const auto not_tried = [&](const std::string& why) {
        write(reports::record::NotMeasured{fmt::format("the imports of {}", host.adapter->name()),
                                           why,
                                           std::nullopt,
                                           std::nullopt});
      };
      if (!host.adapter->provable().names_groups) {
        not_tried("it has no application groups to try them in");
        continue;
      }
      std::optional<std::filesystem::path> its_venv;
      if (venv) {
        auto chosen = VenvFor(host.version, *venv);
        if (!chosen) {
          not_tried(chosen.error().message);
          continue;
        }
        its_venv = std::move(*chosen);
      }
      examine::AuditModules({.adapter = host.adapter,
                             .surroundings = surroundings,
                             .is_interrupted = [] { return IsInterrupted(); }},
                            folder,
                            its_venv,
                            modules,
                            write);
    }
  };
}

}  // namespace harness::command
