#pragma once
// HeldRequests: requests that stay inside an application until the check lets them go, and how the check knows
// that they are there.
//
// A script that begins with kWaitInPython has HERE, its directory, and wait(), which says by a file inside-PID that it
// is inside, and returns when there is a file `go` (after a minute in any case).
//
// MeetInside: requests that wait for each other instead.
//
// Threads: one.

#include <cstddef>
#include <string>
#include <string_view>

#include "suites/hosts_under_test/stage.h"

namespace suites::hosting {

inline constexpr std::string_view kWaitInPython = R"(
import os, time
HERE = os.path.dirname(__file__)
def wait():
    open(os.path.join(HERE, f'inside-{os.getpid()}'), 'w').close()
    latest = time.monotonic() + 60
    while not os.path.exists(os.path.join(HERE, 'go')) and time.monotonic() < latest:
        time.sleep(0.002)
)";

// So many processes have, or had, a request that waits, sooner or later.
[[nodiscard]] bool AreInside(const hosts_under_test::Stage& stage, std::size_t processes);
void LetGo(const hosts_under_test::Stage& stage);

// Python for the probe (hosts_under_test::Execute): stays inside until so many requests are, so that no thread can serve two of
// them. Its result is "true", or "false" if they did not come in time. Once for a stage.
[[nodiscard]] std::string MeetInside(int requests);

}  // namespace suites::hosting
