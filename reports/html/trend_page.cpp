#include "reports/html/trend_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "reports/html/blocks.h"
#include "reports/html/still_page.h"
#include "reports/notation/notation.h"
#include "reports/trend/to_text.h"

namespace reports::html {

using trend::Change;
using trend::SeriesTrend;
using trend::Trend;
using verdict::Standing;

namespace {

constexpr double kWidth = 640;
constexpr double kHeight = 120;
constexpr double kEdge = 6;

// Where values stand in the drawing.
class Frame {
 public:
  explicit Frame(const std::vector<double>& values) : count_(values.size()) {
    const auto [least, greatest] = std::ranges::minmax(values);
    least_ = least;
    height_ = greatest > least ? greatest - least : 1;
  }
  [[nodiscard]] double X(double index) const {
    return kEdge +
           (kWidth - 2 * kEdge) * index / std::max<double>(1, static_cast<double>(count_) - 1);
  }
  [[nodiscard]] double Y(double value) const {
    return kHeight - kEdge - (kHeight - 2 * kEdge) * (value - least_) / height_;
  }

 private:
  std::size_t count_;
  double least_ = 0;
  double height_ = 1;
};

Markup Line(double from_x, double from_y, double to_x, double to_y, std::string_view dashes) {
  const auto text = [](double at) { return fmt::format("{:.1f}", at); };
  return Element("line",
                 {{"x1", text(from_x)},
                  {"y1", text(from_y)},
                  {"x2", text(to_x)},
                  {"y2", text(to_y)},
                  {"stroke", "currentColor"},
                  {"stroke-width", "2"},
                  {"stroke-dasharray?", dashes}},
                 Markup());
}

// The level of each part, and a dashed line where the next one begins.
Markup Levels(const SeriesTrend& one, const Frame& frame) {
  Markup lines;
  std::size_t begin = 0;
  const auto add = [&](std::size_t end, double level) {
    lines += Line(frame.X(static_cast<double>(begin)),
                  frame.Y(level),
                  frame.X(static_cast<double>(end) - 1),
                  frame.Y(level),
                  "");
    begin = end;
  };
  for (const Change& change : one.changes) {
    add(change.at, change.before);
    const double x = frame.X(static_cast<double>(change.at) - 0.5);
    lines += Line(x, 0, x, kHeight, "4 3");
  }
  if (!one.changes.empty()) add(one.series.values.size(), one.changes.back().after);
  return lines;
}

Markup Drawing(const SeriesTrend& one) {
  const Frame frame(one.series.values);
  Markup dots;
  for (std::size_t i = 0; i < one.series.values.size(); ++i) {
    dots += Element("circle",
                    {{"cx", fmt::format("{:.1f}", frame.X(static_cast<double>(i)))},
                     {"cy", fmt::format("{:.1f}", frame.Y(one.series.values[i]))},
                     {"r", "2.5"},
                     {"fill", "currentColor"},
                     {"opacity", "0.6"}},
                    Markup());
  }
  return Element(
      "svg",
      {{"viewBox", fmt::format("0 0 {:g} {:g}", kWidth, kHeight)},
       {"role", "img"},
       {"aria-label",
        fmt::format("{} over {} runs", one.series.metric->title, one.series.values.size())}},
      Levels(one, frame) + dots);
}

Markup ValuesTable(const Trend& trend, const SeriesTrend& one) {
  Markup rows;
  for (std::size_t i = 0; i < one.series.values.size(); ++i) {
    const trend::Run& run = trend.history.runs[one.series.runs[i]];
    const bool is_change =
        std::ranges::any_of(one.changes, [&](const Change& change) { return change.at == i; });
    rows += Element("tr",
                    Element("th", {{"scope", "row"}}, Text(run.run, 200)) +
                        Element("td", notation::Instant(run.started_at)) +
                        Element("td", Text(run.revision, 100)) +
                        Element("td", compare::Written(*one.series.metric, one.series.values[i])) +
                        Element("td", is_change ? "a new level begins" : ""));
  }
  return Element("details",
                 Element("summary", "the values") +
                     Scrolling("the values",
                               Element("table",
                                       HeaderRow({"Run", "When", "Revision", "Value", ""}) +
                                           Element("tbody", rows))));
}

Markup ChangedSeries(const Trend& trend, const SeriesTrend& one) {
  Markup sentences;
  for (const Change& change : one.changes) {
    const bool is_worse = trend::WorseningOf(*one.series.metric, change) > 1;
    sentences += Element(
        "li",
        Mark(is_worse ? Standing::Caution : Standing::Good) +
            Element("span",
                    Text((is_worse ? "worse " : "better ") + trend::Sentence(trend, one, change))));
  }
  return Element("h3",
                 BreakableText(one.series.cell) + Text(": ") + Text(one.series.metric->title)) +
         Element("ul", {{"class", "statements"}}, sentences) + Drawing(one) +
         ValuesTable(trend, one);
}

Markup UnchangedTable(const Trend& trend) {
  Markup rows;
  for (const SeriesTrend& one : trend.series) {
    if (!one.changes.empty()) continue;
    rows +=
        Element("tr",
                Element("th", {{"scope", "row"}}, BreakableText(one.series.cell)) +
                    Element("td", one.series.metric->title) +
                    Element("td", fmt::format("{}", one.series.values.size())) +
                    Element("td", compare::Written(*one.series.metric, one.series.values.back())) +
                    Element("td",
                            one.smallest_step ? fmt::format("{:.1f} %", 100 * *one.smallest_step)
                                              : std::string("too few runs")));
  }
  if (rows.is_empty()) return {};
  return Section(
      "unchanged",
      "Without a change",
      Element("p",
              {{"class", "muted"}},
              "Seen: the smallest step half-way that would have been seen four times of five.") +
          Scrolling("series without a change",
                    Element("table",
                            HeaderRow({"Cell", "Metric", "Runs", "Now", "Seen from"}) +
                                Element("tbody", rows))));
}

}  // namespace

std::string RenderTrend(const Trend& trend, double margin) {
  const auto worse = trend::WorseNow(trend, margin).size();
  const std::string headline =
      fmt::format("{}: {} series of {} are now worse than before by more than {:g} %",
                  notation::Plural(std::ssize(trend.history.runs), "run"),
                  worse,
                  trend.series.size(),
                  100 * margin);
  Markup remarks;
  for (const std::string& remark : trend.remarks)
    remarks += Element("li", Mark(Standing::Caution) + Element("span", Text(remark)));
  Markup changed;
  for (const SeriesTrend& one : trend.series) {
    if (!one.changes.empty()) changed += ChangedSeries(trend, one);
  }
  if (changed.is_empty()) changed = Element("p", "No series has changed.");
  return StillPage(headline,
                   worse > 0 ? Standing::Caution : Standing::Good,
                   Element("ul", {{"class", "statements"}}, remarks) +
                       Section("changed", "What has changed", changed) + UnchangedTable(trend));
}

}  // namespace reports::html
