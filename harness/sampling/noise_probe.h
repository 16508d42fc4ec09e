#pragma once
// ProbeNoise: whether this machine does the same work in the same time now: a computing loop and a walk through memory,
// each in many equal pieces, and the time that the hypervisor took away.
//
// The score is the one of `bencher noise`, without its files: 33 * log10 of the weighted coefficients of variation in
// per cent. 0 is a variation of 1 %, 33 of 10 %.
//
// Threads: works on its caller's for about `span`.
// Fails:   never.

#include <chrono>
#include <optional>
#include <span>
#include <string_view>

namespace harness::sampling {

struct Noise {
  double compute_cov = 0;  // standard deviation by mean, of the pieces' times
  double memory_cov = 0;   // the same
  std::optional<double>
      steal_share;  // of the processors' time, by the hypervisor; absent: the kernel does not say
  double score = 0;
};

[[nodiscard]] Noise ProbeNoise(std::chrono::milliseconds span);

// Pure. Without the first tenth of them: a processor warms up. 0 of fewer than two.
[[nodiscard]] double CoefficientOfVariation(std::span<const double> times);
[[nodiscard]] double NoiseScore(double compute_cov, double memory_cov, double steal_share);
// "quiet", "moderate", "noisy", "very noisy".
[[nodiscard]] std::string_view NoiseInAWord(double score);

// Of the first line of /proc/stat, at two instants; nothing when it does not tell, or nothing has passed.
[[nodiscard]] std::optional<double> StealShare(std::string_view before, std::string_view after);

}  // namespace harness::sampling
