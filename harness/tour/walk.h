#pragma once
// Walk: one visitor on the tour of a served application.
//
// Owns:    the visitor's cookies and captured texts.
// Threads: one at a time.
// Fails:   a step that does not get its answer is a result like any other, with the problem.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "harness/load/profile.h"
#include "harness/tour/request_writer.h"
#include "harness/tour/tour.h"
#include "hosts/base/result.h"

namespace harness::tour {

struct StepResult {
  std::string name;
  std::string method;
  std::string path;                               // as it was sent, with the mount
  std::optional<int> status;                      // absent: no answer
  std::optional<hosts::base::ErrorKind> failure;  // why there was no answer
  std::chrono::nanoseconds took{0};
  std::optional<std::string> problem;  // absent: as expected
  std::string worker = {};             // what the answer says of its process, when it was asked

  [[nodiscard]] bool has_passed() const { return !problem.has_value(); }
};

class Walk {
 public:
  // `visitor`: somebody who has been here before.
  explicit Walk(Site site,
                std::chrono::milliseconds patience = std::chrono::seconds(30),
                Visitor visitor = {})
      : site_(std::move(site)), patience_(patience), visitor_(std::move(visitor)) {}

  StepResult Take(const Step& step);
  // All steps in order, whatever becomes of each; after one that got no answer, no other.
  std::vector<StepResult> TakeAll(const Tour& tour);
  // The steps that may be repeated, with the cookies the walk has now.
  [[nodiscard]] std::vector<load::LoadRequest> LoadRequests(const Tour& tour) const;

  [[nodiscard]] const Visitor& visitor() const { return visitor_; }

 private:
  Site site_;
  std::chrono::milliseconds patience_;
  Visitor visitor_;
};

[[nodiscard]] bool HavePassed(const std::vector<StepResult>& steps);

}  // namespace harness::tour
