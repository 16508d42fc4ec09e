#pragma once
// CalibrationFor: what the generator itself can do on this machine, now: the rate it reaches in the closed
// loop against a server that does nothing, which runs beside it in the same process; and the latency that it
// sees there at a low rate, which is its own and the kernel's.
//
// Measured once in a process for each number of connections, in about half a second.
//
// Threads: any; the second waits for the first.
// Fails:   gives nothing when that server cannot be started.

#include <optional>

#include "harness/load/load_result.h"
#include "harness/load/profile.h"

namespace harness::load {

[[nodiscard]] std::optional<Calibration> CalibrationFor(int connections,
                                                        Connecting connecting = Connecting::Once);

}  // namespace harness::load
