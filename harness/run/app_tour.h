#pragma once
// TourOf: the tour of an application: its tour.json, or one plain request for somebody's own script.
//
// Fails:   when the file cannot be read or is not understood; the error names it.

#include "harness/matrix/app.h"
#include "harness/tour/tour.h"
#include "hosts/base/result.h"

namespace harness::run {

[[nodiscard]] hosts::base::Result<tour::Tour> TourOf(const matrix::App& app);

}  // namespace harness::run
