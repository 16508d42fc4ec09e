#pragma once
// Judge: whether an answer is as a step expects it, and what is not.
// CaptureFrom: the texts that later steps need.
//
// Fails:   Judge says what differs in a sentence, or nothing.

#include <optional>
#include <string>

#include "harness/tour/exchange.h"
#include "harness/tour/request_writer.h"
#include "harness/tour/tour.h"
#include "hosts/base/result.h"

namespace harness::tour {

[[nodiscard]] std::optional<std::string> Judge(const Expectation& expect,
                                               const Answer& answer,
                                               const Site& site,
                                               const Visitor& visitor);

[[nodiscard]] hosts::base::Result<std::string> CaptureFrom(const Capture& capture,
                                                           const Answer& answer,
                                                           const Visitor& visitor);

}  // namespace harness::tour
