#include "harness/load/request_mix.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "hosts/base/check.h"

namespace harness::load {

using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

Result<RequestMix> RequestMix::Of(const std::vector<LoadRequest>& requests) {
  std::int64_t divisor = 0;
  std::int64_t total = 0;
  for (const LoadRequest& request : requests) {
    if (request.weight < 1) {
      return Error{
          ErrorKind::InvalidInput,
          fmt::format(
              "'{}' has the weight {}: weights are 1 and more", request.name, request.weight)};
    }
    divisor = std::gcd(divisor, std::int64_t{request.weight});
    total += request.weight;
  }
  CHECK(divisor > 0, "a mix without a request");
  total /= divisor;
  if (total > kLongestRound) {
    return Error{ErrorKind::InvalidInput,
                 fmt::format("the weights add up to {}: {} is the most", total, kLongestRound)};
  }
  // Each turn everybody gains its weight, and who has most takes the turn and pays for it.
  std::vector<std::int64_t> credit(requests.size(), 0);
  std::vector<std::uint32_t> round;
  round.reserve(static_cast<std::size_t>(total));
  for (std::int64_t turn = 0; turn < total; ++turn) {
    for (std::size_t index = 0; index < requests.size(); ++index)
      credit[index] += requests[index].weight / divisor;
    const auto richest = std::max_element(credit.begin(), credit.end());
    *richest -= total;
    round.push_back(static_cast<std::uint32_t>(richest - credit.begin()));
  }
  return RequestMix(std::move(round));
}

}  // namespace harness::load
