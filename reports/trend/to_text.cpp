#include "reports/trend/to_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <vector>

#include "reports/notation/notation.h"
#include "reports/statistics/percentile.h"

namespace reports::trend {

using Json = nlohmann::ordered_json;

namespace {

constexpr std::size_t kSparks = 40;
constexpr std::size_t kDayLength = 10;  // "2026-01-31"

std::string DayOf(const Run& run) {
  return notation::Instant(run.started_at).substr(0, kDayLength);
}

// "run 21 (2026-02-20, 1a2b3c4)": its place among all runs, from 1.
std::string NameOf(const Trend& trend, std::size_t run) {
  const Run& one = trend.history.runs[run];
  return fmt::format(
      "run {} ({}{}{})", run + 1, DayOf(one), one.revision.empty() ? "" : ", ", one.revision);
}

std::string Percent(double ratio) {
  return fmt::format("{:+.1f} %", 100 * (ratio - 1));
}

// Above this it is as sure as the table of permutations can say.
std::string Surely(double confidence) {
  return confidence > 0.999 ? "confidence above 99.9 %"
                            : fmt::format("confidence {:.1f} %", 100 * confidence);
}

std::string Direction(const SeriesTrend& one, const Change& change) {
  return WorseningOf(*one.series.metric, change) > 1 ? "worse" : "better";
}

std::string NothingFound(const SeriesTrend& one) {
  if (one.series.values.size() < kLeastValues)
    return fmt::format("{} runs are too few to say anything", one.series.values.size());
  if (!one.smallest_step) return "no change, but too few runs to see one in this series alone";
  return fmt::format("no change; one of {:.1f} % half-way would have been seen",
                     100 * *one.smallest_step);
}

bool IsShown(const SeriesTrend& one, Show show) {
  return show == Show::All || !one.changes.empty();
}

std::string GroupMark(const Trend& trend, const SeriesTrend& one) {
  return trend.history.groups.size() < 2 ? "" : fmt::format(" [{}]", one.series.group + 1);
}

std::string RowOf(const Trend& trend, const SeriesTrend& one) {
  const compare::Metric& metric = *one.series.metric;
  std::string text = fmt::format("  {:<16} {}  {} runs, now {}{}\n",
                                 metric.title,
                                 Sparkline(one.series.values, kSparks),
                                 one.series.values.size(),
                                 compare::Written(metric, one.series.values.back()),
                                 GroupMark(trend, one));
  if (one.changes.empty()) return text + fmt::format("    {}\n", NothingFound(one));
  for (const Change& change : one.changes) {
    text += fmt::format("    {} {}\n", Direction(one, change), Sentence(trend, one, change));
  }
  return text;
}

// "Of the series without a change half would have shown one of 3.1 %, and nine of ten one of 6.0 %."
std::string SightText(const Trend& trend) {
  std::vector<double> steps;
  for (const SeriesTrend& one : trend.series) {
    if (one.changes.empty() && one.smallest_step) steps.push_back(*one.smallest_step);
  }
  if (steps.empty()) return {};
  std::ranges::sort(steps);
  return fmt::format(
      "In the {} series without a change, a step half-way would have been seen four times of five "
      "from "
      "{:.1f} % on in half of them, and from {:.1f} % on in nine of ten.\n",
      steps.size(),
      100 * steps[(steps.size() - 1) / 2],
      100 * steps[(steps.size() - 1) * 9 / 10]);
}

std::string Conclusion(const Trend& trend, double margin) {
  const auto changed = std::ranges::count_if(
      trend.series, [](const SeriesTrend& one) { return !one.changes.empty(); });
  return fmt::format(
      "{} of {} series in {} have changed; {} are now worse than before by more than {:g} "
      "%. Of what is called a change, {:g} % may be none.\n",
      changed,
      trend.series.size(),
      notation::Plural(std::ssize(trend.history.runs), "run"),
      WorseNow(trend, margin).size(),
      100 * margin,
      100 * trend.rate);
}

Json ToJson(const Trend& trend, const SeriesTrend& one) {
  Json json{{"cell", one.series.cell},
            {"metric", std::string(one.series.metric->name)},
            {"group", one.series.group},
            {"runs", one.series.runs},
            {"values", one.series.values},
            {"changes", Json::array()}};
  if (one.smallest_step) json["smallest_step"] = *one.smallest_step;
  for (const Change& change : one.changes) {
    const Run& run = trend.history.runs[one.series.runs[change.at]];
    json["changes"].push_back({{"at", change.at},
                               {"run", run.run},
                               {"revision", run.revision},
                               {"before", change.before},
                               {"after", change.after},
                               {"ratio", change.after / change.before},
                               {"direction", Direction(one, change)},
                               {"confidence", change.confidence}});
  }
  return json;
}

// Quoted where it must be.
std::string Csv(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

// As many values as there is room for, each the median of its neighbours.
std::vector<double> Thinned(std::span<const double> values, std::size_t width) {
  if (values.size() <= width) return {values.begin(), values.end()};
  std::vector<double> thin;
  for (std::size_t i = 0; i < width; ++i) {
    const std::size_t begin = i * values.size() / width;
    const std::size_t end = (i + 1) * values.size() / width;
    const auto part = values.subspan(begin, end - begin);
    thin.push_back(*statistics::Median({part.begin(), part.end()}));
  }
  return thin;
}

}  // namespace

std::string Sparkline(std::span<const double> values, std::size_t width) {
  constexpr std::array<std::string_view, 8> kBars{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  if (values.empty()) return {};
  const std::vector<double> thin = Thinned(values, width);
  const auto [least, greatest] = std::ranges::minmax(thin);
  std::string line;
  for (const double value : thin) {
    const double share = greatest > least ? (value - least) / (greatest - least) : 0;
    line += kBars[static_cast<std::size_t>(std::lround(share * (kBars.size() - 1)))];
  }
  return line;
}

std::string Sentence(const Trend& trend, const SeriesTrend& one, const Change& change) {
  const compare::Metric& metric = *one.series.metric;
  return fmt::format("since {}: {}, {} to {} ({})",
                     NameOf(trend, one.series.runs[change.at]),
                     Percent(change.after / change.before),
                     compare::Written(metric, change.before),
                     compare::Written(metric, change.after),
                     Surely(change.confidence));
}

std::string ToText(const Trend& trend, double margin, Show show) {
  std::string text;
  std::string cell;
  for (const SeriesTrend& one : trend.series) {
    if (!IsShown(one, show)) continue;
    if (one.series.cell != cell) text += fmt::format("{}\n", cell = one.series.cell);
    text += RowOf(trend, one);
  }
  if (!text.empty()) text += '\n';
  for (const std::string& remark : trend.remarks)
    text += fmt::format("! {}\n", remark);
  text += SightText(trend);
  return text + Conclusion(trend, margin);
}

std::string ToJson(const Trend& trend, double margin) {
  Json json{{"schema", "wsgilab-trend/1"},
            {"rate", trend.rate},
            {"margin", margin},
            {"runs", Json::array()},
            {"groups", Json::array()},
            {"series", Json::array()},
            {"worse_now", Json::array()},
            {"remarks", trend.remarks}};
  for (const Run& run : trend.history.runs) {
    Json entry{{"run", run.run}, {"file", run.name}, {"started_at", run.started_at}};
    if (!run.revision.empty()) entry["revision"] = run.revision;
    if (run.synthetic) entry["synthetic"] = *run.synthetic;
    json["runs"].push_back(std::move(entry));
  }
  for (const Group& group : trend.history.groups)
    json["groups"].push_back({{"what", group.what}, {"runs", group.runs}});
  for (const SeriesTrend& one : trend.series)
    json["series"].push_back(ToJson(trend, one));
  for (const SeriesTrend* one : WorseNow(trend, margin)) {
    json["worse_now"].push_back(
        {{"cell", one->series.cell},
         {"metric", std::string(one->series.metric->name)},
         {"ratio", one->changes.back().after / one->changes.back().before}});
  }
  return json.dump(1) + "\n";
}

std::string ToCsv(const Trend& trend) {
  std::string text = "cell,metric,group,run,started_at,revision,value,level\n";
  for (const SeriesTrend& one : trend.series) {
    std::size_t level = 0;  // how many changes lie before it
    for (std::size_t i = 0; i < one.series.values.size(); ++i) {
      if (level < one.changes.size() && one.changes[level].at == i) ++level;
      const Run& run = trend.history.runs[one.series.runs[i]];
      text += fmt::format("{},{},{},{},{:.3f},{},{},{}\n",
                          Csv(one.series.cell),
                          one.series.metric->name,
                          one.series.group,
                          Csv(run.run),
                          run.started_at,
                          Csv(run.revision),
                          one.series.values[i],
                          level);
    }
  }
  return text;
}

}  // namespace reports::trend
