#include "hosts/daemon/front.h"

#include <utility>

#include "hosts/base/check.h"
#include "hosts/daemon/errand.h"
#include "hosts/daemon/group_links.h"

namespace hosts::daemon {

Front::Front(serving::Loop& loop, std::vector<GroupEndpoint> groups) {
  for (auto& group : groups)
    groups_.push_back(std::make_unique<GroupLinks>(loop, std::move(group)));
}

Front::~Front() = default;

std::unique_ptr<serving::Forwarding> Front::Forward(std::string_view group,
                                                    serving::ForwardedRequest& request) {
  for (const auto& candidate : groups_) {
    if (candidate->endpoint().name != group) continue;
    auto errand = std::make_unique<Errand>(*candidate, request);
    candidate->Assign(*errand);
    return errand;
  }
  CHECK(false, "a request was routed to a group that does not exist");
  return nullptr;
}

}  // namespace hosts::daemon
