#pragma once
// The words of a record: every value that is one of a fixed set, and how it is written.

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace reports::record {

enum class CellOutcome {
  Ok,
  Misconfigured,  // the mode found is not the mode asked for
  Failed,         // the product's fault
  NotOffered,     // this host has no such mode
  SetupFailed,
  Crashed,
  TimedOut,
  HarnessFault,
};
// Failed, Crashed and TimedOut are the host's; SetupFailed: it could not be started for the check; DependencyFailed: what the
// check stands on has failed already, once; Error: the check itself is at fault. ExpectedFailure is known and has a reason.
enum class CheckOutcome {
  Passed,
  Failed,
  Error,
  Crashed,
  TimedOut,
  Skipped,
  SetupFailed,
  DependencyFailed,
  NotApplicable,
  ExpectedFailure,
};

// Whether it speaks against the host or the run.
[[nodiscard]] constexpr bool IsFine(CheckOutcome outcome) {
  switch (outcome) {
    case CheckOutcome::Passed:
    case CheckOutcome::Skipped:
    case CheckOutcome::NotApplicable:
    case CheckOutcome::ExpectedFailure:
    case CheckOutcome::DependencyFailed:  // what it stands on has been counted
      return true;
    case CheckOutcome::Failed:
    case CheckOutcome::Error:
    case CheckOutcome::Crashed:
    case CheckOutcome::TimedOut:
    case CheckOutcome::SetupFailed:
      break;
  }
  return false;
}
// Whether a cell could not be measured for a reason that is not its host's: it is tried again by a run that is gone on with.
[[nodiscard]] constexpr bool IsOwnFault(CellOutcome outcome) {
  return outcome == CellOutcome::SetupFailed || outcome == CellOutcome::HarnessFault;
}

enum class Level { Must, Should };
enum class Loop { Closed, Open };
// LowerBound: the host is at least this good, or a latency at least this long. Unverified: these numbers
// may be the generator's.
enum class GeneratorState { Verified, LowerBound, Unverified };
enum class When { Ready, AfterFirstRequest, AfterLoad, AtRequests };
// What an arm of an experiment is for. Again: the baseline under another name; Twin: the same code under another path and hash
// seed; Delayed: the baseline with a delay that must be found. The last three are controls: they judge the experiment.
enum class ArmRole { Baseline, Candidate, Again, Twin, Delayed };
enum class ImportOutcome { Works, Fails, Crashes, Hangs, NotTried };
enum class ReplayOutcome { Same, Differs, NoAnswer, NotAsked };
// Why a run ended before its time.
enum class Stopped { Interrupted, Fault };
// What became of a rule of the gate. Unconfirmed: it regressed, and was not measured again. LeftOut: it is optional, and there was
// nothing to hold it against.
enum class RuleStanding { Held, Broken, Unconfirmed, Inconclusive, NothingMeasured, LeftOut };

// The words of an enumeration, in the order of its values; declared for each of the above.
template <typename Enum>
[[nodiscard]] std::span<const std::string_view> Words();

template <>
std::span<const std::string_view> Words<CellOutcome>();
template <>
std::span<const std::string_view> Words<ImportOutcome>();
template <>
std::span<const std::string_view> Words<ReplayOutcome>();
template <>
std::span<const std::string_view> Words<CheckOutcome>();
template <>
std::span<const std::string_view> Words<Level>();
template <>
std::span<const std::string_view> Words<Loop>();
template <>
std::span<const std::string_view> Words<GeneratorState>();
template <>
std::span<const std::string_view> Words<When>();
template <>
std::span<const std::string_view> Words<ArmRole>();
template <>
std::span<const std::string_view> Words<Stopped>();
template <>
std::span<const std::string_view> Words<RuleStanding>();

template <typename Enum>
[[nodiscard]] std::string_view Name(Enum value) {
  return Words<Enum>()[static_cast<std::size_t>(value)];
}

template <typename Enum>
[[nodiscard]] std::optional<Enum> FromWord(std::string_view word) {
  const auto words = Words<Enum>();
  const auto found = std::ranges::find(words, word);
  if (found == words.end()) return std::nullopt;
  return static_cast<Enum>(found - words.begin());
}

}  // namespace reports::record
