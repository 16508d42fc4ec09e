#include "reports/compare/to_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/compare/metrics.h"
#include "reports/notation/notation.h"

namespace reports::compare {

namespace {

std::string ArmText(const record::Arm& arm) {
  std::string text = fmt::format("{}/{}/{}", arm.host, arm.mode, arm.app);
  text += fmt::format("  {}", arm.program);
  if (arm.venv) text += fmt::format("  {}", *arm.venv);
  if (arm.delay_us) text += fmt::format("  + {}", notation::Microseconds(*arm.delay_us));
  return text;
}

std::string ArmsOf(const Attempt& attempt) {
  std::string text;
  for (const record::Arm& arm : attempt.plan->arms)
    text += fmt::format("  {:<10} {}\n", arm.name, ArmText(arm));
  return text;
}

std::string BlocksOf(const Attempt& attempt) {
  std::string text = fmt::format("{}, {} of {:.0f} ms for each arm and block",
                                 notation::Plural(attempt.blocks, "block"),
                                 notation::Plural(attempt.plan->windows, "window"),
                                 attempt.plan->window_ms);
  if (attempt.lost > 0) text += fmt::format("; {} lost", notation::Plural(attempt.lost, "block"));
  if (attempt.blocks + attempt.lost < attempt.plan->blocks)
    text += fmt::format("; {} were planned", attempt.plan->blocks);
  if (const std::string hiccups = HiccupsText(attempt); !hiccups.empty()) text += "; " + hiccups;
  return text;
}

std::string Row(const Conclusion& conclusion) {
  const Metric& metric = *FindMetric(conclusion.metric);
  const auto& comparison = conclusion.first.comparison;
  const bool has_interval = std::isfinite(comparison.interval.high) && comparison.interval.low > 0;
  return fmt::format("  {:<16} {:>10} {:>10} {:>9}  {:<18} {}\n",
                     metric.title,
                     Written(metric, conclusion.first.base),
                     Written(metric, conclusion.first.value),
                     ChangeText(comparison.ratio),
                     has_interval ? fmt::format("[{}, {}]",
                                                ChangeText(comparison.interval.low),
                                                ChangeText(comparison.interval.high))
                                  : "too few blocks",
                     Words(conclusion.finding));
}

// What is behind a finding, where the row does not say it all.
std::string Reason(const Conclusion& conclusion) {
  if (conclusion.finding == Finding::NoWorse || conclusion.finding == Finding::Improved) return {};
  return fmt::format("  {}: {}\n", FindMetric(conclusion.metric)->title, conclusion.why);
}

std::string ControlsOf(const Attempt& attempt) {
  std::string text;
  for (const ArmResult& arm : attempt.arms) {
    if (arm.arm.role == record::ArmRole::Candidate) continue;
    for (const std::string_view metric : {"latency_p50_us", "latency_mean_us", "pss_kib"}) {
      const Compared* compared = arm.Find(metric);
      if (compared == nullptr) continue;
      text += fmt::format("  control {:<8} {} {} [{}, {}]\n",
                          arm.arm.name,
                          FindMetric(metric)->title,
                          ChangeText(compared->comparison.ratio),
                          ChangeText(compared->comparison.interval.low),
                          ChangeText(compared->comparison.interval.high));
      break;
    }
  }
  return text;
}

}  // namespace

std::string ChangeText(double ratio) {
  if (!std::isfinite(ratio)) return "?";
  return fmt::format("{:+.1f} %", 100 * (ratio - 1));
}

std::string HiccupsText(const Attempt& attempt) {
  if (!attempt.hiccup_max_us || !attempt.hiccup_median_us) return {};
  return fmt::format("the machine kept a sleeper waiting for up to {}, {} in a typical sample",
                     notation::Microseconds(*attempt.hiccup_max_us),
                     notation::Microseconds(*attempt.hiccup_median_us));
}

std::string ToText(const std::vector<ExperimentResult>& results) {
  std::string text;
  for (const ExperimentResult& result : results) {
    const Attempt& first = result.attempts.front();
    text += fmt::format("{}\n{}", result.experiment, ArmsOf(first));
    for (const Attempt& attempt : result.attempts) {
      text += fmt::format("  {}{}\n",
                          attempt.plan->attempt > 1 ? "repeated in reversed order: " : "",
                          BlocksOf(attempt));
    }
    for (const std::string& problem : result.problems)
      text += fmt::format("  problem: {}\n", problem);
    if (result.conclusions.empty()) {
      text += "  nothing was measured that could be compared\n";
      continue;
    }
    text += fmt::format("\n  {:<16} {:>10} {:>10} {:>9}  {:<18} margin {:.1f} %\n",
                        "",
                        first.plan->arms.front().name,
                        "candidate",
                        "change",
                        "interval",
                        100 * first.plan->margin);
    for (const Conclusion& conclusion : result.conclusions)
      text += Row(conclusion);
    text += ControlsOf(first);
    for (const Conclusion& conclusion : result.conclusions)
      text += Reason(conclusion);
  }
  return text;
}

}  // namespace reports::compare
