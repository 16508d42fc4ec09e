#include "harness/sampling/noise_probe.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "hosts/base/files.h"

namespace harness::sampling {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

constexpr std::chrono::microseconds kPiece{2000};
// Of compute, memory and steal; `bencher` has another .15 for files.
constexpr double kComputeWeight = 0.30 / 0.85;
constexpr double kMemoryWeight = 0.40 / 0.85;
constexpr double kStealWeight = 0.15 / 0.85;

double SecondsOf(Clock::duration span) {
  return std::chrono::duration<double>(span).count();
}

class Computing {
 public:
  void Work(std::int64_t steps) {
    for (std::int64_t step = 0; step < steps; ++step)
      state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    sink_ = state_;
  }

 private:
  std::uint64_t state_ = 1;
  volatile std::uint64_t sink_ = 0;
};

// From cache line to cache line in an order that no prefetcher guesses, through more than most second-level caches hold.
class Walking {
 public:
  Walking() : lines_(kLines) {
    std::vector<std::uint32_t> order(kLines);
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::shuffle(order, std::minstd_rand(1));
    for (std::size_t index = 0; index < kLines; ++index)
      lines_[order[index]].next = order[(index + 1) % kLines];
  }
  void Work(std::int64_t steps) {
    for (std::int64_t step = 0; step < steps; ++step)
      at_ = lines_[at_].next;
    sink_ = at_;
  }

 private:
  struct alignas(64) Line {
    std::uint32_t next = 0;
  };
  static constexpr std::size_t kLines = 8 * 1024 * 1024 / sizeof(Line);
  std::vector<Line> lines_;
  std::uint32_t at_ = 0;
  volatile std::uint32_t sink_ = 0;
};

// How many steps take about a piece.
template <typename Worker>
std::int64_t Calibrate(Worker& worker) {
  for (std::int64_t steps = 1024;; steps *= 2) {
    const auto began = Clock::now();
    worker.Work(steps);
    const auto took = Clock::now() - began;
    if (took * 2 >= kPiece) {
      return std::max<std::int64_t>(1, steps * nanoseconds(kPiece).count() / took.count());
    }
  }
}

template <typename Worker>
double Variation(Worker& worker, Clock::duration span) {
  const std::int64_t steps = Calibrate(worker);
  std::vector<double> times;
  for (const auto end = Clock::now() + span; Clock::now() < end;) {
    const auto began = Clock::now();
    worker.Work(steps);
    times.push_back(SecondsOf(Clock::now() - began));
  }
  return CoefficientOfVariation(times);
}

std::string StatText() {
  auto text = hosts::base::ReadFile("/proc/stat");
  return text ? std::move(*text) : std::string();
}

}  // namespace

double CoefficientOfVariation(std::span<const double> times) {
  times = times.subspan(times.size() / 10);
  if (times.size() < 2) return 0;
  const auto count = static_cast<double>(times.size());
  const double mean = std::accumulate(times.begin(), times.end(), 0.0) / count;
  double squares = 0;
  for (const double time : times)
    squares += (time - mean) * (time - mean);
  return mean > 0 ? std::sqrt(squares / (count - 1)) / mean : 0;
}

double NoiseScore(double compute_cov, double memory_cov, double steal_share) {
  const double per_cent = 100 * (kComputeWeight * compute_cov + kMemoryWeight * memory_cov +
                                 kStealWeight * steal_share);
  return per_cent <= 1 ? 0 : 33 * std::log10(per_cent);
}

std::string_view NoiseInAWord(double score) {
  if (score <= 40) return "quiet";
  if (score <= 55) return "moderate";
  return score <= 70 ? "noisy" : "very noisy";
}

std::optional<double> StealShare(std::string_view before, std::string_view after) {
  // "cpu  user nice system idle iowait irq softirq steal ..."
  const auto read = [](std::string_view text) -> std::optional<std::array<double, 8>> {
    std::istringstream words{std::string(text.substr(0, text.find('\n')))};
    std::string name;
    std::array<double, 8> times{};
    words >> name;
    for (double& time : times)
      words >> time;
    if (!words || name != "cpu") return std::nullopt;
    return times;
  };
  const auto first = read(before);
  const auto last = read(after);
  if (!first || !last) return std::nullopt;
  double all = 0;
  for (std::size_t index = 0; index < first->size(); ++index)
    all += (*last)[index] - (*first)[index];
  if (all <= 0) return std::nullopt;
  return std::max(0.0, (*last)[7] - (*first)[7]) / all;
}

Noise ProbeNoise(std::chrono::milliseconds span) {
  Computing computing;
  Walking walking;
  const std::string before = StatText();
  Noise noise;
  noise.compute_cov = Variation(computing, span / 2);
  noise.memory_cov = Variation(walking, span / 2);
  noise.steal_share = StealShare(before, StatText());
  noise.score = NoiseScore(noise.compute_cov, noise.memory_cov, noise.steal_share.value_or(0));
  return noise;
}

}  // namespace harness::sampling
