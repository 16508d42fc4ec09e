#pragma once
// RequestMix: in which order the requests of a mix take their turns: as often as their weights say, and
// as evenly as can be, the same order each time (smooth weighted round robin).
//
// Weights 3 and 1 give a a b a, not a a a b. Equal weights give the list itself.
//
// Fails:   InvalidInput when a weight is below 1, or they add up to more than kLongestRound.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/load/profile.h"
#include "hosts/base/result.h"

namespace harness::load {

class RequestMix {
 public:
  static constexpr std::int64_t kLongestRound = 100'000;

  [[nodiscard]] static hosts::base::Result<RequestMix> Of(const std::vector<LoadRequest>& requests);

  // The index of the request whose turn it is.
  [[nodiscard]] std::size_t Next() {
    const std::size_t index = round_[turn_];
    turn_ = turn_ + 1 == round_.size() ? 0 : turn_ + 1;
    return index;
  }
  [[nodiscard]] const std::vector<std::uint32_t>& round() const { return round_; }

 private:
  explicit RequestMix(std::vector<std::uint32_t> round) : round_(std::move(round)) {}

  std::vector<std::uint32_t> round_;
  std::size_t turn_ = 0;
};

}  // namespace harness::load
