#include "harness/fake_host/faults.h"

#include <fmt/format.h>

#include <charconv>
#include <string>

namespace harness::fake_host {

using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

namespace {

bool SetFlag(Faults& faults, std::string_view name) {
  if (name == "never-ready") return faults.never_ready = true;
  if (name == "garbage-ready") return faults.garbage_ready = true;
  if (name == "ignore-stop") return faults.ignore_stop = true;
  if (name == "leave-child") return faults.leave_child = true;
  if (name == "leave-socket") return faults.leave_socket = true;
  if (name == "wrong-body") return faults.wrong_body = true;
  if (name == "hang") return faults.hang = true;
  if (name == "rubbish") return faults.rubbish = true;
  if (name == "deaf-worker") return faults.deaf_worker = true;
  if (name == "one-by-one") return faults.one_by_one = true;
  if (name == "wrong-place") return faults.wrong_place = true;
  return false;
}

bool SetNumber(Faults& faults, std::string_view name, std::string_view digits) {
  int value = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (problem != std::errc() || end != digits.data() + digits.size()) return false;
  if (name == "slow-start") {
    faults.slow_start = std::chrono::milliseconds(value);
  } else if (name == "exit-at-start") {
    faults.exit_at_start = value;
  } else if (name == "die-after") {
    faults.die_after = value;
  } else if (name == "drop-every") {
    faults.drop_every = value;
  } else if (name == "swap-token-every") {
    faults.swap_token_every = value;
  } else if (name == "leak") {
    faults.leak_kib = value;
  } else if (name == "stall-every") {
    faults.stall_every = value;
  } else {
    return false;
  }
  return true;
}

}  // namespace

Result<Faults> ParseFaults(std::string_view text) {
  Faults faults;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    const size_t equals = word.find('=');
    const bool known = equals == std::string_view::npos
                           ? SetFlag(faults, word)
                           : SetNumber(faults, word.substr(0, equals), word.substr(equals + 1));
    if (!known) {
      return Error{ErrorKind::InvalidInput,
                   fmt::format("'{}' is no fault: harness/fake_host/faults.h lists them", word)};
    }
  }
  return faults;
}

}  // namespace harness::fake_host
