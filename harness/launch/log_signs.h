#pragma once
// LogSign: a line by which a host that was not written for us says what one of its processes does.
//
// Pure: the log's text in, what it says out. Foreign servers have no ready line, but all of them write
// when a worker starts and when it serves; that is enough to know, without asking the application, that
// every worker serves and which processes they are.
//
// Fails:   never; a pattern that is no regular expression is a bug.

#include <sys/types.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace harness::launch {

struct LogSign {
  std::string pattern;            // found in a line; its first group, if it has one, is a pid
  int count = 1;                  // lines it must be found in
  std::string daemon_group = {};  // whose the pids are; "" is the server itself
};

struct SignsSeen {
  bool complete = false;  // every sign as often as it must be
  std::vector<pid_t> server = {};
  std::map<std::string, std::vector<pid_t>> daemons = {};
};

// Only whole lines count: the last one may still be on its way.
[[nodiscard]] SignsSeen LookForSigns(std::string_view log, const std::vector<LogSign>& signs);

}  // namespace harness::launch
