#pragma once
// Imitation: what the fake host answers, from the configuration it was given: the body of `hello`,
// and the placement that a real engine would show for the first script alias in the file.

#include <string>
#include <string_view>

#include "harness/fake_host/faults.h"

namespace harness::fake_host {

struct Imitated {
  std::string process_group;      // "" is embedded
  std::string application_group;  // "" is the main interpreter
  bool preload = false;
  int threads = 5;  // of the server, or of the daemon group
};

// Reads just enough of the directives: the groups, whether both are options of the alias, and the threads.
[[nodiscard]] Imitated ReadConfiguration(std::string_view text);

struct Instants {
  double started_at = 0;  // seconds since the epoch
  double ready_at = 0;
  double first_request_at = 0;  // 0: not yet
};

// The placement as JSON: the members of `found` in reports/record/format.md.
[[nodiscard]] std::string PlacementJson(const Imitated& imitated,
                                        const Instants& instants,
                                        const Faults& faults);

// How many requests are served at the same time, as the cell script says it.
[[nodiscard]] std::string AtOnceJson(const Imitated& imitated, const Faults& faults);

// Which modules came since the script, as the cell script says it: none.
[[nodiscard]] std::string ModulesJson();

// A whole HTTP answer; `fields` is further header lines, each with its line end.
[[nodiscard]] std::string HttpAnswer(std::string_view content_type,
                                     std::string_view body,
                                     std::string_view fields = {});

}  // namespace harness::fake_host
