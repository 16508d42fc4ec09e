#pragma once
// Advise: what in a configuration is likely to be a mistake, or could be better: each with the rule,
// the line and the text to write. One function for one piece of advice, in advise_*.cpp.
//
// Scripts and virtual environments are looked at where they exist on this machine.

#include <vector>

#include "hosts/explain/explanation.h"

namespace hosts::explain {

// `mounts` are the explanations of every mount of every virtual host.
[[nodiscard]] std::vector<Advice> Advise(const deployment::Deployment& deployment,
                                         const std::vector<UrlExplanation>& mounts,
                                         deployment::Surroundings& surroundings);

struct AdviceContext {
  const deployment::Deployment& deployment;
  const std::vector<UrlExplanation>& mounts;
  deployment::Surroundings& surroundings;
  std::vector<Advice>& advice;

  // The same advice about the same line is given once.
  void Add(Advice one) const;

  // No other script runs in the processes of this one: it can have the main interpreter.
  [[nodiscard]] bool IsAlone(const UrlExplanation& explained) const;
};

// advise_loading.cpp
void AdviseOnLoading(const AdviceContext& context);
// advise_groups.cpp
void AdviseOnGroups(const AdviceContext& context);
// advise_limits.cpp
void AdviseOnLimits(const AdviceContext& context);
// advise_python.cpp
void AdviseOnPython(const AdviceContext& context);
// advise_interpreters.cpp
void AdviseOnInterpreters(const AdviceContext& context);
// advise_proxies.cpp
void AdviseOnProxies(const AdviceContext& context);
// advise_server.cpp
void AdviseOnServer(const AdviceContext& context);

}  // namespace hosts::explain
