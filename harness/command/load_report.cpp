#include "harness/command/load_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "reports/notation/notation.h"

namespace harness::command {

using load::Histogram;
using load::LoadResult;
using load::Standing;
using reports::notation::Count;
using reports::notation::Rate;

namespace {

std::string Span(std::int64_t ns) {
  return reports::notation::Microseconds(static_cast<double>(ns) / 1000);
}

// Padded by characters: the micro sign is two bytes.
std::string Right(const std::string& text, std::size_t width) {
  std::size_t characters = 0;
  for (const char byte : text)
    characters += (static_cast<unsigned char>(byte) & 0xc0) == 0x80 ? 0 : 1;
  return std::string(width > characters ? width - characters : 0, ' ') + text;
}

std::string HowOffered(const LoadResult& result) {
  const load::LoadProfile& profile = result.profile;
  std::string text = profile.loop == load::Loop::Closed
                         ? "closed loop"
                         : fmt::format("open loop at {}", Rate(profile.rate_per_s));
  if (profile.ramp_to_per_s) text += fmt::format(" to {}", Rate(*profile.ramp_to_per_s));
  if (profile.loop == load::Loop::Open && profile.arrivals == load::Arrivals::Poisson) {
    text += fmt::format(", Poisson (seed {})", profile.seed);
  }
  text += fmt::format(", {}", reports::notation::Plural(profile.connections, "connection"));
  if (profile.connecting == load::Connecting::ForEachRequest)
    text += ", a new one for each request";
  return text + fmt::format(", {}", reports::notation::Span(result.seconds));
}

// A percentile without enough samples behind it is a dash; one that may be more has a '>' before it.
std::string Row(const std::string& name,
                const Histogram& histogram,
                const std::vector<std::string_view>& lower_bounds) {
  std::string line = fmt::format("  {:<11}", name);
  constexpr std::pair<std::string_view, double> kColumns[] = {
      {"p50", 50}, {"p90", 90}, {"p99", 99}, {"p999", 99.9}};
  const auto add = [&](std::string_view column, const std::string& text) {
    const bool may_be_more =
        std::find(lower_bounds.begin(), lower_bounds.end(), column) != lower_bounds.end();
    line += Right((may_be_more ? ">" : "") + text, 11);
  };
  for (const auto& [column, percentile] : kColumns) {
    add(column, histogram.Supports(percentile) ? Span(histogram.ValueAt(percentile)) : "-");
  }
  add("max", Span(histogram.max_ns()));
  return line + "\n";
}

std::string Generator(const LoadResult& result) {
  const Standing standing = load::StandingOf(result);
  std::string text;
  switch (standing.state) {
    case Standing::State::Verified:
      text = "verified";
      break;
    case Standing::State::LowerBound:
      text = "lower bound: " + standing.reason.value_or("");
      break;
    case Standing::State::Unverified:
      text = "unverified: " + standing.reason.value_or("");
      break;
  }
  text = fmt::format("  generator  {}; it used {:.0f} % of its core", text, 100 * result.cpu_share);
  if (result.calibration) {
    text += fmt::format("; with a server that does nothing it does {}, p50 {} at a low rate",
                        Rate(result.calibration->ceiling_per_s),
                        Span(result.calibration->floor_ns));
  }
  return text + "\n";
}

}  // namespace

std::string RenderLoad(const std::string& url, const LoadResult& result) {
  std::string text = fmt::format("{}: {}\n", url, HowOffered(result));
  text += "  requests   ";
  if (result.profile.loop == load::Loop::Open) {
    text += fmt::format("{} planned = {} sent + {} unsent; ",
                        Count(result.planned),
                        Count(result.sent),
                        Count(result.unsent));
  }
  text += fmt::format("{} sent = {} answered + {} broken off + {} unanswered; {} wrong\n",
                      Count(result.sent),
                      Count(result.done),
                      Count(result.failed),
                      Count(result.unfinished),
                      Count(result.wrong_answers));
  if (result.profile.canary == load::Canary::On) {
    text += fmt::format("  canary     {} with the token of another request, {} without any\n",
                        Count(result.crosstalk),
                        Count(result.lost_tokens));
  }
  text += fmt::format("  rate       {}\n", Rate(result.requests_per_s()));
  text += "             ";
  for (const char* column : {"p50", "p90", "p99", "p99.9", "max"})
    text += Right(column, 11);
  text += "\n" + Row("latency", result.latency, load::LowerBounds(result));
  if (result.profile.loop == load::Loop::Open) {
    text += Row("service", result.service, {});
    text += Row("lateness", result.lateness, {});
  }
  text += Row("first byte", result.first_byte, {});
  text += Row("connect", result.connect, {});
  text += Generator(result);
  if (result.first_problem) text += fmt::format("  the first problem: {}\n", *result.first_problem);
  return text;
}

std::string RenderStep(const load::CapacityStep& step, const load::LatencyLimit& limit) {
  return fmt::format("  {}  p{} {}  {}\n",
                     Right(Rate(step.rate_per_s), 12),
                     limit.percentile,
                     Right(Span(step.result.latency.ValueAt(limit.percentile)), 9),
                     step.why_not ? "no: " + *step.why_not : "held");
}

std::string RenderCapacity(const std::string& url,
                           const load::Capacity& capacity,
                           const load::LatencyLimit& limit) {
  std::string text = fmt::format("{}: ", url);
  const std::string asked =
      fmt::format("p{} below {}", limit.percentile, Span(limit.below.count()));
  if (!capacity.best) {
    text += fmt::format("no rate was found that holds {}\n", asked);
  } else {
    text += fmt::format("{}{} with {}\n",
                        capacity.is_lower_bound ? "at least " : "",
                        Rate(capacity.rate_per_s()),
                        asked);
  }
  if (capacity.why_not) {
    text += fmt::format("  not at {}: {}\n", Rate(capacity.too_high_per_s), *capacity.why_not);
  }
  text += fmt::format("  closed loop: {}\n", Rate(capacity.closed_loop_per_s));
  if (capacity.best) text += RenderLoad(url, *capacity.best);
  return text;
}

}  // namespace harness::command
