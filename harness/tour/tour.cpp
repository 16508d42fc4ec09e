#include "harness/tour/tour.h"

namespace harness::tour {

Tour PlainTour(const std::string& app, const std::string& path) {
  Step step;
  step.name = "GET " + path;
  step.method = "GET";
  step.path = path;
  step.is_load = true;
  return {app, {step}};
}

}  // namespace harness::tour
