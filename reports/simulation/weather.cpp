#include "reports/simulation/weather.h"

#include <cmath>
#include <cstddef>
#include <utility>

#include "reports/statistics/percentile.h"

namespace reports::simulation {

namespace {

constexpr double kBusyWindows = 8;

// The disturbances of one run, window for window.
class Sky {
 public:
  Sky(const Weather& weather, std::mt19937_64& random) : weather_(weather), random_(random) {
    remembered_ = Normal() * weather.disturbance;
    is_busy_ = Chance(weather.busy);
  }

  // What is a host's for all its life.
  double NextHost() { return Own() + (Chance(weather_.slow_hosts) ? weather_.slow_by : 0); }
  // What is the machine's, in the window that comes.
  double NextWindow() {
    const double fresh = std::sqrt(1 - weather_.memory * weather_.memory);
    remembered_ = weather_.memory * remembered_ + fresh * weather_.disturbance * Normal();
    Neighbour();
    return remembered_ + (is_busy_ ? weather_.busy_by : 0);
  }

 private:
  double Normal() { return normal_(random_); }
  bool Chance(double probability) {
    return std::uniform_real_distribution<double>(0, 1)(random_) < probability;
  }
  double Own() {
    if (weather_.tails == 0) return weather_.spread * Normal();
    return weather_.spread * std::student_t_distribution<double>(weather_.tails)(random_);
  }
  // Comes and goes so that he is there as much of the time as the weather says.
  void Neighbour() {
    const double leaves = 1 / kBusyWindows;
    const double comes = leaves * weather_.busy / (1 - weather_.busy);
    if (Chance(is_busy_ ? leaves : comes)) is_busy_ = !is_busy_;
  }

  const Weather& weather_;
  std::mt19937_64& random_;
  std::normal_distribution<double> normal_;
  double remembered_ = 0;
  bool is_busy_ = false;
};

// A latency of about 1 whose logarithm this is, as the clock shows it.
double Read(double log, double grain) {
  const double value = std::exp(log);
  return grain > 0 ? std::round(value / grain) * grain : value;
}

}  // namespace

std::span<const Weather> Weathers() {
  static constexpr Weather kWeathers[] = {
      {.name = "calm"},
      {.name = "drift of 30 % over the run", .drift = 0.3},
      {.name = "AR(1) 0.5, as strong as the spread", .memory = 0.5, .disturbance = 0.015},
      {.name = "AR(1) 0.9, three times the spread", .memory = 0.9, .disturbance = 0.045},
      {.name = "a quarter of the hosts 4 % slower", .slow_hosts = 0.25, .slow_by = 0.04},
      {.name = "heavy tails (Student's t, 2 degrees)", .spread = 0.01, .tails = 2},
      {.name = "a neighbour, 30 % of the time, +20 %", .busy = 0.3, .busy_by = 0.2},
      {.name = "the last window of a block +5 %", .last_place = 0.05},
      {.name = "ties: a clock of 2 %", .grain = 0.02},
      {.name = "all of it at once",
       .spread = 0.01,
       .tails = 3,
       .drift = 0.1,
       .memory = 0.8,
       .disturbance = 0.02,
       .slow_hosts = 0.1,
       .slow_by = 0.03,
       .busy = 0.1,
       .busy_by = 0.1,
       .last_place = 0.01,
       .grain = 0.005},
  };
  return kWeathers;
}

std::vector<double> Simulate(const Weather& weather,
                             std::span<const statistics::Order> orders,
                             std::span<const double> effects,
                             std::mt19937_64& random) {
  std::size_t windows = 0;
  for (const statistics::Order& order : orders)
    windows += order.size();
  Sky sky(weather, random);
  std::vector<double> values;
  values.reserve(windows);
  for (const statistics::Order& order : orders) {
    for (std::size_t place = 0; place < order.size(); ++place) {
      const double time = static_cast<double>(values.size()) / static_cast<double>(windows);
      const bool is_last = place + 1 == order.size();
      const double log = effects[static_cast<std::size_t>(order[place])] + weather.drift * time +
                         (is_last ? weather.last_place : 0) + sky.NextHost() + sky.NextWindow();
      values.push_back(Read(log, weather.grain));
    }
  }
  return values;
}

std::vector<std::vector<double>> SimulateBlocks(const Weather& weather,
                                                std::span<const statistics::Order> orders,
                                                int rows,
                                                std::span<const double> effects,
                                                std::mt19937_64& random) {
  const auto height = static_cast<std::size_t>(rows);
  const std::size_t windows = orders.size() * effects.size();
  std::size_t window = 0;
  Sky sky(weather, random);
  std::vector<std::vector<double>> blocks;
  for (std::size_t first = 0; first + height <= orders.size(); first += height) {
    std::vector<std::vector<double>> logs(effects.size());
    std::vector<double> of_host;
    for (const double effect : effects)
      of_host.push_back(effect + sky.NextHost());
    for (const statistics::Order& order : orders.subspan(first, height)) {
      for (std::size_t place = 0; place < order.size(); ++place) {
        const auto arm = static_cast<std::size_t>(order[place]);
        const double time = static_cast<double>(window++) / static_cast<double>(windows);
        const bool is_last = place + 1 == order.size();
        logs[arm].push_back(of_host[arm] + weather.drift * time +
                            (is_last ? weather.last_place : 0) + sky.NextWindow());
      }
    }
    std::vector<double>& samples = blocks.emplace_back();
    for (std::vector<double>& of_arm : logs)
      samples.push_back(Read(statistics::Median(std::move(of_arm)).value_or(0), weather.grain));
  }
  return blocks;
}

}  // namespace reports::simulation
