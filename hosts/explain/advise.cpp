#include "hosts/explain/advise.h"

#include <algorithm>

namespace hosts::explain {

namespace {

bool IsSame(const deployment::Origin& a, const deployment::Origin& b) {
  return a.file == b.file && a.line == b.line;
}

bool IsSame(const Advice& a, const Advice& b) {
  return a.id == b.id && a.text == b.text &&
         std::ranges::equal(a.evidence, b.evidence, [](const auto& one, const auto& other) {
           return IsSame(one, other);
         });
}

}  // namespace

void AdviceContext::Add(Advice one) const {
  const bool is_known =
      std::ranges::any_of(advice, [&one](const Advice& other) { return IsSame(one, other); });
  if (!is_known) advice.push_back(std::move(one));
}

bool AdviceContext::IsAlone(const UrlExplanation& explained) const {
  return std::ranges::none_of(mounts, [&explained](const UrlExplanation& other) {
    return !other.script.empty() && other.script != explained.script &&
           other.routing.route.process_group == explained.routing.route.process_group;
  });
}

std::vector<Advice> Advise(const deployment::Deployment& deployment,
                           const std::vector<UrlExplanation>& mounts,
                           deployment::Surroundings& surroundings) {
  std::vector<Advice> advice;
  const AdviceContext context{deployment, mounts, surroundings, advice};
  AdviseOnLoading(context);
  AdviseOnGroups(context);
  AdviseOnLimits(context);
  AdviseOnPython(context);
  AdviseOnInterpreters(context);
  AdviseOnProxies(context);
  AdviseOnServer(context);
  std::ranges::stable_sort(advice, {}, &Advice::weight);
  return advice;
}

}  // namespace hosts::explain
