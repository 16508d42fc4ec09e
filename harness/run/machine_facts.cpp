#include "harness/run/machine_facts.h"

#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdlib>
#include <sstream>

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

}  // namespace

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
  return machine;
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
