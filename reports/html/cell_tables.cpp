#include "reports/html/cell_tables.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <vector>

#include "reports/html/blocks.h"
#include "reports/notation/notation.h"
#include "reports/verdict/memory_curve.h"

namespace reports::html {

using record::Record;
using record::Resources;
using record::Startup;

namespace {

using Texts = std::vector<std::string>;

std::string Number(const std::optional<double>& value) {
  if (!value) return "–";
  if (*value > 0 && *value < 0.001) return "< 0.001";
  return *value >= 100 ? notation::Count(static_cast<std::int64_t>(*value + 0.5))
                       : fmt::format("{:.3g}", *value);
}

std::string Memory(const std::optional<std::int64_t>& kib) {
  return kib ? notation::Kibibytes(static_cast<double>(*kib)) : "–";
}

// A row whose first column names the cell.
Markup Row(std::string_view cell, const Texts& texts, const Markup& last = {}) {
  Markup row = Element("th", {{"scope", "row"}}, Element("code", BreakableText(cell)));
  for (const std::string& text : texts)
    row += Element("td", text);
  if (!last.is_empty()) row += Element("td", last);
  return Element("tr", row);
}

Markup Table(std::string_view title,
             std::string_view explanation,
             const Texts& columns,
             const Markup& rows) {
  if (rows.is_empty()) return {};
  return Element("h3", title) + Element("p", {{"class", "muted"}}, explanation) +
         Scrolling(title, Element("table", HeaderRow(columns) + Element("tbody", rows)));
}

std::string FromTo(const std::optional<std::int64_t>& from, const std::optional<std::int64_t>& to) {
  return Memory(from) + " → " + Memory(to);
}

// "55 ms", or "13.8 ms to 51.1 ms in 3 processes".
std::string FirstRequests(const Startup& startup) {
  std::vector<double> times;
  for (const record::Worker& worker : startup.workers) {
    if (worker.first_request_ms) times.push_back(*worker.first_request_ms);
  }
  if (times.empty()) return "–";
  const auto [least, most] = std::ranges::minmax(times);
  if (startup.workers.size() == 1) return notation::Milliseconds(least);
  const auto unreached = std::ranges::count(startup.workers, 0, &record::Worker::requests);
  return fmt::format("{} to {} in {}{}",
                     notation::Milliseconds(least),
                     notation::Milliseconds(most),
                     notation::Plural(std::ssize(startup.workers), "process"),
                     unreached == 0 ? "" : fmt::format(", {} never reached", unreached));
}

Markup Names(std::string_view what, const Texts& names) {
  if (names.empty()) return {};
  return Element("dt", what) +
         Element("dd", Text(fmt::format("{}", fmt::join(names, ", ")), 20'000));
}

Markup ModuleNames(const record::Modules& modules) {
  const Markup names = Names("first requests", modules.by_first_requests) +
                       Names("tour", modules.by_tour) + Names("load", modules.by_load);
  if (names.is_empty()) return Text("none");
  return Element("details", Element("summary", "which") + Element("dl", names));
}

}  // namespace

Markup RequestCostsTable(const Record& record) {
  Markup rows;
  for (const Resources& resources : record.resources) {
    if (!resources.per_request) continue;
    const record::RequestCosts& costs = *resources.per_request;
    rows += Row(resources.cell,
                {Number(costs.voluntary_switches),
                 Number(costs.involuntary_switches),
                 Number(costs.minor_faults),
                 Number(costs.major_faults),
                 Number(costs.file_reads),
                 Number(costs.file_writes),
                 Number(costs.system_calls),
                 Number(costs.instructions)});
  }
  return Table("What else a request costs",
               "Counts for each answered request, of all processes of the host together. Switches: "
               "how often a thread "
               "waited, and how often it was made to wait. Faults: pages that had to be brought "
               "in; major: from a disk. "
               "Reads and writes are calls of read, write, sendfile and their kin, not of recv and "
               "send. System calls and "
               "instructions (in user mode) are there where the kernel counts them.",
               {"cell",
                "waits",
                "preemptions",
                "minor faults",
                "major faults",
                "reads",
                "writes",
                "system calls",
                "instructions"},
               rows);
}

Markup MemoryCurveTable(const Record& record) {
  Markup rows;
  for (const record::Cell& cell : record.cells) {
    const verdict::MemoryCurve curve = verdict::CurveOf(record, cell.cell);
    if (curve.points.empty()) continue;
    const Resources& first = *curve.points.front();
    const Resources& last = *curve.points.back();
    rows += Row(cell.cell,
                {notation::Count(*last.requests),
                 FromTo(first.pss_kib, last.pss_kib),
                 FromTo(first.private_dirty_kib, last.private_dirty_kib),
                 FromTo(first.shared_kib, last.shared_kib),
                 curve.still_shared ? fmt::format("{:.0f} %", 100 * *curve.still_shared) : "–",
                 curve.trend ? verdict::InWords(*curve.trend) : "too few points"});
  }
  return Table(
      "Whether memory grows",
      "From ready to the last sample. Shared is a sum over processes. Growth is judged "
      "behind everything that is timed, in the profiles quick and full.",
      {"cell", "requests", "proportional", "private, dirty", "shared", "still shared", "growth"},
      rows);
}

Markup ColdStartTable(const Record& record) {
  Markup rows;
  for (const Startup& startup : record.startups) {
    if (!startup.modules && startup.workers.empty()) continue;
    Texts texts{FirstRequests(startup)};
    if (startup.modules) {
      const record::Modules& modules = *startup.modules;
      for (const auto count : {std::int64_t{modules.before_script},
                               std::int64_t{modules.by_script},
                               static_cast<std::int64_t>(modules.by_first_requests.size()),
                               static_cast<std::int64_t>(modules.by_tour.size()),
                               static_cast<std::int64_t>(modules.by_load.size())}) {
        texts.push_back(notation::Count(count));
      }
    } else {
      texts.insert(texts.end(), 5, "–");
    }
    rows += Row(startup.cell, texts, startup.modules ? ModuleNames(*startup.modules) : Text("–"));
  }
  return Table(
      "What was still to be imported",
      "Python modules, by when they were imported: with the interpreter, with the script, by the "
      "first requests, "
      "by the tour and by the load. What the first requests import, a preloaded script could "
      "import for them. The "
      "first request of each process, beside others that were on their way.",
      {"cell", "first request", "before", "script", "first requests", "tour", "load", "names"},
      rows);
}

}  // namespace reports::html
