#include "suites/containment/neighbour.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "suites/client/http_client.h"

namespace suites::containment {

using hosts::base::Clock;

namespace {

constexpr std::chrono::milliseconds kInterval{20};

double Seconds(Clock::duration span) {
  return std::chrono::duration<double>(span).count();
}

}  // namespace

Neighbour::Neighbour(int port, std::string path)
    : port_(port), path_(std::move(path)), thread_([this] { Run(); }) {}

Neighbour::~Neighbour() {
  Stop();
}

void Neighbour::Stop() {
  {
    const std::lock_guard lock(mutex_);
    must_stop_ = true;
  }
  stop_.notify_one();
  if (thread_.joinable()) thread_.join();
}

bool Neighbour::WaitUntil(Clock::time_point instant) {
  std::unique_lock lock(mutex_);
  return !stop_.wait_until(lock, instant, [this] { return must_stop_; });
}

void Neighbour::Run() {
  client::HttpClient client(port_);
  auto due = Clock::now();
  while (WaitUntil(due)) {
    const auto answer = client.Get(path_);
    longest_s_ = std::max(longest_s_, Seconds(Clock::now() - due));
    Judge(answer);
    ++asked_;
    due += kInterval;
  }
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
