#include "reports/gate/exit_code.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace reports::gate {

namespace {

struct Row {
  int exit_code;
  std::string_view words;
};

constexpr std::array<Row, 7> kRows{{
    {2, "the command was not understood"},
    {78, "a configuration or a rule is wrong"},
    {70, "the harness itself failed"},
    {1, "conformance failed, or a regression is confirmed"},
    {99, "an absolute threshold is broken"},
    {4, "something was not measured"},
    {3, "something could not be decided"},
}};

}  // namespace

int ExitCode(Reason reason) {
  return kRows[static_cast<std::size_t>(reason)].exit_code;
}

std::string_view Words(Reason reason) {
  return kRows[static_cast<std::size_t>(reason)].words;
}

int ExitCodeOf(std::span<const Reason> reasons) {
  const auto highest = std::ranges::min_element(reasons);
  return highest == reasons.end() ? 0 : ExitCode(*highest);
}

int SimpleExitCodeOf(std::span<const Reason> reasons) {
  return reasons.empty() ? 0 : 1;
}

}  // namespace reports::gate
