#include "reports/html/deviations.h"

#include <fmt/format.h>

#include "reports/html/blocks.h"
#include "reports/notation/notation.h"

namespace reports::html {

using record::Deviation;
using record::Record;

namespace {

Markup Row(const Deviation& deviation) {
  return Element("tr",
                 Element("th", {{"scope", "row"}}, Text(deviation.rule, 200)) +
                     Element("td", TextWithCode(deviation.theirs)) +
                     Element("td", TextWithCode(deviation.ours)) +
                     Element("td", TextWithCode(deviation.why)));
}

Markup Table(std::string_view summary, const std::vector<const Deviation*>& deviations) {
  if (deviations.empty()) return {};
  Markup rows;
  for (const Deviation* deviation : deviations)
    rows += Row(*deviation);
  return Element("details",
                 Element("summary", summary) +
                     Scrolling(summary,
                               Element("table",
                                       HeaderRow({"rule", "mod_wsgi", "wsgilab-host", "why"}) +
                                           Element("tbody", rows))));
}

}  // namespace

Markup DeviationsSection(const Record& record) {
  std::vector<const Deviation*> on_purpose;
  std::vector<const Deviation*> not_yet;
  for (const record::HostVersion& host : record.header.hosts) {
    for (const Deviation& deviation : host.deviations)
      (deviation.kind == record::kNotYet ? not_yet : on_purpose).push_back(&deviation);
  }
  if (on_purpose.empty() && not_yet.empty()) return {};
  return Section("deviations",
                 "Where wsgilab-host differs from mod_wsgi, on purpose",
                 Table(fmt::format("{}: what mod_wsgi does, what wsgilab-host does, and why",
                                   notation::Plural(std::ssize(on_purpose), "difference")),
                       on_purpose) +
                     Table(fmt::format("{} more: not as mod_wsgi yet", not_yet.size()), not_yet));
}

}  // namespace reports::html
