// wsgilab-modes: the engine's modes beside one another, in ratios.
//
// Exit code 0: measured, whatever came of it; 1: with --judge, a goal is missed; 2: usage; 70: a host could
// not be measured; 130: interrupted.

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <signal.h>

#include <cstdio>

#include "hosts/base/files.h"
#include "suites/hosts_under_test/chosen_host.h"
#include "suites/modes/mode_comparison.h"

namespace suites::modes {

namespace {

volatile sig_atomic_t was_interrupted = 0;

void Interrupt(int) {
  was_interrupted = 1;
}

struct Asked {
  std::string host = "engine";
  std::vector<std::string> only;
  ComparisonPlan plan;
  int milliseconds = 2000;
  bool must_judge = false;
  std::string out;
};

bool IsAsked(const Asked& asked, const Question& question) {
  return asked.only.empty() || std::ranges::find(asked.only, question.name) != asked.only.end();
}

void Print(const Comparison& comparison) {
  const auto ratios = comparison.Ratios();
  const Question& question = *comparison.question;
  fmt::print("{:<8} {:.3f} ({:.3f} to {:.3f}); goal {} {:.3f}: {}\n         {}\n",
             question.name,
             comparison.Median(),
             ratios.front(),
             ratios.back(),
             question.at_least ? "at least" : "at most",
             question.goal,
             comparison.IsGoalMet() ? "met" : "MISSED",
             question.about);
  std::fflush(stdout);
}

int Run(const Asked& asked) {
  constexpr int kMissed = 1;
  constexpr int kCannot = 70;
  constexpr int kInterrupted = 130;
  nlohmann::ordered_json record{
      {"rounds", asked.plan.rounds}, {"milliseconds", asked.milliseconds}, {"questions", {}}};
  bool is_missed = false;
  for (const Question& question : Questions()) {
    if (!IsAsked(asked, question)) continue;
    if (const auto why_not = WhyNotAsked(question)) {
      fmt::print("{:<8} not asked: {}\n", question.name, *why_not);
      continue;
    }
    auto comparison = CompareModes(question, asked.plan, [] { return was_interrupted != 0; });
    if (was_interrupted != 0) return kInterrupted;
    if (!comparison) {
      fmt::print(stderr, "{}: {}\n", question.name, comparison.error().Text());
      return kCannot;
    }
    Print(*comparison);
    is_missed = is_missed || !comparison->IsGoalMet();
    record["questions"][std::string(question.name)] = {{"about", question.about},
                                                       {"goal", question.goal},
                                                       {"at_least", question.at_least},
                                                       {"median", comparison->Median()},
                                                       {"ours", comparison->ours},
                                                       {"theirs", comparison->theirs}};
  }
  if (!asked.out.empty()) {
    if (auto written = hosts::base::WriteFile(asked.out, record.dump(1) + "\n"); !written) {
      fmt::print(stderr, "{}\n", written.error().Text());
      return kCannot;
    }
  }
  return asked.must_judge && is_missed ? kMissed : 0;
}

}  // namespace

int Main(int argc, char** argv) {
  constexpr int kUsage = 2;
  Asked asked;
  std::vector<std::string> names;
  for (const Question& question : Questions())
    names.emplace_back(question.name);
  CLI::App app(
      "The engine's modes beside one another: ratios of interleaved rounds, median and range. Let "
      "nothing else run.");
  app.add_option("--host", asked.host, "which engine, e.g. engine-3.14 (see wsgilab hosts)")
      ->capture_default_str();
  app.add_option("--only", asked.only, fmt::format("of: {}", fmt::join(names, ", ")))
      ->check(CLI::IsMember(names));
  app.add_option("--rounds", asked.plan.rounds, "of each question")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  app.add_option("--milliseconds", asked.milliseconds, "of each measurement")
      ->capture_default_str()
      ->check(CLI::Range(100, 600'000));
  app.add_flag("--judge", asked.must_judge, "exit code 1 when a goal is missed");
  app.add_option("--out", asked.out, "the result as JSON");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  }
  if (auto chosen = hosts_under_test::ChooseHost(asked.host); !chosen) {
    fmt::print(stderr, "{}\n", chosen.error().Text());
    return kUsage;
  }
  if (!hosts_under_test::IsEngineChosen()) {
    fmt::print(stderr, "--host {}: modes are compared of the engine alone\n", asked.host);
    return kUsage;
  }
  asked.plan.each = std::chrono::milliseconds(asked.milliseconds);
  ::signal(SIGINT, Interrupt);
  ::signal(SIGTERM, Interrupt);
  return Run(asked);
}

}  // namespace suites::modes

int main(int argc, char** argv) {
  return suites::modes::Main(argc, argv);
}
