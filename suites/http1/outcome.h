#pragma once
// Outcome:   what may come of the bytes of a connection: statuses, interim ones too, and what the application at / sees.
// IsAllowed: whether a host that is not the engine may do what it did, when this outcome is allowed.
//
// Such a host may also close its connection before a request that comes later (RFC 9112, 9.5), which is then neither
// answered nor seen. Rows are written so that it can be told which one that was: whatever the application does not see,
// for another application answers it, stands before what it sees; but for requests that the server refuses, with 4xx or 5xx.

#include <string>
#include <vector>

namespace suites::http1 {

inline constexpr int kRefused = 0;  // among answers: any status from 400

struct Outcome {
  std::vector<int> answers = {};
  std::vector<std::string> seen = {};
};

// Not interim.
[[nodiscard]] bool IsFinal(int status);
// Whether a status is the expected one, which may be kRefused.
[[nodiscard]] bool Fits(int status, int expected);
[[nodiscard]] bool IsAllowed(const std::vector<int>& statuses,
                             const std::vector<std::string>& seen,
                             Outcome outcome);

}  // namespace suites::http1
