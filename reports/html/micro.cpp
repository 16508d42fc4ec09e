#include "reports/html/micro.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "reports/html/blocks.h"
#include "reports/html/figure.h"
#include "reports/notation/notation.h"
#include "reports/statistics/percentile.h"

namespace reports::html {

using record::Micro;
using record::Record;

namespace {

// The repetitions of one benchmark.
struct Benchmark {
  std::string name;
  std::string program;
  std::vector<const Micro*> repetitions;
};

std::vector<Benchmark> BenchmarksOf(const Record& record) {
  std::vector<Benchmark> benchmarks;
  for (const Micro& micro : record.micros) {
    const std::string program = micro.program.value_or("");
    auto found = std::ranges::find_if(benchmarks, [&](const Benchmark& known) {
      return known.name == micro.name && known.program == program;
    });
    if (found == benchmarks.end())
      found = benchmarks.insert(benchmarks.end(), Benchmark{micro.name, program, {}});
    found->repetitions.push_back(&micro);
  }
  return benchmarks;
}

std::vector<double> ValuesOf(const Benchmark& benchmark, std::optional<double> Micro::*member) {
  std::vector<double> values;
  for (const Micro* micro : benchmark.repetitions) {
    if (micro->*member) values.push_back(*(micro->*member));
  }
  return values;
}

std::string Nanoseconds(double ns) {
  return ns < 1000 ? fmt::format("{:.3g} ns", ns) : notation::Microseconds(ns / 1e3);
}

Markup TimeCell(const std::optional<double>& ns) {
  return DrawnCell(ns, ns ? Nanoseconds(*ns) : "");
}

std::optional<double> MedianOf(const Benchmark& benchmark, std::optional<double> Micro::*member) {
  return statistics::Median(ValuesOf(benchmark, member));
}

Markup Row(const Benchmark& benchmark) {
  const std::vector<double> times = ValuesOf(benchmark, &Micro::real_ns);
  std::optional<double> least;
  std::optional<double> most;
  if (!times.empty()) {
    least = std::ranges::min(times);
    most = std::ranges::max(times);
  }
  const auto cpu = MedianOf(benchmark, &Micro::cpu_ns);
  const auto items = MedianOf(benchmark, &Micro::items_per_s);
  const auto bytes = MedianOf(benchmark, &Micro::bytes_per_s);
  std::set<std::string> problems;
  for (const Micro* micro : benchmark.repetitions) {
    if (micro->problem) problems.insert(*micro->problem);
  }
  Markup row = Element("th", {{"scope", "row"}}, Element("code", Text(benchmark.name, 200))) +
               TimeCell(MedianOf(benchmark, &Micro::real_ns)) + TimeCell(least) + TimeCell(most);
  for (const std::string& text :
       {cpu ? Nanoseconds(*cpu) : std::string("–"),
        items ? notation::Rate(*items) : std::string("–"),
        bytes ? notation::Kibibytes(*bytes / 1024) + "/s" : std::string("–"),
        std::to_string(times.size()),
        benchmark.program,
        fmt::format("{}", fmt::join(problems, "; "))}) {
    row += Element("td", Text(text, 300));
  }
  return Element("tr", row);
}

}  // namespace

Markup MicroSection(const Record& record) {
  if (record.micros.empty()) return {};
  Markup rows;
  for (const Benchmark& benchmark : BenchmarksOf(record))
    rows += Row(benchmark);
  Markup head = Element("th", {{"scope", "col"}}, "benchmark") + DrawnHead("median", "ns") +
                DrawnHead("least", "ns") + DrawnHead("most", "ns");
  for (const std::string_view name :
       {"CPU", "items", "bytes", "repetitions", "program", "problem"}) {
    head += Element("th", {{"scope", "col"}}, name);
  }
  return Section(
      "micro",
      "Functions by themselves",
      Element("p",
              {{"class", "muted"}},
              "Micro-benchmarks, as Google Benchmark measured them: the time of one call. They say "
              "what a "
              "function costs, not what a request does.") +
          Figure({.kind = "points", .scale = "log", .keeps_table = true},
                 "Time of one call",
                 "micro-benchmarks",
                 Element("table", Element("thead", Element("tr", head)) + Element("tbody", rows))));
}

}  // namespace reports::html
