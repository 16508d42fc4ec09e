#include "suites/hosts_under_test/family.h"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <numeric>
#include <string>
#include <string_view>

#include "hosts/base/files.h"

namespace suites::hosts_under_test {

namespace {

// The number behind "Name:" in /proc/PID/status.
std::int64_t NumberBehind(std::string_view text, std::string_view name) {
  const std::size_t at = text.find(name);
  if (at == std::string_view::npos) return 0;
  const std::size_t begin = text.find_first_of("0123456789", at + name.size());
  std::int64_t number = 0;
  if (begin != std::string_view::npos) {
    std::from_chars(text.data() + begin, text.data() + text.size(), number);
  }
  return number;
}

long CountDescriptors(pid_t pid) {
  long count = 0;
  std::error_code gone;
  std::filesystem::directory_iterator entries(fmt::format("/proc/{}/fd", pid), gone);
  for (; !gone && entries != std::filesystem::directory_iterator(); entries.increment(gone))
    ++count;
  return count;
}

double CpuSecondsOf(pid_t pid) {
  const auto stat = hosts::base::ReadFile(fmt::format("/proc/{}/stat", pid));
  if (!stat) return 0;
  constexpr int kFieldsBefore = 11;  // between the name and utime
  std::string_view rest = std::string_view(*stat).substr(stat->rfind(')') + 2);
  for (int i = 0; i < kFieldsBefore; ++i)
    rest.remove_prefix(std::min(rest.find(' ') + 1, rest.size()));
  const std::int64_t user = NumberBehind(rest, "");
  rest.remove_prefix(std::min(rest.find(' ') + 1, rest.size()));
  return static_cast<double>(user + NumberBehind(rest, "")) /
         static_cast<double>(::sysconf(_SC_CLK_TCK));
}

template <typename Number>
Number Sum(const Family& family, Number Holdings::*member) {
  return std::accumulate(family.begin(), family.end(), Number{}, [&](Number sum, const auto& its) {
    return sum + its.second.*member;
  });
}

}  // namespace

Holdings HoldingsOf(pid_t pid) {
  Holdings holdings;
  holdings.descriptors = CountDescriptors(pid);
  holdings.cpu_seconds = CpuSecondsOf(pid);
  if (const auto status = hosts::base::ReadFile(fmt::format("/proc/{}/status", pid))) {
    holdings.rss_kib = NumberBehind(*status, "VmRSS:");
    holdings.peak_kib = NumberBehind(*status, "VmHWM:");
  }
  return holdings;
}

Family FamilyOf(const HostUnderTest& host) {
  Family family{{host.supervisor(), HoldingsOf(host.supervisor())}};
  for (const pid_t child : host.Children())
    family[child] = HoldingsOf(child);
  return family;
}

long Descriptors(const Family& family) {
  return Sum(family, &Holdings::descriptors);
}
std::int64_t RssKib(const Family& family) {
  return Sum(family, &Holdings::rss_kib);
}
double CpuSeconds(const Family& family) {
  return Sum(family, &Holdings::cpu_seconds);
}

}  // namespace suites::hosts_under_test
