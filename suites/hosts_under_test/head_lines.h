#pragma once
// HasLine: whether the head of an answer has a line, given as "Name: value", or one of that name, given as "Name".
//
// Names must be as they are written there, of the engine; others may write them in any case (RFC 9110, 5.1).

#include <string_view>

#include "suites/client/answer.h"

namespace suites::hosts_under_test {

[[nodiscard]] bool HasLine(const client::Answer& answer, std::string_view line);

}  // namespace suites::hosts_under_test
