#include "suites/chaos/asker.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace suites::chaos {

using hosts::base::Clock;
using hosts::base::ErrorKind;

namespace {

constexpr auto kBetween = std::chrono::milliseconds(10);
constexpr auto kPatience = std::chrono::seconds(60);  // more than any timeout of the host
constexpr std::size_t kMostFaults = 5;
constexpr std::size_t kLargeBody = 200'000;
constexpr int kOneInSoMany = 8;  // has a large body
constexpr std::array kAllowed{200, 500, 502, 503, 504};

}  // namespace

Asker::Asker(int port, std::string path, Expects expects, int number)
    : client_(port, kPatience),
      path_(std::move(path)),
      expects_(expects),
      number_(number),
      asking_(kBetween, [this] { Ask(); }) {}

std::vector<std::string> Asker::faults() const {
  const std::lock_guard lock(mutex_);
  return faults_;
}

std::vector<Clock::time_point> Asker::cuts() const {
  const std::lock_guard lock(mutex_);
  return cuts_;
}

void Asker::Ask() {
  const std::int64_t turn = asked_++;
  const bool is_large = turn % kOneInSoMany == 0;
  // No other request has this token: an answer that was meant for another one is found out.
  const std::string token = fmt::format("{}-{}", number_, turn);
  const std::string path = fmt::format("{}/echo?{}", path_, token);
  const std::string body(is_large ? kLargeBody : 0, 'b');
  Judge(is_large ? client_.Post(path, body) : client_.Get(path),
        fmt::format("{} {}", token, body.size()));
}

void Asker::Judge(const hosts::base::Result<client::Answer>& answer, const std::string& expected) {
  if (!answer) {
    if (answer.error().kind == ErrorKind::Timeout) {
      Note("no answer: " + answer.error().Text());
    } else if (expects_ == Expects::Everything) {
      const std::lock_guard lock(mutex_);
      cuts_.push_back(Clock::now());
    }
    return;
  }
  if (answer->status == 200) {
    if (answer->body != expected) {
      Note(fmt::format("'{}' instead of '{}'", answer->body.substr(0, 80), expected));
    } else {
      ++right_;
    }
    return;
  }
  const bool is_allowed =
      expects_ == Expects::Answers && std::ranges::find(kAllowed, answer->status) != kAllowed.end();
  if (!is_allowed) Note(fmt::format("status {}", answer->status));
}

void Asker::Note(std::string fault) {
  const std::lock_guard lock(mutex_);
  if (faults_.size() < kMostFaults) faults_.push_back(fmt::format("{}: {}", path_, fault));
}

}  // namespace suites::chaos
