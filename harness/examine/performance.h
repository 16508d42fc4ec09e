#pragma once
// Perform: one fresh host, visitors that come to it in order, and everything that they heard.
//
// Each visit is a visitor of its own, with his own cookies, who takes the steps of a tour without judging any answer; what an answer
// should be is learned from others (answer_pattern.h). With the answers comes what else can be seen: where the application ran,
// what its process imported, what the log said.
//
// Owns:    the host and its directory for the time of the call.
// Fails:   never: what goes wrong is in what it returns.

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/adapters/host_adapter.h"
#include "harness/matrix/expansion.h"
#include "harness/run/cell_setup.h"
#include "harness/tour/exchange.h"
#include "harness/tour/tour.h"
#include "hosts/deployment/modes.h"
#include "reports/record/record.h"

namespace harness::examine {

// What all performances of an application find around them.
struct Stage {
  const adapters::HostAdapter* adapter = nullptr;
  run::Surroundings surroundings;
  std::chrono::milliseconds patience{20'000};
  std::function<bool()> is_interrupted;
};

// Somebody who comes, asks what the tour says, and leaves.
struct Visit {
  const tour::Tour* tour = nullptr;
  std::string mount = {};  // "/shop"; "" is the root
  // What his header X-Wsgilab-Copy has. Every request has one, so that an application that shows headers shows it to all; where
  // what varies is learned, it varies.
  std::string copy = "one";
  std::string host = {};  // of a virtual host; "" is the address
};

struct Heard {
  std::size_t visit = 0;
  std::size_t step = 0;
  std::string request = {};                 // "GET /login/"
  std::optional<tour::Answer> answer = {};  // absent: there was none
  std::string problem = {};                 // why
  bool was_cut_off = false;                 // the connection ended: the process died, most likely
};

struct Performance {
  std::string why_not = {};  // the host did not serve; empty: it did
  std::vector<Heard> heard = {};
  std::optional<reports::record::PlacementFound> placement = {};
  std::vector<std::string> misplaced = {};  // where it ran instead of where it was asked for
  std::vector<std::string> imported = {};   // top-level names of what its process had at the end
  std::vector<std::string> databases = {};  // those of its databases that it has opened
  std::optional<reports::record::Overhead> overhead = {};
  std::optional<reports::record::Loading> loading = {};  // with Timing::Loading
  std::vector<std::string> log_tail = {};                // when something went wrong
};

enum class Timing { No, Yes, Loading };

// The application alone, in a mode. With Timing::Yes one client more asks for the same page for a second, one request after the
// other: how long does the application take, and how long the client waits. With Timing::Loading its imports are profiled, and nothing is timed.
[[nodiscard]] Performance PerformInMode(const Stage& stage,
                                        const matrix::Cell& cell,
                                        const Visit& visit,
                                        Timing timing);

// The application in the application group that the header X-Wsgilab-Copy of a visit names, of one process.
[[nodiscard]] Performance PerformInGroups(const Stage& stage,
                                          const matrix::Cell& cell,
                                          const std::vector<Visit>& visits);

inline constexpr std::string_view kCopyField = "X-Wsgilab-Copy";

// A host that reads this configuration, with these variables in its environment; visits name the mount.
[[nodiscard]] Performance PerformConfiguration(const Stage& stage,
                                               const std::string& directives,
                                               const tour::NamedTexts& environment,
                                               const std::vector<Visit>& visits);

}  // namespace harness::examine
