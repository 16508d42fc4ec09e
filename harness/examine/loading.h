#pragma once
// ParseLoading: where the time goes in which an application is loaded, from the log of a host that was told to profile imports
// (PYTHONPROFILEIMPORTTIME): CPython writes a line for each module, with the time that was its own, and the cell script marks where the
// application's script begins and ends.
//
// The profile makes imports slower by some percent: shares are what it is for.
//
// Pure.
// Fails:   nothing, for a log without both marks.

#include <optional>
#include <string>
#include <vector>

#include "reports/record/record.h"

namespace harness::examine {

[[nodiscard]] std::optional<reports::record::Loading> ParseLoading(
    const std::vector<std::string>& log);

}  // namespace harness::examine
