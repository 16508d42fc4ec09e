#include "hosts/deviations/page.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace hosts::deviations {

namespace {

constexpr std::string_view kIntroduction = R"(# Where the engine differs from mod_wsgi

mod_wsgi 6.0.5 is the model; its rules are numbered in this project's specification. These tables list where the engine
does something else, and why. A row that is missing here is a fault of the engine.

`wsgilab-host deviations` prints this page; it is made from the table in [table.cpp](deviations/table.cpp).
`wsgilab-host explain` shows the rows that bear on a configuration, and reports hold those of the engine that ran. *Seen*
says where else a row is met: in *explain*; *when read*, as an error or a warning; or in *this table* alone, because no
configuration tells.
)";

constexpr std::string_view kNotYet = R"(
Directives that are not obeyed yet, *not yet* in [their reference](directives/reference.md), are told by `explain` and by
the start.
)";

std::string_view InWords(Seen seen) {
  switch (seen) {
    case Seen::InExplain:
      return "explain";
    case Seen::WhenRead:
      return "when read";
    case Seen::InTheTable:
      return "this table";
  }
  return {};
}

void WriteRows(Kind kind, std::string& text) {
  text += "\n| rule | bears on | mod_wsgi | the engine | why | seen |\n|---|---|---|---|---|---|\n";
  for (const Deviation& row : DeviationTable()) {
    if (row.kind != kind) continue;
    text += fmt::format("| {} | {} | {} | {} | {} | {} |\n",
                        row.rules,
                        InWords(row.bears_on),
                        row.theirs,
                        row.ours,
                        row.why,
                        InWords(SeenWhere(row.bears_on)));
  }
}

}  // namespace

std::string Page() {
  std::string text(kIntroduction);
  text += "\n## On purpose\n";
  WriteRows(Kind::OnPurpose, text);
  text += "\n## Not yet\n";
  text += kNotYet;
  WriteRows(Kind::NotYet, text);
  return text;
}

nlohmann::ordered_json ToJson(const Deviation& row) {
  return {{"id", row.id},
          {"rule", row.rules},
          {"kind", InWords(row.kind)},
          {"bears_on", InWords(row.bears_on)},
          {"seen", InWords(SeenWhere(row.bears_on))},
          {"theirs", row.theirs},
          {"ours", row.ours},
          {"why", row.why}};
}

nlohmann::ordered_json ToJson() {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const Deviation& row : DeviationTable())
    rows.push_back(ToJson(row));
  return {{"schema", "wsgilab-deviations/1"}, {"deviations", rows}};
}

}  // namespace hosts::deviations
