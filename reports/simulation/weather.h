#pragma once
// Weather:   what a machine does to windows that are measured one after another, each on a fresh host.
// Simulate:  what the windows of an experiment would have measured in such a weather.
// SimulateBlocks: the same where a host lives for several windows: a sample is the median of its windows,
//                 which is about what a p50 over all of them is.
//
// All of it acts on logarithms, so that 0.02 is 2 %.
//
// Pure, but for the state of the random numbers.

#include <random>
#include <span>
#include <string_view>
#include <vector>

#include "reports/statistics/orders.h"

namespace reports::simulation {

struct Weather {
  std::string_view name;
  double spread = 0.015;  // of one window against the next: the standard deviation
  int tails = 0;          // Student's t with so many degrees of freedom, in place of the normal law
  double drift = 0;       // over the whole run
  double memory = 0;      // AR(1): how much of what disturbs a window stays for the next
  double disturbance = 0;  // the standard deviation of that
  double slow_hosts = 0;  // how many hosts are slow for all their life (where their memory lies, …)
  double slow_by = 0;
  double busy = 0;  // how much of the time a neighbour is at work, for eight windows at a stretch
  double busy_by = 0;
  double last_place = 0;  // the last window of a block is slower
  double grain = 0;       // the clock's resolution
};

// Those that a gate must stand, by name.
[[nodiscard]] std::span<const Weather> Weathers();

// One value for each window of the orders; `effects` has one for each arm.
[[nodiscard]] std::vector<double> Simulate(const Weather& weather,
                                           std::span<const statistics::Order> orders,
                                           std::span<const double> effects,
                                           std::mt19937_64& random);

// For each block a sample of each arm. `rows` orders make a block: a fresh host for each arm, which has a
// window in each of them.
[[nodiscard]] std::vector<std::vector<double>> SimulateBlocks(
    const Weather& weather,
    std::span<const statistics::Order> orders,
    int rows,
    std::span<const double> effects,
    std::mt19937_64& random);

}  // namespace reports::simulation
