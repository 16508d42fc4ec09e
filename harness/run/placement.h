#pragma once
// Placement: what an application says about where it runs, and whether that is what was asked for.
//
// Fails:   ParsePlacement: an answer that is no such object is InvalidInput.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/adapters/host_adapter.h"
#include "harness/launch/ready.h"
#include "harness/tour/exchange.h"
#include "hosts/base/deadline.h"
#include "hosts/base/result.h"
#include "reports/record/record.h"

namespace harness::run {

// The answer to <mount>/.wsgilab/placement; apps/README.md has its members.
[[nodiscard]] hosts::base::Result<reports::record::PlacementFound> ParsePlacement(
    std::string_view body);

// Asks for it. Closed or Timeout when nobody answers, InvalidInput when the answer is no proof.
[[nodiscard]] hosts::base::Result<reports::record::PlacementFound> AskPlacement(
    const tour::Site& site, hosts::base::Deadline deadline);

// What is known from outside, to hold the answer against.
struct SeenFromOutside {
  launch::Ready ready;
  std::string prefix;  // of the Python environment asked for; "" is any
  // A host whose environ has no names of groups is held against more of what the kernel and the clock say.
  adapters::Provable provable = {};
};

// What the environ of such a host leaves out and its processes tell: which group, by the pid; the main
// interpreter, by its id. The name of a sub-interpreter stays unknown.
void AddGroupsSeen(const launch::Ready& ready, reports::record::PlacementFound& found);

// That it has another GIL than was asked for, in a sentence: where its host runs Python without one, that is none, but for
// interpreters that are to have their own.
enum class GilAsked { ItsOwn, OfItsProcess };
[[nodiscard]] std::optional<std::string> OtherGil(const reports::record::PlacementFound& found,
                                                  GilAsked asked,
                                                  const adapters::Provable& provable);

// In sentences; empty when everything is as it was asked for.
[[nodiscard]] std::vector<std::string> Differences(const reports::record::PlacementAsked& asked,
                                                   const reports::record::PlacementFound& found,
                                                   const SeenFromOutside& seen);

}  // namespace harness::run
