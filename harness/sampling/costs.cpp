#include "harness/sampling/costs.h"

#include <dirent.h>
#include <fmt/format.h>

#include <cstdlib>
#include <memory>

#include "harness/sampling/sampler.h"
#include "hosts/base/files.h"

namespace harness::sampling {

using hosts::base::ReadFile;

namespace {

void AddSwitches(pid_t pid, std::map<pid_t, Switches>& by_thread) {
  const std::string tasks = fmt::format("/proc/{}/task", pid);
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(tasks.c_str()), &::closedir);
  if (!folder) return;
  while (const dirent* entry = ::readdir(folder.get())) {
    if (entry->d_name[0] < '0' || entry->d_name[0] > '9') continue;
    const auto text = ReadFile(fmt::format("{}/{}/status", tasks, entry->d_name));
    const auto switches = text ? ParseSwitches(*text) : std::nullopt;
    if (switches) by_thread[std::atoi(entry->d_name)] = *switches;
  }
}

}  // namespace

Costs CostsOf(pid_t root) {
  const FamilySample family = SampleFamily(root, Memory::Skip);
  Costs costs;
  costs.cpu = family.cpu;
  costs.file_calls.emplace();
  for (const ProcessSample& process : family.processes) {
    const ProcessStat& stat = process.stat;
    costs.minor_faults += stat.minor_faults + stat.children_minor_faults;
    costs.major_faults += stat.major_faults + stat.children_major_faults;
    AddSwitches(stat.pid, costs.switches);
    // Those of children that ended are in the numbers of the process already.
    const auto text = ReadFile(fmt::format("/proc/{}/io", stat.pid));
    const auto calls = text ? ParseFileCalls(*text) : std::nullopt;
    if (!calls) costs.file_calls.reset();
    if (!costs.file_calls) continue;
    costs.file_calls->reads += calls->reads;
    costs.file_calls->writes += calls->writes;
  }
  return costs;
}

Spent Between(const Costs& before, const Costs& after) {
  Spent spent;
  spent.cpu = after.cpu - before.cpu;
  spent.minor_faults = after.minor_faults - before.minor_faults;
  spent.major_faults = after.major_faults - before.major_faults;
  for (const auto& [thread, switches] : after.switches) {
    const auto known = before.switches.find(thread);
    const Switches first = known == before.switches.end() ? Switches{} : known->second;
    spent.switches.voluntary += switches.voluntary - first.voluntary;
    spent.switches.involuntary += switches.involuntary - first.involuntary;
  }
  if (before.file_calls && after.file_calls) {
    spent.file_calls = FileCalls{after.file_calls->reads - before.file_calls->reads,
                                 after.file_calls->writes - before.file_calls->writes};
  }
  return spent;
}

}  // namespace harness::sampling
