#pragma once
// Inventory: what is installed in the Python environment of an application: its distributions, the modules of each, its C
// extensions. The environment's own Python is asked (apps/examine/inventory.py).
//
// Fails:   Unsupported when that Python cannot be started or does not understand the question; InvalidInput when its version is
//          none that the host can embed.

#include <filesystem>
#include <string>
#include <vector>

#include "hosts/base/result.h"
#include "reports/record/record.h"

namespace harness::examine {

struct Distribution {
  struct Extension {
    std::string module;
    std::string file;
  };
  std::string name;
  std::string version;
  std::vector<std::string> modules;  // at the top
  std::vector<Extension> extensions;
};

struct Inventory {
  std::string python;  // "3.11.2"
  std::vector<Distribution> distributions;
  std::vector<std::string> tools;  // pip and its like, which applications do not import
};

// `python`: the program. `folder`: apps/examine.
[[nodiscard]] hosts::base::Result<Inventory> TakeInventory(const std::filesystem::path& python,
                                                           const std::filesystem::path& folder);

// What the extensions of a distribution say about interpreters; empty when it has none.
[[nodiscard]] std::vector<reports::record::Extension> AskDeclared(
    const std::filesystem::path& python,
    const std::filesystem::path& folder,
    const Distribution& distribution);

[[nodiscard]] hosts::base::Result<Inventory> ParseInventory(const std::string& text);

// The program of an environment; without one, the one that belongs to the host's Python.
[[nodiscard]] hosts::base::Result<std::filesystem::path> FindPython(
    const std::filesystem::path& venv, const std::string& host_python);

}  // namespace harness::examine
