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
  const bool understood = Read(first[0], stat.pid) && Read(fields[1], stat.parent) &&
                          Read(fields[11], user) && Read(fields[12], system) &&
                          Read(fields[13], children_user) && Read(fields[14], children_system) &&
                          Read(fields[17], stat.threads);
  if (!understood) return std::nullopt;
  stat.name = text.substr(open + 1, close - open - 1);
  stat.state = fields[0].front();
  stat.cpu_ticks = user + system;
  stat.children_cpu_ticks = children_user + children_system;
  return stat;
}

std::optional<MemoryRollup> ParseSmapsRollup(std::string_view text) {
  MemoryRollup rollup;
  bool has_pss = false;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const auto words = Words(line);
    if (words.size() != 3 || words[2] != "kB") continue;
    if (words[0] == "Rss:" && !Read(words[1], rollup.rss_kib)) return std::nullopt;
    if (words[0] == "Pss:") has_pss = Read(words[1], rollup.pss_kib);
    if (words[0] == "Private_Dirty:" && !Read(words[1], rollup.private_dirty_kib)) {
      return std::nullopt;
    }
  }
  if (!has_pss) return std::nullopt;
  return rollup;
}

}  // namespace harness::sampling
