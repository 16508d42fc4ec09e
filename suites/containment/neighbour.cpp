#include "suites/containment/neighbour.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace suites::containment {

using hosts::base::Clock;

namespace {

constexpr std::chrono::milliseconds kInterval{20};

double Seconds(Clock::duration span) {
  return std::chrono::duration<double>(span).count();
}

}  // namespace

Neighbour::Neighbour(int port, std::string path)
    : client_(port), path_(std::move(path)), asking_(kInterval, [this] { Ask(); }) {}

void Neighbour::Ask() {
  const auto answer = client_.Get(path_);
  longest_s_ = std::max(longest_s_, Seconds(Clock::now() - due_));
  Judge(answer);
  ++asked_;
  due_ += kInterval;
}

void Neighbour::Judge(const hosts::base::Result<client::Answer>& answer) {
  if (answer && answer->status == 200) {
    if (first_answer_.empty()) first_answer_ = answer->body;
    if (answer->body == first_answer_) return;
    if (changed_++ == 0) failure_ += fmt::format("{} became {}", first_answer_, answer->body);
    return;
  }
  if (lost_++ > 0) return;
  failure_ += answer ? fmt::format("status {}", answer->status) : answer.error().Text();
}

}  // namespace suites::containment
