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
enum class CheckOutcome { Passed, Failed, Error, Crashed, TimedOut, Skipped };
enum class Level { Must, Should };
enum class Loop { Closed, Open };
enum class GeneratorState { Verified, Unverified };
enum class When { Ready, AfterFirstRequest, AfterLoad };

// The words of an enumeration, in the order of its values; declared for each of the above.
template <typename Enum>
[[nodiscard]] std::span<const std::string_view> Words();

template <>
std::span<const std::string_view> Words<CellOutcome>();
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
