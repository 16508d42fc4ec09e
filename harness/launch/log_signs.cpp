#include "harness/launch/log_signs.h"

#include <algorithm>
#include <regex>

namespace harness::launch {

namespace {

std::vector<std::string> WholeLines(std::string_view log) {
  std::vector<std::string> lines;
  for (size_t end = log.find('\n'); end != std::string_view::npos; end = log.find('\n')) {
    lines.emplace_back(log.substr(0, end));
    log.remove_prefix(end + 1);
  }
  return lines;
}

void AddPid(const std::smatch& match, std::vector<pid_t>& pids) {
  if (match.size() < 2 || !match[1].matched) return;
  const pid_t pid = static_cast<pid_t>(std::stol(match[1].str()));
  if (std::find(pids.begin(), pids.end(), pid) == pids.end()) pids.push_back(pid);
}

}  // namespace

SignsSeen LookForSigns(std::string_view log, const std::vector<LogSign>& signs) {
  const std::vector<std::string> lines = WholeLines(log);
  SignsSeen seen;
  seen.complete = true;
  for (const LogSign& sign : signs) {
    const std::regex pattern(sign.pattern);
    int found = 0;
    for (const std::string& line : lines) {
      std::smatch match;
      if (!std::regex_search(line, match, pattern)) continue;
      ++found;
      AddPid(match, sign.daemon_group.empty() ? seen.server : seen.daemons[sign.daemon_group]);
    }
    if (found < sign.count) seen.complete = false;
  }
  std::erase_if(seen.daemons, [](const auto& group) { return group.second.empty(); });
  return seen;
}

}  // namespace harness::launch
