#include "harness/tour/walk.h"

#include <algorithm>

#include "harness/tour/expectation.h"

namespace harness::tour {

using hosts::base::Deadline;

namespace {

// The path as it will be sent, or as it is written when something is missing to fill it.
std::string Shown(const std::string& path, const Visitor& visitor) {
  const auto filled = Fill(path, visitor);
  return filled ? *filled : path;
}

}  // namespace

StepResult Walk::Take(const Step& step) {
  StepResult result;
  result.name = step.name;
  result.method = step.method;
  result.path = site_.mount + Shown(step.path, visitor_);
  const auto request = WriteRequest(step, site_, visitor_);
  if (!request) {
    result.problem = request.error().Text();
    return result;
  }
  const auto answer = Exchange(site_, *request, Deadline::After(patience_));
  if (!answer) {
    result.failure = answer.error().kind;
    result.problem = answer.error().Text();
    return result;
  }
  result.status = answer->status;
  result.took = answer->took;
  result.worker = answer->Header("X-Wsgilab-Worker").value_or("");
  visitor_.KeepCookies(*answer);
  result.problem = Judge(step.expect, *answer, site_, visitor_);
  for (const Capture& capture : step.captures) {
    auto text = CaptureFrom(capture, *answer, visitor_);
    if (text) {
      visitor_.captured[capture.name] = std::move(*text);
    } else if (!result.problem) {
      result.problem = text.error().Text();
    }
  }
  return result;
}

std::vector<StepResult> Walk::TakeAll(const Tour& tour) {
  std::vector<StepResult> results;
  for (const Step& step : tour.steps) {
    results.push_back(Take(step));
    if (!results.back().status) break;
  }
  return results;
}

std::vector<load::LoadRequest> Walk::LoadRequests(const Tour& tour) const {
  std::vector<load::LoadRequest> requests;
  for (const Step& step : tour.steps) {
    if (!step.is_load) continue;
    auto bytes = WriteRequest(step, site_, visitor_);
    CHECK(bytes.has_value(), "a load step has nothing to fill in");
    const Expectation& expect = step.expect;
    requests.push_back({step.name,
                        std::move(*bytes),
                        {expect.status, expect.body, expect.contains, expect.excludes}});
  }
  return requests;
}

bool HavePassed(const std::vector<StepResult>& steps) {
  return std::all_of(
      steps.begin(), steps.end(), [](const StepResult& step) { return step.has_passed(); });
}

}  // namespace harness::tour
