#pragma once
// DeviationsThatBear: the rows of the table of deviations (hosts/deviations) that bear on what is
// explained, each with the lines that it bears on.
//
// Threads: pure.

#include <vector>

#include "hosts/explain/explanation.h"

namespace hosts::explain {

// What is explained: the URLs that were asked for, and what is beside them.
struct ExplainedSite {
  const deployment::Deployment& deployment;
  const std::vector<UrlExplanation>& urls;
  const std::vector<UrlExplanation>& mounts;  // of every virtual host
};

[[nodiscard]] std::vector<ShownDeviation> DeviationsThatBear(const ExplainedSite& site);

}  // namespace hosts::explain
