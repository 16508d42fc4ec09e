#include "harness/command/selection.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/adapters/catalogue.h"
#include "harness/adapters/engine_adapter.h"
#include "harness/command/venvs.h"

namespace harness::command {

using hosts::base::Result;

namespace {

Result<std::vector<matrix::App>> AppsOf(const SelectionOptions& options, const Places& places) {
  if (options.scripts.empty()) {
    return matrix::ReadApps(options.apps.empty() ? places.apps
                                                 : std::filesystem::path(options.apps));
  }
  std::vector<matrix::App> apps;
  for (const std::string& script : options.scripts) {
    auto app = matrix::AppOfScript(script, options.url);
    if (!app) return app.error();
    app->needs_venv = !options.venv.empty();
    if (!options.requests.empty()) app->tour = std::filesystem::absolute(options.requests);
    apps.push_back(std::move(*app));
  }
  return apps;
}

std::vector<matrix::MatrixHost> InMatrix(
    const std::vector<std::unique_ptr<adapters::HostAdapter>>& hosts) {
  std::vector<matrix::MatrixHost> in_matrix;
  for (const auto& host : hosts) {
    in_matrix.push_back(
        {std::string(host->name()), [adapter = host.get()](const hosts::deployment::Mode& mode) {
           return adapter->WhyNotOffered(mode);
         }});
  }
  return in_matrix;
}

// Asks the hosts that have cells. The cells of one that is not installed are taken out and counted. Without
// the engine, of which a run is, there is none.
Result<void> ProbeHosts(Selection& selection) {
  std::vector<matrix::Cell>& cells = selection.expansion.cells;
  for (const auto& adapter : selection.every_host) {
    const auto is_its = [&](const matrix::Cell& cell) { return cell.host == adapter->name(); };
    const auto count = std::ranges::count_if(cells, is_its);
    if (count == 0) continue;
    auto version = adapter->Probe();
    if (version) {
      selection.hosts.push_back({adapter.get(), std::move(*version)});
    } else if (adapter->name() == adapters::kEngine) {
      return version.error();
    } else {
      selection.missing_hosts.push_back(
          {std::string(adapter->name()), static_cast<int>(count), version.error().message});
      std::erase_if(cells, is_its);
    }
  }
  return {};
}

// A cell of an engine has an environment for the engine's Python, or is not offered.
void ChooseVenvs(Selection& selection, const std::filesystem::path& venv) {
  for (const run::InstalledHost& host : selection.hosts) {
    if (dynamic_cast<const adapters::EngineAdapter*>(host.adapter) == nullptr) continue;
    const auto chosen = VenvFor(host.version, venv);
    const auto is_its = [&](const matrix::Cell& cell) {
      return cell.host == host.adapter->name() && cell.app.needs_venv && !cell.app.venv;
    };
    for (matrix::Cell& cell : selection.expansion.cells) {
      if (!is_its(cell)) continue;
      if (!chosen) {
        selection.expansion.not_offered.push_back({cell.id(), chosen.error().message});
      } else if (*chosen != venv) {
        cell.app.venv = *chosen;
      }
    }
    if (!chosen) std::erase_if(selection.expansion.cells, is_its);
  }
}

}  // namespace

void AddSelectionOptions(CLI::App& verb, SelectionOptions& options) {
  verb.add_option("script", options.scripts, "your own WSGI scripts, instead of the catalogue's")
      ->type_name("SCRIPT");
  verb.add_option(
          "--host",
          options.filter.hosts,
          "these hosts instead of the engine alone (* and ? are patterns; see wsgilab hosts)")
      ->type_name("HOST");
  verb.add_option("--mode", options.filter.modes, "only these modes, e.g. 'daemon/sub/*'")
      ->type_name("MODE");
  verb.add_option("--app", options.filter.apps, "only these applications")->type_name("APP");
  verb.add_option("-k", options.filter.id_regex, "only cells whose id matches, e.g. 'sub/.*/hello'")
      ->type_name("REGEX");
  verb.add_option("--url", options.url, "the path to ask your own script for (default /)")
      ->type_name("PATH");
  verb.add_option("--request",
                  options.requests,
                  "instead of --url: a file with what to ask your own script and what must come "
                  "(apps/README.md has the format)")
      ->type_name("FILE");
  verb.add_option("--apps", options.apps, "folder of the applications' catalogue")
      ->type_name("DIR");
  verb.add_option("--venv,--python-home", options.venv, "the applications' Python environment")
      ->type_name("DIR");
  // Every name is an option of its own: --mode A --mode B, so that a script may follow.
  for (const char* name : {"--host", "--mode", "--app"}) {
    verb.get_option(name)->expected(1)->take_all()->allow_extra_args(false);
  }
}

Result<Selection> Select(const SelectionOptions& options, const Places& places, Probing probing) {
  Selection selection;
  auto apps = AppsOf(options, places);
  if (!apps) return apps.error();
  selection.apps = std::move(*apps);
  selection.every_host =
      adapters::EveryHost(places.host, places.peers, adapters::InheritedEnvironment());
  matrix::Filter filter = options.filter;
  if (filter.hosts.empty()) filter.hosts = {std::string(adapters::kEngine)};
  auto expansion = matrix::Expand(InMatrix(selection.every_host), selection.apps, filter);
  if (!expansion) return expansion.error();
  selection.expansion = std::move(*expansion);
  if (probing == Probing::Skipped) return selection;
  if (const auto probed = ProbeHosts(selection); !probed) {
    // One that is not there was named wrongly; one that is and does not answer is at fault.
    if (std::filesystem::exists(places.host)) return probed.error();
    return hosts::base::Error{hosts::base::ErrorKind::NotFound, probed.error().message};
  }
  ChooseVenvs(selection, VenvOf(options, places));
  return selection;
}

std::filesystem::path VenvOf(const SelectionOptions& options, const Places& places) {
  return options.venv.empty() ? places.venv
                              : std::filesystem::absolute(options.venv).lexically_normal();
}

}  // namespace harness::command
