#include "reports/html/import_strip.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/notation/notation.h"

namespace reports::html {

using record::PlacementFound;

namespace {

constexpr double kWidth = 240;
constexpr double kLeastBar = 3;  // a short import must still be seen

std::string Units(double value) {
  return fmt::format("{:.1f}", value);
}

Markup Bar(std::string_view name, double x, double y, double width, double height) {
  return Element("rect",
                 {{"class", name},
                  {"x", Units(x)},
                  {"y", Units(y)},
                  {"width", Units(width)},
                  {"height", Units(height)}},
                 Markup());
}

Markup Strip(const Markup& bars, std::string_view label) {
  return Element("svg",
                 {{"class", "strip"},
                  {"viewBox", "0 0 240 14"},
                  {"preserveAspectRatio", "none"},
                  {"role", "img"},
                  {"aria-label", label}},
                 bars);
}

bool IsKnown(const PlacementFound& found) {
  return found.process_started_at && found.import_started_at && found.import_finished_at;
}

}  // namespace

double SpanSeconds(const PlacementFound& found) {
  if (!IsKnown(found)) return 0;
  const double start = *found.process_started_at;
  const double end = std::max({*found.import_finished_at,
                               found.ready_at.value_or(start),
                               found.first_request_at.value_or(start)});
  return std::isfinite(end - start) ? std::max(0.0, end - start) : 0;
}

Markup ImportStrip(const PlacementFound& found, double span_seconds) {
  if (!IsKnown(found) || span_seconds <= 0) return {};
  const auto at = [&](double instant) {
    const double share = (instant - *found.process_started_at) / (span_seconds * 1.02);
    return std::clamp(share, 0.0, 1.0) * kWidth;
  };
  Markup bars = Bar("life", 0, 6, kWidth, 2);
  const double import_start = at(*found.import_started_at);
  const double import_end = at(*found.import_finished_at);
  bars += Bar("import", import_start, 3, std::max(kLeastBar, import_end - import_start), 8);
  if (found.ready_at) bars += Bar("ready", at(*found.ready_at), 0, 2, 14);
  if (found.first_request_at) bars += Bar("request", at(*found.first_request_at), 0, 2, 14);
  return Strip(bars, ImportSentence(found));
}

Markup ImportLegend() {
  const auto item = [](const Markup& bars, std::string_view meaning) {
    return Element(
        "li",
        Element(
            "svg", {{"class", "key"}, {"viewBox", "0 0 24 14"}, {"aria-hidden", "true"}}, bars) +
            Text(meaning));
  };
  return Element("ul",
                 {{"class", "legend"}},
                 item(Bar("life", 0, 6, 24, 2), "from the start of the process") +
                     item(Bar("import", 2, 3, 20, 8), "script imported") +
                     item(Bar("ready", 11, 0, 2, 14), "ready") +
                     item(Bar("request", 11, 0, 2, 14), "first request"));
}

std::string ImportSentence(const PlacementFound& found) {
  if (!IsKnown(found)) return "time of import not known";
  const std::string took =
      notation::Milliseconds((*found.import_finished_at - *found.import_started_at) * 1e3);
  if (found.ready_at && *found.import_finished_at <= *found.ready_at) {
    return fmt::format("imported before ready, {}", took);
  }
  if (found.first_request_at && *found.import_started_at >= *found.first_request_at) {
    return fmt::format("imported by first request, {}", took);
  }
  return fmt::format("imported between ready and first request, {}", took);
}

}  // namespace reports::html
