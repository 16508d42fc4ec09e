#include "reports/html/html.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "reports/html/assets.h"
#include "reports/html/blocks.h"
#include "reports/html/charts.h"
#include "reports/html/checks.h"
#include "reports/html/controls.h"
#include "reports/html/detail.h"
#include "reports/html/deviations.h"
#include "reports/html/experiments.h"
#include "reports/html/fitness.h"
#include "reports/html/grids.h"
#include "reports/html/interference.h"
#include "reports/html/isolation.h"
#include "reports/html/markup.h"
#include "reports/html/micro.h"
#include "reports/html/reproduce.h"
#include "reports/html/rules.h"
#include "reports/html/side_by_side.h"
#include "reports/html/summary.h"
#include "reports/html/tables.h"
#include "reports/html/upgrade.h"
#include "reports/notation/notation.h"
#include "reports/verdict/verdict.h"

namespace reports::html {

using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;
using record::Record;

namespace {

// A part of the page; empty when the record has nothing to show in it.
struct Part {
  std::string_view id;
  std::string_view name;  // in the navigation
  Markup (*make)(const Record& record, Detail detail);
};

template <Markup (*make)(const Record&)>
Markup Always(const Record& record, Detail /*detail*/) {
  return make(record);
}

// In the order of the page. A new one is a line here, and a section with that id.
constexpr std::array kParts{
    Part{"rules", "Rules", Always<RulesSection>},
    Part{"modes", "Modes", Always<FitnessSection>},
    Part{"together", "Together", Always<CompanySection>},
    Part{"experiments", "Comparison", Always<ExperimentsSection>},
    Part{"failed", "Failures", FailedCellsSection},
    Part{"findings", "Choices", Always<FindingsSection>},
    Part{"isolation", "Isolation", IsolationSection},
    Part{"placement", "Placement", PlacementSection},
    Part{"latency", "Latency", Always<LatencySection>},
    Part{"throughput", "Throughput", Always<ThroughputSection>},
    Part{"cold-start", "Cold start", Always<ColdStartSection>},
    Part{"memory", "Memory", Always<MemorySection>},
    Part{"interference", "Interference", Always<InterferenceSection>},
    Part{"upgrade", "Upgrade", Always<UpgradeSection>},
    Part{"hosts", "Hosts", SideBySideSection},
    Part{"checks", "Checks", ChecksSection},
    Part{"imports", "Imports", Always<ImportsSection>},
    Part{"answers", "Answers", Always<ReplaysSection>},
    Part{"micro", "Functions", Always<MicroSection>},
    Part{"not-measured", "Not measured", Always<NotMeasuredSection>},
    Part{"cells", "Cells", CellsSection},
    Part{"load", "Load", LoadPhasesSection},
    Part{"deviations", "Deviations", Always<DeviationsSection>},
    Part{"reproduce", "Reproduce", Always<ReproduceSection>},
};

struct Made {
  const Part* part = nullptr;
  Markup section;
};

std::size_t BytesOf(const std::vector<Made>& sections) {
  std::size_t bytes = 0;
  for (const Made& made : sections)
    bytes += made.section.text().size();
  return bytes;
}

std::size_t ElementsOf(const std::vector<Made>& sections) {
  std::ptrdiff_t marks = 0;
  for (const Made& made : sections)
    marks += std::ranges::count(made.section.text(), '<');
  return static_cast<std::size_t>(marks) / 2;
}

bool IsWithin(const PageLimits& limits, const std::vector<Made>& sections) {
  return BytesOf(sections) <= limits.bytes && ElementsOf(sections) <= limits.elements;
}

Markup NoteInsteadOf(const Made& made) {
  const auto bytes = static_cast<std::int64_t>(made.section.text().size());
  return Section(
      made.part->id,
      made.part->name,
      Element(
          "p",
          {{"class", "left-out"}},
          fmt::format("Left out: this part alone would take {} bytes. All of it is in the record.",
                      notation::Count(bytes))));
}

std::vector<Made> MakeAll(const Record& record, Detail detail) {
  std::vector<Made> sections;
  for (const Part& part : kParts) {
    Markup section = part.make(record, detail);
    if (!section.is_empty()) sections.push_back({&part, std::move(section)});
  }
  return sections;
}

// In as much detail as there is room for. Where even the least is too much, the largest sections give way to a note.
std::vector<Made> SectionsOf(const Record& record, const PageLimits& limits) {
  std::vector<Made> sections;
  for (const Detail detail : {Detail::Whole, Detail::Grouped, Detail::Compact, Detail::Least}) {
    sections = MakeAll(record, detail);
    if (IsWithin(limits, sections)) return sections;
  }
  std::vector<Made*> by_size;
  for (Made& made : sections)
    by_size.push_back(&made);
  std::ranges::sort(by_size, std::ranges::greater(), [](const Made* made) {
    return made->section.text().size();
  });
  for (Made* made : by_size) {
    if (IsWithin(limits, sections)) break;
    made->section = NoteInsteadOf(*made);
  }
  return sections;
}

// Nothing is fetched, nothing is sent, and no script runs but ours.
std::string ContentSecurityPolicy() {
  return fmt::format(
      "default-src 'none'; script-src '{}' '{}' '{}'; style-src '{}'; img-src data:; base-uri "
      "'none'; form-action 'none'",
      kChartLibrary.hash,
      kCharts.hash,
      kFilters.hash,
      kStyle.hash);
}

Markup Head(const Record& record) {
  return Markup("<head>\n<meta charset=\"utf-8\">\n") +
         Markup("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n") +
         Markup("<meta name=\"color-scheme\" content=\"light dark\">\n") +
         Markup("<meta http-equiv=\"Content-Security-Policy\" content=\"") +
         Raw(ContentSecurityPolicy()) + Markup("\">\n<link rel=\"icon\" href=\"data:,\">\n") +
         Element("title", Text("wsgilab: " + verdict::Judge(record).headline, 200)) + Markup("\n") +
         Element("style", Raw(kStyle.text)) + Markup("\n</head>\n");
}

Markup Navigation(const std::vector<Made>& sections) {
  Markup links;
  for (const Made& made : sections)
    links += Element("a", {{"href", fmt::format("#{}", made.part->id)}}, made.part->name);
  return Element("nav", {{"aria-label", "Sections"}}, links);
}

Markup Top(const Record& record) {
  return Element("header",
                 Element("p",
                         {{"class", "brand"}},
                         Element("b", "wsgilab") + Markup(" ") + Text(record.header.run, 200)) +
                     Element("div",
                             {{"class", "top"}},
                             Element("div", VerdictSection(record)) +
                                 Element("div",
                                         {{"class", "circumstances"}},
                                         ControlsPanel(record) + NotMeasuredPanel(record) +
                                             FactsPanel(record))) +
                     ForeignSettingsBox(record));
}

// What a newer program wrote, and this one cannot show.
std::string UnknownLines(const Record& record) {
  if (record.unknown.empty()) return {};
  std::set<std::string> types;
  for (const record::UnknownLine& line : record.unknown)
    types.insert(line.type);
  return fmt::format(" {} of types that this version does not know ({}) not shown.",
                     notation::Plural(std::ssize(record.unknown), "line"),
                     notation::List(types));
}

Markup Body(const Record& record, const PageLimits& limits) {
  const std::vector<Made> sections = SectionsOf(record, limits);
  Markup main;
  for (const Made& made : sections)
    main += made.section;
  return Element("a", {{"class", "skip"}, {"href", "#main"}}, "To the figures") + Top(record) +
         Markup("\n") + Navigation(sections) + Markup("\n") +
         Element("main", {{"id", "main"}}, main) + Markup("\n") +
         Element("footer",
                 Text("Made by wsgilab from the run’s record alone. Schema ") +
                     Text(std::to_string(record.header.schema)) + Text(".") +
                     Text(UnknownLines(record), 500));
}

bool SaysNothing(const Record& record) {
  return record.header.plan.cells.empty() && record.cells.empty() && record.checks.empty() &&
         record.experiments.empty() && record.interferences.empty() && record.micros.empty() &&
         record.subjects.empty() && record.rules.empty();
}

}  // namespace

Result<std::string> RenderHtml(const Record& record, const PageLimits& limits) {
  if (SaysNothing(record)) {
    return Error{ErrorKind::InvalidInput,
                 "the record is empty: neither cells nor checks were planned or finished"};
  }
  Markup body = Body(record, limits);
  for (const Asset& script : {kChartLibrary, kCharts, kFilters})
    body += Element("script", Raw(script.text));
  const Markup page = Markup("<!DOCTYPE html>\n<html lang=\"en\">\n") + Head(record) +
                      Element("body", body) + Markup("\n</html>\n");
  return page.text();
}

}  // namespace reports::html
