#pragma once
// RunChaos: a host to which all kinds of things are done at random, under load: processes are killed and stopped,
// scripts touched and broken, the server restarted with good and bad configurations, clients leave. What must
// hold all the time is looked at every second, the rest whenever chaos holds its breath:
//
//   answers       who asks the calm group or the embedded application gets every answer, and the right one;
//                 who asks the victim gets one of those that the rules allow, and one it gets
//   processes     never more than a few generations of them; at rest exactly those of the configuration
//   sockets       at rest exactly those of the configuration
//   descriptors   the supervisor's, at rest: as many as at the start, beside its sockets
//   memory        the supervisor's, at rest: as at the first rest, but for a little (more with a sanitizer, which keeps what was freed)
//   log           no event that says "report it", no report of a sanitizer
//
// Threads: blocks for the duration, and as long as it takes to come to rest.
// Fails:   when the host cannot be started at all.

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "hosts/base/deadline.h"
#include "hosts/base/result.h"

namespace suites::chaos {

struct ChaosPlan {
  std::chrono::milliseconds duration{std::chrono::minutes(2)};
  std::chrono::milliseconds between_rests{10'000};
  std::uint64_t seed = 1;
  std::string calm;  // source of the calm application; empty: a sound one
};

struct ChaosResult {
  std::uint64_t seed = 0;
  double seconds = 0;
  std::map<std::string, int> deeds;  // how often each was done
  int rests = 0;
  int restarts = 0;  // that were asked for
  int server_kills = 0;
  struct Asked {
    std::int64_t asked = 0;
    std::int64_t right = 0;
    std::int64_t cut = 0;
  };
  std::map<std::string, Asked> asked;  // by application
  std::int64_t supervisor_kib_first = 0;
  std::int64_t supervisor_kib_last = 0;
  std::vector<std::string> faults;  // none is as it should be
};

// A killed server process takes the requests inside it with it: one of each client, and then. The value: how many
// of the cuts, in whatever order, none of the kills explains, which are in theirs.
[[nodiscard]] std::size_t CutsWithoutAKill(std::vector<hosts::base::Clock::time_point> cuts,
                                           const std::vector<hosts::base::Clock::time_point>& kills,
                                           int of_each_kill);

[[nodiscard]] hosts::base::Result<ChaosResult> RunChaos(
    const ChaosPlan& plan, const std::function<bool()>& is_interrupted = {});

}  // namespace suites::chaos
