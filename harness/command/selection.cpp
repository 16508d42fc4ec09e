#include "harness/command/selection.h"

#include <fmt/format.h>

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
    apps.push_back(std::move(*app));
  }
  return apps;
}

}  // namespace

void AddSelectionOptions(CLI::App& verb, SelectionOptions& options) {
  verb.add_option("script", options.scripts, "your own WSGI scripts, instead of the catalogue's")
      ->type_name("SCRIPT");
  verb.add_option("--host", options.filter.hosts, "only these hosts (* and ? are patterns)")
      ->type_name("HOST");
  verb.add_option("--mode", options.filter.modes, "only these modes, e.g. 'daemon/sub/*'")
      ->type_name("MODE");
  verb.add_option("--app", options.filter.apps, "only these applications")->type_name("APP");
  verb.add_option("-k", options.filter.id_regex, "only cells whose id matches, e.g. 'sub/.*/hello'")
      ->type_name("REGEX");
  verb.add_option("--url", options.url, "the path to ask your own script for (default /)")
      ->type_name("PATH");
  verb.add_option("--apps", options.apps, "folder of the applications' catalogue")
      ->type_name("DIR");
  verb.add_option("--venv", options.venv, "the applications' Python environment")->type_name("DIR");
  // Every name is an option of its own: --mode A --mode B, so that a script may follow.
  for (const char* name : {"--host", "--mode", "--app"}) {
    verb.get_option(name)->expected(1)->take_all();
  }
}

Result<Selection> Select(const SelectionOptions& options, const Places& places, Probing probing) {
  Selection selection;
  auto apps = AppsOf(options, places);
  if (!apps) return apps.error();
  selection.apps = std::move(*apps);
  selection.engine =
      std::make_unique<adapters::EngineAdapter>(places.host, adapters::InheritedEnvironment());
  const adapters::HostAdapter* engine = selection.engine.get();
  const std::vector<matrix::MatrixHost> hosts{
      {std::string(engine->name()),
       [engine](const hosts::deployment::Mode& mode) { return engine->WhyNotOffered(mode); }}};
  auto expansion = matrix::Expand(hosts, selection.apps, options.filter);
  if (!expansion) return expansion.error();
  selection.expansion = std::move(*expansion);
  if (probing == Probing::Skipped) return selection;
  auto version = engine->Probe();
  if (!version) return version.error();
  selection.hosts.push_back({engine, std::move(*version)});
  return selection;
}

}  // namespace harness::command
