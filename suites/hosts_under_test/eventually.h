#pragma once
// Eventually: waiting for a condition that nobody tells us about, with a deadline.

#include <functional>

#include "hosts/base/deadline.h"

namespace suites::hosts_under_test {

// Whether the condition came true before the deadline; asked every few milliseconds.
[[nodiscard]] bool Eventually(const std::function<bool()>& condition,
                              hosts::base::Deadline deadline);

}  // namespace suites::hosts_under_test
