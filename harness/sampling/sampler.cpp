#include "harness/sampling/sampler.h"

#include <dirent.h>
#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <memory>

#include "hosts/base/files.h"

namespace harness::sampling {

using hosts::base::ReadFile;

namespace {

std::vector<ProcessStat> AllProcesses() {
  std::vector<ProcessStat> all;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc"), &::closedir);
  if (!folder) return all;
  while (const dirent* entry = ::readdir(folder.get())) {
    if (entry->d_name[0] < '0' || entry->d_name[0] > '9') continue;
    const auto text = ReadFile(fmt::format("/proc/{}/stat", entry->d_name));
    if (!text) continue;
    if (auto stat = ParseStat(*text)) all.push_back(std::move(*stat));
  }
  return all;
}

std::optional<MemoryRollup> MemoryOf(pid_t pid) {
  const auto text = ReadFile(fmt::format("/proc/{}/smaps_rollup", pid));
  return text ? ParseSmapsRollup(*text) : std::nullopt;
}

}  // namespace

std::optional<MemoryRollup> FamilySample::Memory() const {
  MemoryRollup sum;
  for (const ProcessSample& process : processes) {
    if (!process.memory) return std::nullopt;
    sum += *process.memory;
  }
  return processes.empty() ? std::nullopt : std::optional(sum);
}

FamilySample SampleFamily(pid_t root, Memory memory) {
  const std::vector<ProcessStat> all = AllProcesses();
  FamilySample sample;
  for (const ProcessStat& stat : all) {
    if (stat.pid == root) sample.processes.push_back({stat, std::nullopt});
  }
  for (std::size_t known = 0; known < sample.processes.size(); ++known) {
    for (const ProcessStat& stat : all) {
      if (stat.parent == sample.processes[known].stat.pid) {
        sample.processes.push_back({stat, std::nullopt});
      }
    }
  }
  const std::int64_t tick_ns = 1'000'000'000 / ::sysconf(_SC_CLK_TCK);
  for (ProcessSample& process : sample.processes) {
    sample.cpu += std::chrono::nanoseconds(
        (process.stat.cpu_ticks + process.stat.children_cpu_ticks) * tick_ns);
    if (memory == Memory::Read) process.memory = MemoryOf(process.stat.pid);
  }
  return sample;
}

}  // namespace harness::sampling
