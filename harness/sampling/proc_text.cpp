#include "harness/sampling/proc_text.h"

#include <charconv>
#include <vector>

namespace harness::sampling {

namespace {

std::vector<std::string_view> Words(std::string_view text) {
  std::vector<std::string_view> words;
  while (true) {
    const size_t begin = text.find_first_not_of(" \t\n");
    if (begin == std::string_view::npos) return words;
    text.remove_prefix(begin);
    const size_t end = std::min(text.find_first_of(" \t\n"), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

template <typename Number>
bool Read(std::string_view word, Number& value) {
  const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), value);
  return problem == std::errc() && end == word.data() + word.size();
}

// The number in the line whose first word is NAME.
std::optional<std::int64_t> NumberAfter(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (!line.starts_with(name)) continue;
    const auto words = Words(line);
    std::int64_t number = 0;
    if (words.size() >= 2 && words[0] == name && Read(words[1], number)) return number;
  }
  return std::nullopt;
}

}  // namespace

std::optional<ProcessStat> ParseStat(std::string_view text) {
  // The name stands in parentheses and may itself hold blanks and parentheses.
  const size_t open = text.find('(');
  const size_t close = text.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
    return std::nullopt;
  }
  ProcessStat stat;
  const auto first = Words(text.substr(0, open));
  const auto fields = Words(text.substr(close + 1));  // fields[0] is field 3 of proc(5)
  if (first.size() != 1 || fields.size() < 20) return std::nullopt;
  std::int64_t user = 0;
  std::int64_t system = 0;
  std::int64_t children_user = 0;
  std::int64_t children_system = 0;
  const bool understood =
      Read(first[0], stat.pid) && Read(fields[1], stat.parent) && Read(fields[11], user) &&
      Read(fields[12], system) && Read(fields[13], children_user) &&
      Read(fields[14], children_system) && Read(fields[17], stat.threads) &&
      Read(fields[7], stat.minor_faults) && Read(fields[8], stat.children_minor_faults) &&
      Read(fields[9], stat.major_faults) && Read(fields[10], stat.children_major_faults);
  if (!understood) return std::nullopt;
  stat.name = text.substr(open + 1, close - open - 1);
  stat.state = fields[0].front();
  stat.cpu_ticks = user + system;
  stat.children_cpu_ticks = children_user + children_system;
  return stat;
}

MemoryRollup& MemoryRollup::operator+=(const MemoryRollup& other) {
  rss_kib += other.rss_kib;
  pss_kib += other.pss_kib;
  private_dirty_kib += other.private_dirty_kib;
  private_clean_kib += other.private_clean_kib;
  shared_kib += other.shared_kib;
  return *this;
}

std::optional<MemoryRollup> ParseSmapsRollup(std::string_view text) {
  const auto rss = NumberAfter(text, "Rss:");
  const auto pss = NumberAfter(text, "Pss:");
  const auto private_dirty = NumberAfter(text, "Private_Dirty:");
  if (!rss || !pss || !private_dirty) return std::nullopt;
  return MemoryRollup{*rss,
                      *pss,
                      *private_dirty,
                      NumberAfter(text, "Private_Clean:").value_or(0),
                      NumberAfter(text, "Shared_Clean:").value_or(0) +
                          NumberAfter(text, "Shared_Dirty:").value_or(0)};
}

std::optional<Switches> ParseSwitches(std::string_view text) {
  const auto voluntary = NumberAfter(text, "voluntary_ctxt_switches:");
  const auto involuntary = NumberAfter(text, "nonvoluntary_ctxt_switches:");
  if (!voluntary || !involuntary) return std::nullopt;
  return Switches{*voluntary, *involuntary};
}

std::optional<FileCalls> ParseFileCalls(std::string_view text) {
  const auto reads = NumberAfter(text, "syscr:");
  const auto writes = NumberAfter(text, "syscw:");
  if (!reads || !writes) return std::nullopt;
  return FileCalls{*reads, *writes};
}

}  // namespace harness::sampling
