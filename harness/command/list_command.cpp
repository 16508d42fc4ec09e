#include "harness/command/list_command.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memory>

#include "harness/adapters/engine_adapter.h"
#include "harness/command/exit.h"
#include "harness/command/places.h"
#include "harness/command/selection.h"
#include "harness/run/checks_program.h"
#include "harness/run/run_plan.h"
#include "reports/plan/sharding.h"

namespace harness::command {

using Json = nlohmann::ordered_json;

namespace {

struct ListOptions {
  SelectionOptions selection;
  std::string shard;
  bool json = false;
};

std::vector<std::string> Checks(const Places& places) {
  auto environment = adapters::InheritedEnvironment();
  environment.emplace_back("WSGILAB_HOST", places.host.string());
  const auto names = run::ListChecks(
      run::ChecksOrder{.program = places.checks, .environment = std::move(environment)});
  return names ? *names : std::vector<std::string>{};
}

int ListIt(const ListOptions& options) {
  const Places places = FindPlaces();
  auto selection = Select(options.selection, places, Probing::Skipped);
  if (!selection) return Complain(selection.error());
  std::vector<std::string> checks =
      options.selection.narrows() ? std::vector<std::string>{} : Checks(places);
  matrix::Expansion& expansion = selection->expansion;
  if (!options.shard.empty()) {
    const auto shard = reports::plan::ParseShard(options.shard);
    if (!shard) return Complain(shard.error());
    expansion = run::ShareOf(*shard, expansion);
    checks = reports::plan::ChecksOf(*shard, std::move(checks));
  }
  if (options.json) {
    Json object{{"schema", "wsgilab-list/1"},
                {"cells", Json::array()},
                {"not_offered", Json::array()},
                {"checks", checks}};
    for (const matrix::Cell& cell : expansion.cells)
      object["cells"].push_back(cell.id());
    for (const matrix::NotOffered& cell : expansion.not_offered) {
      object["not_offered"].push_back({{"cell", cell.id}, {"reason", cell.reason}});
    }
    fmt::print("{}\n", object.dump(2));
  } else {
    for (const matrix::Cell& cell : expansion.cells)
      fmt::print("cell   {}\n", cell.id());
    for (const matrix::NotOffered& cell : expansion.not_offered) {
      fmt::print("not offered  {}: {}\n", cell.id, cell.reason);
    }
    for (const std::string& check : checks)
      fmt::print("check  {}\n", check);
    fmt::print("{} cells, {} not offered, {} checks\n",
               expansion.cells.size(),
               expansion.not_offered.size(),
               checks.size());
  }
  return expansion.cells.empty() && expansion.not_offered.empty() ? kNothingMatched : kPass;
}

}  // namespace

void AddListCommand(CLI::App& program, std::function<int()>& chosen) {
  CLI::App* verb = program.add_subcommand("list", "the cells and checks of a run, dry");
  auto options = std::make_shared<ListOptions>();
  AddSelectionOptions(*verb, options->selection);
  verb->add_option("--shard", options->shard, "only the I-th of N shares of a run")
      ->type_name("I/N");
  verb->add_flag("--json", options->json, "for programs: wsgilab schema list");
  verb->footer("Example:\n  wsgilab list --mode 'daemon/*' --app hello --json");
  verb->callback([options, &chosen] { chosen = [options] { return ListIt(*options); }; });
}

}  // namespace harness::command
