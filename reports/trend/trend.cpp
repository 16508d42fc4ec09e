#include "reports/trend/trend.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "reports/notation/notation.h"

namespace reports::trend {

namespace {

void SayGroups(const Trend& trend, std::vector<std::string>& remarks) {
  const std::vector<Group>& groups = trend.history.groups;
  if (groups.size() < 2) return;
  remarks.push_back(
      fmt::format("the runs are of {} kinds, and no series goes over two of them: "
                  "what differs between them is no change",
                  groups.size()));
  for (const Group& group : groups) {
    remarks.push_back(
        fmt::format("{}: {}",
                    notation::Plural(static_cast<std::int64_t>(group.runs.size()), "run"),
                    group.what));
  }
}

void SayRuns(const Trend& trend, std::vector<std::string>& remarks) {
  std::set<std::string> seen;
  for (const Run& run : trend.history.runs) {
    if (run.synthetic) remarks.push_back(fmt::format("{}: {}", run.name, *run.synthetic));
    if (!run.complete) remarks.push_back(fmt::format("{} is incomplete", run.name));
    if (!seen.insert(run.run + std::to_string(run.started_at)).second)
      remarks.push_back(fmt::format("{} is there twice: {}", run.run, run.name));
  }
}

// Many sentences that differ in the run alone become one.
void ShortenSynthetic(const Trend& trend, std::vector<std::string>& remarks) {
  const auto synthetic = std::ranges::count_if(
      trend.history.runs, [](const Run& run) { return run.synthetic.has_value(); });
  if (synthetic < 2) return;
  std::erase_if(remarks, [&](const std::string& remark) {
    return std::ranges::any_of(trend.history.runs, [&](const Run& run) {
      return run.synthetic && remark == fmt::format("{}: {}", run.name, *run.synthetic);
    });
  });
  remarks.insert(remarks.begin(),
                 fmt::format("{} of {} are synthetic: wsgilab mock made them up, and nothing of "
                             "them was measured",
                             synthetic,
                             notation::Plural(std::ssize(trend.history.runs), "run")));
}

void SayHowManyAreNeeded(const Trend& trend, std::vector<std::string>& remarks) {
  const auto short_of = std::ranges::count_if(trend.series, [&](const SeriesTrend& one) {
    return one.series.values.size() < trend.fewest_runs;
  });
  if (short_of == 0) return;
  remarks.push_back(fmt::format(
      "{} of {} series have fewer than {} runs, in which a change of one series alone, among so "
      "many that "
      "are asked, could not be told from chance: more runs, or fewer series (--metric, --app, "
      "--mode, -k)",
      short_of,
      trend.series.size(),
      trend.fewest_runs));
}

}  // namespace

double WorseningOf(const compare::Metric& metric, const Change& change) {
  return metric.worse == statistics::Worse::Larger ? change.after / change.before
                                                   : change.before / change.after;
}

Trend FindTrend(std::vector<Run> runs, const Choice& choice, double rate) {
  Trend trend;
  trend.rate = rate;
  trend.history = HistoryOf(std::move(runs), choice);
  std::vector<std::vector<double>> values;
  for (const Series& series : trend.history.series) {
    values.push_back(series.values);
    trend.judged += series.values.size() >= kLeastValues ? 1 : 0;
  }
  trend.fewest_runs = FewestRuns(trend.judged, rate);
  ScanTable table = TableFor(trend.judged, rate);
  auto changes = FindChanges(values, table, rate);
  Sight sight(trend.judged, table, rate);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto step = sight.SmallestStep(values[i], changes[i]);
    trend.series.push_back({std::move(trend.history.series[i]), std::move(changes[i]), step});
  }
  trend.history.series.clear();
  SayRuns(trend, trend.remarks);
  ShortenSynthetic(trend, trend.remarks);
  SayGroups(trend, trend.remarks);
  SayHowManyAreNeeded(trend, trend.remarks);
  return trend;
}

std::vector<const SeriesTrend*> WorseNow(const Trend& trend, double margin) {
  std::vector<const SeriesTrend*> worse;
  for (const SeriesTrend& one : trend.series) {
    if (one.changes.empty()) continue;
    if (WorseningOf(*one.series.metric, one.changes.back()) > 1 + margin) worse.push_back(&one);
  }
  return worse;
}

}  // namespace reports::trend
