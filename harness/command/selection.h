#pragma once
// Selection: which cells somebody asks for, shared by `run` and `list`. Who names no host means the engine.
//
// Fails:   InvalidInput for a name that nothing has.

#include <CLI/CLI.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "harness/adapters/host_adapter.h"
#include "harness/command/places.h"
#include "harness/matrix/expansion.h"
#include "harness/run/run.h"
#include "hosts/base/result.h"

namespace harness::command {

struct SelectionOptions {
  std::vector<std::string> scripts;  // somebody's own, instead of the catalogue
  matrix::Filter filter;
  std::string url = "/";
  std::string requests;  // a file with a tour, instead
  std::string apps;      // folder; "" is the usual one
  std::string venv;

  [[nodiscard]] bool narrows() const { return filter.narrows() || !scripts.empty(); }
};

void AddSelectionOptions(CLI::App& verb, SelectionOptions& options);

// The hosts there are, those of the cells that are installed, those that are not, and the cells that were
// asked for and can be had.
struct Selection {
  std::vector<std::unique_ptr<adapters::HostAdapter>> every_host;
  std::vector<run::InstalledHost> hosts;
  std::vector<run::MissingHost> missing_hosts;
  std::vector<matrix::App> apps;
  matrix::Expansion expansion;
};

enum class Probing { Required, Skipped };  // a dry list needs no host

// The environment of applications that have none of their own.
[[nodiscard]] std::filesystem::path VenvOf(const SelectionOptions& options, const Places& places);

[[nodiscard]] hosts::base::Result<Selection> Select(const SelectionOptions& options,
                                                    const Places& places,
                                                    Probing probing);

}  // namespace harness::command
