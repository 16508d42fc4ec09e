#include "harness/run/run_plan.h"

#include <algorithm>
#include <chrono>
#include <set>

#include "harness/run/machine_facts.h"
#include "reports/plan/digest.h"

namespace harness::run {

namespace plan = reports::plan;
namespace record = reports::record;

namespace {

record::HostVersion VersionOf(const InstalledHost& host) {
  record::HostVersion version;
  version.name = host.adapter->name();
  version.version = host.version.version;
  version.python = host.version.python;
  if (!host.version.library.empty()) version.library = host.version.library;
  version.gils = host.version.gils;
  for (const adapters::Deviation& one : host.version.deviations)
    version.deviations.push_back({one.rule, one.kind, one.theirs, one.ours, one.why});
  return version;
}

record::Header HeaderOf(const RunOrder& order) {
  record::Header header;
  header.run = order.name;
  header.started_at =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  header.command = order.command;
  header.profile = order.profile.name;
  header.revision = Revision(order.checkout);
  header.machine = MachineFacts();
  for (const InstalledHost& host : order.hosts) {
    header.hosts.push_back(VersionOf(host));
    if (!host.version.build.empty()) header.machine.build_type = host.version.build;
  }
  return header;
}

void AddOnce(std::vector<std::string>& list, std::string name) {
  if (std::ranges::find(list, name) == list.end()) list.push_back(std::move(name));
}

record::Plan Planned(const RunOrder& order,
                     const matrix::Expansion& expansion,
                     const std::vector<hosts::base::Result<std::vector<std::string>>>& checks) {
  record::Plan planned;
  planned.processes = order.surroundings.processes;
  planned.threads = order.surroundings.threads;
  for (const matrix::Cell& cell : expansion.cells) {
    AddOnce(planned.modes, Name(cell.mode));
    AddOnce(planned.apps, cell.app.name);
    planned.cells.push_back(cell.id());
  }
  for (const matrix::NotOffered& cell : expansion.not_offered)
    planned.not_offered.push_back(cell.id);
  for (std::size_t at = 0; at < checks.size(); ++at) {
    if (!checks[at]) continue;
    planned.checks.push_back(
        {order.checks[at].host, static_cast<int>(checks[at]->size()), plan::DigestOf(*checks[at])});
  }
  return planned;
}

}  // namespace

matrix::Expansion ShareOf(plan::ShardNumber shard, const matrix::Expansion& whole) {
  std::vector<std::string> ids;
  for (const matrix::Cell& cell : whole.cells)
    ids.push_back(cell.id());
  for (const matrix::NotOffered& cell : whole.not_offered)
    ids.push_back(cell.id);
  const auto own = plan::CellsOf(shard, ids);
  const std::set<std::string> share(own.begin(), own.end());
  matrix::Expansion expansion;
  std::ranges::copy_if(whole.cells,
                       std::back_inserter(expansion.cells),
                       [&](const matrix::Cell& cell) { return share.contains(cell.id()); });
  std::ranges::copy_if(whole.not_offered,
                       std::back_inserter(expansion.not_offered),
                       [&](const matrix::NotOffered& cell) { return share.contains(cell.id); });
  return expansion;
}

RunPlan PlanOf(const RunOrder& order) {
  RunPlan run{HeaderOf(order), order.expansion, {}};
  for (const ChecksOrder& checks : order.checks)
    run.checks.push_back(ListChecks(checks));
  record::Plan& planned = run.header.plan;
  planned = Planned(order, run.expansion, run.checks);
  planned.digest = plan::DigestOf(planned, run.header);
  if (!order.shard) return run;

  run.header.shard = {order.shard->index, order.shard->count, planned};
  run.expansion = ShareOf(*order.shard, run.expansion);
  for (auto& names : run.checks) {
    if (names) names = plan::ChecksOf(*order.shard, std::move(*names));
  }
  planned = Planned(order, run.expansion, run.checks);
  planned.digest = plan::DigestOf(planned, run.header);
  return run;
}

}  // namespace harness::run
