#pragma once
// AuditImports: can what an application needs be imported in every kind of interpreter, and after another one has imported it?
// AuditModules: the same of modules that somebody names, of an environment or as the host's own Python has them.
//
// For each distribution three fresh processes of the host: the main interpreter and then a sub-interpreter, a sub-interpreter and
// then the main one, one sub-interpreter and then another. Where the host has them, two more: the main interpreter and then one with a GIL of
// its own, one of these and then another. The first import of each is the one of an interpreter alone. A distribution that
// has no C extension and needs none is one process's work as well: what fails is often what it imports.
//
// Threads: blocks until all is tried; a module that hangs costs the patience.
// Fails:   never; what could not be tried says why.

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/examine/inventory.h"
#include "harness/examine/performance.h"
#include "reports/record/record.h"

namespace harness::examine {

struct AuditOrder {
  Stage stage;
  matrix::App app;               // with its environment
  std::filesystem::path folder;  // apps/examine
  std::filesystem::path python;
  Inventory inventory;
  std::vector<std::string> imported;           // top-level names that the application's process had
  std::chrono::milliseconds patience{15'000};  // for the imports of one distribution
};

void AuditImports(const AuditOrder& order, const std::function<void(reports::record::Line)>& write);

// One that is not installed is not tried.
void AuditModules(const Stage& stage,
                  const std::filesystem::path& folder,  // apps/examine
                  const std::optional<std::filesystem::path>& venv,
                  const std::vector<std::string>& modules,
                  const std::function<void(reports::record::Line)>& write);

// What people ask about: extension modules that applications need often, some of the standard library, some not.
[[nodiscard]] std::vector<std::string> UsualModules();

// What is imported to try a distribution: what it has at the top, then its extensions.
[[nodiscard]] std::vector<std::string> ModulesToTry(const Distribution& distribution);

}  // namespace harness::examine
