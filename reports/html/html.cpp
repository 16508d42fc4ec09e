#include "reports/html/html.h"

#include <fmt/format.h>

#include "reports/html/assets.h"
#include "reports/html/charts.h"
#include "reports/html/deviations.h"
#include "reports/html/experiments.h"
#include "reports/html/fitness.h"
#include "reports/html/grids.h"
#include "reports/html/interference.h"
#include "reports/html/markup.h"
#include "reports/html/side_by_side.h"
#include "reports/html/summary.h"
#include "reports/html/tables.h"
#include "reports/verdict/verdict.h"

namespace reports::html {

using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;
using record::Record;

namespace {

// Nothing is fetched, nothing is sent, and no script runs but ours.
std::string ContentSecurityPolicy() {
  return fmt::format(
      "default-src 'none'; script-src '{}' '{}'; style-src '{}'; img-src data:; base-uri 'none'; "
      "form-action 'none'",
      kChartLibrary.hash,
      kScript.hash,
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

Markup Navigation(const Markup& body) {
  struct Place {
    std::string_view id;
    std::string_view name;
  };
  constexpr Place kPlaces[] = {{"modes", "Modes"},
                               {"together", "Together"},
                               {"experiments", "Comparison"},
                               {"failed", "Failures"},
                               {"findings", "Choices"},
                               {"placement", "Placement"},
                               {"isolation", "Isolation"},
                               {"interference", "Interference"},
                               {"latency", "Latency"},
                               {"throughput", "Throughput"},
                               {"memory", "Memory"},
                               {"cold-start", "Cold start"},
                               {"hosts", "Hosts"},
                               {"checks", "Checks"},
                               {"imports", "Imports"},
                               {"answers", "Answers"},
                               {"cells", "Cells"},
                               {"not-measured", "Not measured"},
                               {"deviations", "Deviations"}};
  Markup links;
  for (const Place& place : kPlaces) {
    if (body.text().find(fmt::format("<section id=\"{}\"", place.id)) == std::string::npos)
      continue;
    links += Element("a", {{"href", fmt::format("#{}", place.id)}}, place.name);
  }
  return Element("nav", {{"aria-label", "Sections"}}, links);
}

Markup Body(const Record& record) {
  const Markup sections =
      FitnessSection(record) + CompanySection(record) + ExperimentsSection(record) +
      FailedCellsSection(record) + FindingsSection(record) + PlacementSection(record) +
      IsolationSection(record) + InterferenceSection(record) + LatencySection(record) +
      ThroughputSection(record) + MemorySection(record) + ColdStartSection(record) +
      SideBySideSection(record) + ChecksSection(record) + ImportsSection(record) +
      ReplaysSection(record) + NotMeasuredSection(record) + CellsSection(record) +
      LoadPhasesSection(record) + DeviationsSection(record);
  const Markup top =
      Element("p",
              {{"class", "brand"}},
              Element("b", "wsgilab") + Markup(" ") + Text(record.header.run, 200)) +
      Element(
          "div", {{"class", "top"}}, Element("div", VerdictSection(record)) + FactsPanel(record)) +
      ForeignSettingsBox(record);
  return Element("header", top) + Markup("\n") + Navigation(sections) + Markup("\n") +
         Element("main", sections) + Markup("\n") +
         Element("footer",
                 Text("Made by wsgilab from the run’s record alone. Schema ") +
                     Text(std::to_string(record.header.schema)) + Text("."));
}

}  // namespace

Result<std::string> RenderHtml(const Record& record) {
  if (record.header.plan.cells.empty() && record.cells.empty() && record.checks.empty() &&
      record.experiments.empty() && record.interferences.empty() && record.subjects.empty()) {
    return Error{ErrorKind::InvalidInput,
                 "the record is empty: neither cells nor checks were planned or finished"};
  }
  const Markup page = Markup("<!DOCTYPE html>\n<html lang=\"en\">\n") + Head(record) +
                      Element("body",
                              Body(record) + Element("script", Raw(kChartLibrary.text)) +
                                  Element("script", Raw(kScript.text))) +
                      Markup("\n</html>\n");
  return page.text();
}

}  // namespace reports::html
