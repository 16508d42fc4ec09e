// wsgilab-chaos: minutes of random faults, signals, restarts and bad configurations under load, and what held.
//
// Exit code 0: everything held; 1: a fault; 2: usage; 70: the host could not be started; 130: interrupted.

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <signal.h>

#include <cstdio>
#include <random>

#include "hosts/base/files.h"
#include "suites/chaos/chaos.h"

namespace suites::chaos {

namespace {

using nlohmann::ordered_json;

volatile sig_atomic_t was_interrupted = 0;

void Interrupt(int) {
  was_interrupted = 1;
}

ordered_json ToJson(const ChaosResult& result) {
  ordered_json json{
      {"seed", result.seed},
      {"seconds", result.seconds},
      {"deeds", result.deeds},
      {"restarts", result.restarts},
      {"rests", result.rests},
      {"server_kills", result.server_kills},
      {"applications", ordered_json::object()},
      {"supervisor_rss_kib",
       {{"first", result.supervisor_kib_first}, {"last", result.supervisor_kib_last}}},
      {"faults", result.faults}};
  for (const auto& [name, asked] : result.asked) {
    json["applications"][name] = {
        {"asked", asked.asked}, {"right", asked.right}, {"cut", asked.cut}};
  }
  return json;
}

void Print(const ChaosResult& result) {
  int deeds = 0;
  for (const auto& [name, times] : result.deeds)
    deeds += times;
  fmt::print("{:.0f} s of chaos, seed {}: {} deeds, {} restarts, {} rests\n",
             result.seconds,
             result.seed,
             deeds,
             result.restarts,
             result.rests);
  for (const auto& [name, times] : result.deeds)
    fmt::print("  {:4}  {}\n", times, name);
  for (const auto& [name, asked] : result.asked) {
    fmt::print("  {:<9} {} asked, {} right, {} cut ({} server processes killed)\n",
               name,
               asked.asked,
               asked.right,
               asked.cut,
               result.server_kills);
  }
  fmt::print("  supervisor {} KiB at the first rest, {} KiB at the last\n",
             result.supervisor_kib_first,
             result.supervisor_kib_last);
  for (const std::string& fault : result.faults)
    fmt::print("  FAULT: {}\n", fault);
}

}  // namespace

int Main(int argc, char** argv) {
  constexpr int kFault = 1;
  constexpr int kUsage = 2;
  constexpr int kCannot = 70;
  constexpr int kInterrupted = 130;
  constexpr double kMillisecondsPerMinute = 60'000;
  constexpr double kMostMinutes = 24.0 * 60;
  ChaosPlan plan;
  double minutes = 30;
  std::string out;
  plan.seed = std::random_device()();
  CLI::App app(
      "Minutes of random faults, signals, restarts and bad configurations under load: who asks the "
      "applications beside must not notice, and nothing may accumulate");
  app.add_option("--minutes", minutes, "of chaos")
      ->capture_default_str()
      ->check(CLI::Range(0.05, kMostMinutes));
  app.add_option("--seed", plan.seed, "of a run that is to be had again; else another each time");
  app.add_option("--out", out, "the result as JSON");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  }
  plan.duration =
      std::chrono::milliseconds(static_cast<std::int64_t>(minutes * kMillisecondsPerMinute));
  ::signal(SIGINT, Interrupt);
  ::signal(SIGTERM, Interrupt);
  fmt::print("seed {}\n", plan.seed);
  std::fflush(stdout);
  const auto result = RunChaos(plan, [] { return was_interrupted != 0; });
  if (!result) {
    fmt::print(stderr, "{}\n", result.error().Text());
    return kCannot;
  }
  Print(*result);
  if (!out.empty()) {
    if (auto written = hosts::base::WriteFile(out, ToJson(*result).dump(1) + "\n"); !written) {
      fmt::print(stderr, "{}\n", written.error().Text());
      return kCannot;
    }
  }
  if (was_interrupted != 0) return kInterrupted;
  fmt::print("{}\n", result->faults.empty() ? "everything held" : "NOT EVERYTHING HELD");
  return result->faults.empty() ? 0 : kFault;
}

}  // namespace suites::chaos

int main(int argc, char** argv) {
  return suites::chaos::Main(argc, argv);
}
