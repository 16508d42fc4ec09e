#include "harness/run/machine_facts.h"

#include <fmt/format.h>
#include <gnu/libc-version.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <sstream>

#include "harness/sampling/noise_probe.h"
#include "hosts/base/files.h"

namespace harness::run {

using hosts::base::ReadFile;

namespace {

std::string Trimmed(std::string text) {
  const size_t begin = text.find_first_not_of(" \t\n\"");
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\n\"") - begin + 1);
}

// The value behind NAME and a separator, in the first line that begins with NAME.
std::string ValueIn(const std::filesystem::path& file, std::string_view name, char separator) {
  const auto text = ReadFile(file);
  if (!text) return {};
  std::istringstream lines(*text);
  std::string line;
  while (std::getline(lines, line)) {
    const size_t place = line.find(separator);
    if (line.starts_with(name) && place != std::string::npos)
      return Trimmed(line.substr(place + 1));
  }
  return {};
}

std::string Kernel() {
  utsname name{};
  if (::uname(&name) != 0) return {};
  return fmt::format("{} {}", name.sysname, name.release);
}

// The first line of a file, or nothing.
std::string FirstLine(const std::filesystem::path& file) {
  const auto text = ReadFile(file);
  return text ? Trimmed(text->substr(0, text->find('\n'))) : std::string();
}

// The control group of this program that has the controller, below the root of its hierarchy; that of version 2 has the
// controller "". A line is "4:memory:/user.slice", or "0::/user.slice".
std::filesystem::path ControlGroup(std::string_view controller) {
  const auto text = ReadFile("/proc/self/cgroup");
  std::istringstream lines(text ? *text : std::string());
  for (std::string line; std::getline(lines, line);) {
    const size_t first = line.find(':');
    const size_t second = line.find(":/", first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    if (controllers.find(fmt::format(",{},", controller)) == std::string::npos) continue;
    return line.substr(second + 2);
  }
  return {};
}

// Of version 2 where it has one, else of version 1.
std::string Limit(std::string_view name, std::string_view controller, std::string_view old_name) {
  const std::filesystem::path root = "/sys/fs/cgroup";
  const std::string limit = GroupLimit(root, ControlGroup(""), name);
  if (limit != "none") return limit;
  return GroupLimit(root / controller, ControlGroup(controller), old_name);
}

bool IsNoLimit(std::string_view limit) {
  constexpr std::string_view kMost =
      "9223372036854";  // of bytes, less a page: "unlimited" in version 1
  return limit.empty() || limit.starts_with("max") || limit == "-1" ||
         (limit.starts_with(kMost) && limit.size() == 19);
}

std::string Hypervisor() {
  const std::string flags = " " + ValueIn("/proc/cpuinfo", "flags", ':') + " ";
  if (flags.find(" hypervisor ") == std::string::npos) return "none";
  const std::string product = FirstLine("/sys/class/dmi/id/product_name");
  return product.empty() ? "yes" : product;
}

}  // namespace

std::string GroupLimit(const std::filesystem::path& root,
                       const std::filesystem::path& group,
                       std::string_view name) {
  std::filesystem::path folder = root / group;
  while (true) {
    const std::string limit = FirstLine(folder / name);
    if (!IsNoLimit(limit)) return limit;
    if (folder.empty() || folder == root || folder == folder.parent_path()) return "none";
    folder = folder.parent_path();
  }
}

std::vector<std::string> StandingFacts() {
  // The kernel keeps some of the memory for itself, a little more or less with each version.
  constexpr std::int64_t kMemoryStep = 65536;
  const std::int64_t memory = std::atoll(ValueIn("/proc/meminfo", "MemTotal", ':').c_str());
  std::vector<std::string> facts;
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) facts.push_back(fmt::format("{}: {}", name, value));
  };
  add("cpu", ValueIn("/proc/cpuinfo", "model name", ':'));
  add("microcode", ValueIn("/proc/cpuinfo", "microcode", ':'));
  add("cores", fmt::to_string(::sysconf(_SC_NPROCESSORS_ONLN)));
  add("affinity", ValueIn("/proc/self/status", "Cpus_allowed_list", ':'));
  add("smt", FirstLine("/sys/devices/system/cpu/smt/active"));
  add("governor", FirstLine("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"));
  add("memory_mib", fmt::to_string((memory + kMemoryStep / 2) / kMemoryStep * kMemoryStep / 1024));
  add("cgroup_cpu", Limit("cpu.max", "cpu", "cpu.cfs_quota_us"));
  add("cgroup_memory", Limit("memory.max", "memory", "memory.limit_in_bytes"));
  add("hypervisor", Hypervisor());
  add("kernel", Kernel());
  add("libc", fmt::format("glibc {}", ::gnu_get_libc_version()));
  return facts;
}

std::string Fingerprint(const std::vector<std::string>& facts) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const std::string& fact : facts) {
    for (const char byte : fact + "\n") {
      hash = (hash ^ static_cast<unsigned char>(byte)) * 1099511628211ULL;
    }
  }
  return fmt::format("{:016x}", hash);
}

reports::record::Machine MachineFacts() {
  reports::record::Machine machine;
  machine.cpu = ValueIn("/proc/cpuinfo", "model name", ':');
  if (machine.cpu.empty()) machine.cpu = "unknown";
  machine.cores = static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN));
  machine.memory_kib = std::atoll(ValueIn("/proc/meminfo", "MemTotal", ':').c_str());
  machine.kernel = Kernel();
  machine.distribution = ValueIn("/etc/os-release", "PRETTY_NAME", '=');
  double load = 0;
  if (::getloadavg(&load, 1) == 1) machine.load_1min = load;
  if (auto governor = ReadFile("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")) {
    machine.governor = Trimmed(std::move(*governor));
  }
  machine.facts = StandingFacts();
  machine.fingerprint = Fingerprint(machine.facts);
  return machine;
}

reports::record::Noise ProbedNoise(std::chrono::milliseconds span) {
  const sampling::Noise noise = sampling::ProbeNoise(span);
  return {noise.compute_cov,
          noise.memory_cov,
          noise.steal_share,
          noise.score,
          std::string(sampling::NoiseInAWord(noise.score))};
}

std::optional<std::string> Revision(const std::filesystem::path& checkout) {
  std::filesystem::path folder = checkout / ".git";
  // In a work tree .git is a file that says where the folder is.
  if (const std::string elsewhere = ValueIn(folder, "gitdir", ':'); !elsewhere.empty()) {
    folder = checkout / elsewhere;
  }
  const auto head = ReadFile(folder / "HEAD");
  if (!head) return std::nullopt;
  if (!head->starts_with("ref: ")) return Trimmed(*head);
  const std::string reference = Trimmed(head->substr(5));
  std::filesystem::path common = folder;
  if (const auto shared = ReadFile(folder / "commondir")) common = folder / Trimmed(*shared);
  if (const auto commit = ReadFile(common / reference)) return Trimmed(*commit);
  const auto packed = ReadFile(common / "packed-refs");
  const size_t place = packed ? packed->find(" " + reference + "\n") : std::string::npos;
  if (place == std::string::npos || place < 40) return std::nullopt;
  return packed->substr(place - 40, 40);
}

}  // namespace harness::run
