#include "reports/record/words.h"

#include <array>

namespace reports::record {

using std::string_view_literals::operator""sv;

template <>
std::span<const std::string_view> Words<CellOutcome>() {
  static constexpr std::array kWords{"ok"sv,
                                     "misconfigured"sv,
                                     "failed"sv,
                                     "not_offered"sv,
                                     "setup_failed"sv,
                                     "crashed"sv,
                                     "timed_out"sv,
                                     "harness_fault"sv};
  return kWords;
}

template <>
std::span<const std::string_view> Words<CheckOutcome>() {
  static constexpr std::array kWords{"passed"sv,
                                     "failed"sv,
                                     "error"sv,
                                     "crashed"sv,
                                     "timed_out"sv,
                                     "skipped"sv,
                                     "setup_failed"sv,
                                     "dependency_failed"sv,
                                     "not_applicable"sv,
                                     "expected_failure"sv};
  return kWords;
}

template <>
std::span<const std::string_view> Words<ImportOutcome>() {
  static constexpr std::array kWords{"works"sv, "fails"sv, "crashes"sv, "hangs"sv, "not_tried"sv};
  return kWords;
}

template <>
std::span<const std::string_view> Words<ReplayOutcome>() {
  static constexpr std::array kWords{"same"sv, "differs"sv, "no_answer"sv, "not_asked"sv};
  return kWords;
}

template <>
std::span<const std::string_view> Words<Level>() {
  static constexpr std::array kWords{"must"sv, "should"sv};
  return kWords;
}

template <>
std::span<const std::string_view> Words<Loop>() {
  static constexpr std::array kWords{"closed"sv, "open"sv};
  return kWords;
}

template <>
std::span<const std::string_view> Words<GeneratorState>() {
  static constexpr std::array kWords{"verified"sv, "lower_bound"sv, "unverified"sv};
  return kWords;
}

template <>
std::span<const std::string_view> Words<When>() {
  static constexpr std::array kWords{
      "ready"sv, "after_first_request"sv, "after_load"sv, "at_requests"sv};
  return kWords;
}

template <>
std::span<const std::string_view> Words<ArmRole>() {
  static constexpr std::array kWords{"baseline"sv, "candidate"sv, "again"sv, "twin"sv, "delayed"sv};
  return kWords;
}

template <>
std::span<const std::string_view> Words<Stopped>() {
  static constexpr std::array kWords{"interrupted"sv, "fault"sv};
  return kWords;
}

template <>
std::span<const std::string_view> Words<RuleStanding>() {
  static constexpr std::array kWords{"held"sv,
                                     "broken"sv,
                                     "not confirmed yet"sv,
                                     "inconclusive"sv,
                                     "nothing measured"sv,
                                     "left out"sv};
  return kWords;
}

}  // namespace reports::record
