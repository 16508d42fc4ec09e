// wsgilab-soak: minutes of load with misbehaving clients, per mode; what good clients saw, and whether
// memory and descriptors stay flat.
//
// Exit code 0: no fault; 1: a fault; 2: usage; 70: the soak could not be made; 130: interrupted.

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <signal.h>
#include <time.h>

#include <cstdio>
#include <map>
#include <string>

#include "hosts/base/files.h"
#include "suites/hosts_under_test/chosen_host.h"
#include "suites/soak/soak.h"

namespace suites::soak {

namespace {

using hosts::deployment::ProcessKind;
using nlohmann::ordered_json;

volatile sig_atomic_t was_interrupted = 0;

void Interrupt(int) {
  was_interrupted = 1;
}

std::string InWords(const std::optional<reports::statistics::Slope>& slope) {
  if (!slope) return "too few samples";
  return fmt::format("{:+.1f} [{:+.1f}, {:+.1f}]", slope->estimate, slope->low, slope->high);
}

ordered_json ToJson(const std::optional<reports::statistics::Slope>& slope) {
  if (!slope) return nullptr;
  return {{"estimate", slope->estimate}, {"low", slope->low}, {"high", slope->high}};
}

ordered_json ToJson(const ProcessHistory& process, double seconds) {
  const Trend trend = TrendOf(process, seconds);
  ordered_json json{{"role", process.role},
                    {"descriptors_at_rest_before", process.descriptors_before},
                    {"descriptors_at_rest_after", process.descriptors_after},
                    {"rss_kib_per_minute", ToJson(trend.kib_per_minute)},
                    {"descriptors_per_minute", ToJson(trend.descriptors_per_minute)},
                    {"samples", ordered_json::array()}};
  for (const Sample& sample : process.samples) {
    json["samples"].push_back({{"second", sample.second},
                               {"rss_kib", sample.rss_kib},
                               {"pss_kib", sample.pss_kib},
                               {"descriptors", sample.descriptors}});
  }
  return json;
}

ordered_json ToJson(const SoakResult& result, const std::vector<std::string>& faults) {
  const auto& load = result.load;
  ordered_json json{{"mode", result.mode},
                    {"seconds", result.seconds},
                    {"capacity_per_second", result.capacity_per_s},
                    {"requests",
                     {{"planned", load.planned},
                      {"sent", load.sent},
                      {"unsent", load.unsent},
                      {"done", load.done},
                      {"wrong", load.wrong_answers},
                      {"failed", load.failed},
                      {"unfinished", load.unfinished}}},
                    {"latency_ns",
                     {{"p50", load.latency.ValueAt(50)},
                      {"p99", load.latency.ValueAt(99)},
                      {"max", load.latency.max_ns()}}},
                    {"misbehaving", ordered_json::object()},
                    {"kept_out", result.kept_out},
                    {"processes", ordered_json::array()},
                    {"faults", faults}};
  for (const auto& [name, visits] : result.misdeeds)
    json["misbehaving"][std::string(name)] = visits;
  for (const ProcessHistory& process : result.processes)
    json["processes"].push_back(ToJson(process, result.seconds));
  return json;
}

void Print(const SoakResult& result, const std::vector<std::string>& faults) {
  const auto& load = result.load;
  std::int64_t visits = 0;
  for (const auto& misdeed : result.misdeeds)
    visits += misdeed.second;
  constexpr double kMillisecond = 1e6;
  fmt::print(
      "{}: {:.0f} s at {:.0f} requests/s (capacity {:.0f}/s); {} answers of good clients, {} "
      "errors; "
      "p50 {:.2f} ms, p99 {:.2f} ms\n  {} visits of misbehaving clients, {} more were not let in "
      "by us\n",
      result.mode,
      result.seconds,
      load.requests_per_s(),
      result.capacity_per_s,
      load.done,
      load.wrong_answers + load.failed + load.unfinished,
      static_cast<double>(load.latency.ValueAt(50)) / kMillisecond,
      static_cast<double>(load.latency.ValueAt(99)) / kMillisecond,
      visits,
      result.kept_out);
  if (constexpr std::int64_t kTolerated = 100; load.unsent > load.planned / kTolerated) {
    fmt::print("  the load was not held: {} of {} requests came too late to be sent\n",
               load.unsent,
               load.planned);
  }
  for (const ProcessHistory& process : result.processes) {
    const Trend trend = TrendOf(process, result.seconds);
    fmt::print(
        "  {:<7} RSS {:.1f} MiB, {} KiB/min; descriptors {}/min, at rest {} before and {} after\n",
        process.role,
        process.samples.empty() ? 0.0 : static_cast<double>(process.samples.back().rss_kib) / 1024,
        InWords(trend.kib_per_minute),
        InWords(trend.descriptors_per_minute),
        process.descriptors_before,
        process.descriptors_after);
  }
  for (const std::string& fault : faults)
    fmt::print("  FAULT: {}\n", fault);
  std::fflush(stdout);
}

struct Asked {
  double minutes = 10;
  std::vector<std::string> modes{"embedded", "daemon"};
  std::string out;
  double kib_per_minute = *Allowances{}.kib_per_minute;
  SoakPlan plan;
};

// Empty: they can be had, or were not asked for.
std::string WhyNoOwnGils(const SoakPlan& plan) {
  if (plan.own_gils == OwnGils::None) return "";
  if (plan.interpreters == 0) return "--own-gils is about --interpreters, of which there are none";
  const hosts_under_test::Place place{.process = ProcessKind::Embedded,
                                      .interpreter = hosts::deployment::InterpreterKind::SubOwnGil};
  return hosts_under_test::WhyNotOffered(place).value_or("");
}

int Run(const Asked& asked) {
  constexpr int kFault = 1;
  constexpr int kCannot = 70;
  constexpr int kInterrupted = 130;
  ordered_json all{{"share", asked.plan.share},
                   {"misbehaving", asked.plan.misbehaving},
                   {"allowed_kib_per_minute", nullptr},
                   {"modes", ordered_json::array()}};
  if (const auto why = hosts_under_test::WhyNotInstalled()) {
    fmt::print(stderr, "{}\n", *why);
    return kCannot;
  }
  if (const std::string why = WhyNoOwnGils(asked.plan); !why.empty()) {
    fmt::print(stderr, "{}\n", why);
    return kCannot;
  }
  // A sanitizer keeps what was freed, and shadows what is used: its memory says nothing of ours.
  const bool is_memory_judged = !hosts_under_test::IsHostSanitized();
  if (is_memory_judged) all["allowed_kib_per_minute"] = asked.kib_per_minute;
  all["python"] = hosts_under_test::PythonOfHost();
  fmt::print(
      "the engine with Python {}{}\n",
      hosts_under_test::PythonOfHost(),
      is_memory_judged ? "" : ", built with a sanitizer: its memory is told, and not judged");
  bool has_faults = false;
  for (const std::string& mode : asked.modes) {
    SoakPlan plan = asked.plan;
    plan.place = mode == "daemon" ? ProcessKind::Daemon : ProcessKind::Embedded;
    auto result = RunSoak(plan, [] { return was_interrupted != 0; });
    if (!result) {
      fmt::print(stderr, "{}: {}\n", mode, result.error().Text());
      return kCannot;
    }
    if (was_interrupted != 0) return kInterrupted;
    Allowances allowed = AllowancesFor(plan);
    allowed.kib_per_minute = is_memory_judged ? std::optional(asked.kib_per_minute) : std::nullopt;
    const auto faults = FaultsOf(*result, allowed);
    has_faults = has_faults || !faults.empty();
    Print(*result, faults);
    all["modes"].push_back(ToJson(*result, faults));
  }
  if (!asked.out.empty()) {
    if (auto written = hosts::base::WriteFile(asked.out, all.dump(1) + "\n"); !written) {
      fmt::print(stderr, "{}\n", written.error().Text());
      return kCannot;
    }
  }
  fmt::print("{}\n", has_faults ? "NOT FLAT, OR NOT RIGHT: see the faults above" : "no fault");
  return has_faults ? kFault : 0;
}

}  // namespace

int Main(int argc, char** argv) {
  constexpr int kUsage = 2;
  constexpr double kMillisecondsPerMinute = 60'000;
  constexpr double kMostMinutes = 24.0 * 60;
  Asked asked;
  CLI::App app(
      "Minutes of load with misbehaving clients: good clients see no error, memory and descriptors "
      "stay flat (Theil-Sen slope with its 95 % interval, behind the first quarter)");
  app.add_option("--minutes", asked.minutes, "of the load in each mode")
      ->capture_default_str()
      ->check(CLI::Range(0.1, kMostMinutes));
  app.add_option("--mode", asked.modes, "embedded, daemon")
      ->capture_default_str()
      ->check(CLI::IsMember({"embedded", "daemon"}));
  app.add_option("--share", asked.plan.share, "of the capacity, which is found first")
      ->capture_default_str()
      ->check(CLI::Range(0.01, 1.0));
  app.add_option(
         "--misbehaving", asked.plan.misbehaving, "clients that misbehave, a share of all requests")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0));
  app.add_option("--threads", asked.plan.threads, "of the process that answers")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  app.add_option("--interpreters",
                 asked.plan.interpreters,
                 "sub-interpreters of that process, asked in turn with the main one")
      ->capture_default_str()
      ->check(CLI::Range(0, 64));
  app.add_option("--own-gils",
                 asked.plan.own_gils,
                 "which of them have a GIL of their own: none, all, every-other")
      ->transform(CLI::CheckedTransformer(std::map<std::string, OwnGils>{
          {"none", OwnGils::None}, {"all", OwnGils::All}, {"every-other", OwnGils::EveryOther}}));
  app.add_option("--kib-per-minute", asked.kib_per_minute, "by which memory may seem to grow")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  app.add_option("--out", asked.out, "the result as JSON");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  }
  asked.plan.duration =
      std::chrono::milliseconds(static_cast<std::int64_t>(asked.minutes * kMillisecondsPerMinute));
  ::signal(SIGINT, Interrupt);
  ::signal(SIGTERM, Interrupt);
  return Run(asked);
}

}  // namespace suites::soak

int main(int argc, char** argv) {
  return suites::soak::Main(argc, argv);
}
