#include "harness/run/app_tour.h"

#include "hosts/base/files.h"

namespace harness::run {

hosts::base::Result<tour::Tour> TourOf(const matrix::App& app) {
  if (!app.tour) return tour::PlainTour(app.name, app.url);
  const auto text = hosts::base::ReadFile(*app.tour);
  if (!text) return text.error();
  auto tour = tour::ParseTour(*text);
  if (!tour) return tour.error().While(app.tour->string());
  return tour;
}

}  // namespace harness::run
