#include "hosts/events/page.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <vector>

#include "hosts/base/letters.h"
#include "hosts/base/nearest_name.h"
#include "hosts/events/table.h"

namespace hosts::events {

namespace {

constexpr std::string_view kIntroduction = R"(# Event codes

Every line of the engine's log carries a code, behind its time and its level:

    2026-01-31T12:00:00.123Z warning H0104 [4711 supervisor] Process 'shop' with pid 4712 ended: exit code 1

`wsgilab-host events H0104` says what a code means; without one it prints this page, and with `--json` the same for programs.
The page is made from the table in [table.cpp](events/table.cpp). A code is never used for another event again.

`LogLevel` decides which levels are written, `ErrorLog` where to. What watches a log of mod_wsgi by its words for the life of
processes and scripts (`Starting process 'NAME'`, `Loading WSGI script`, `Shutdown requested`, `Maximum requests reached`,
`Aborting process` and the like) finds them here (LOG-7).
)";

std::string_view TitleOf(std::string_view hundred) {
  if (hundred == "H01") return "The server and its processes";
  if (hundred == "H02") return "Connections and requests";
  return "Python and applications";
}

}  // namespace

std::string Page() {
  std::string text(kIntroduction);
  std::string_view hundred;
  for (const Event& event : EventTable()) {
    if (event.code.substr(0, 3) != hundred) {
      hundred = event.code.substr(0, 3);
      text += fmt::format("\n## {}: {}xx\n\n", TitleOf(hundred), hundred);
      text += "| code | level | what happened | outcome | what to do |\n|---|---|---|---|---|\n";
    }
    text += fmt::format("| {} | {} | {} | {} | {} |\n",
                        event.code,
                        event.level,
                        event.happened,
                        event.outcome,
                        event.remedy);
  }
  return text;
}

base::Result<std::string> About(std::string_view code) {
  const std::string asked = base::Uppered(code);
  const Event* event = FindEvent(asked);
  if (event == nullptr) {
    std::vector<std::string_view> codes;
    for (const Event& one : EventTable())
      codes.push_back(one.code);
    const auto nearest = base::NearestName(asked, codes);
    return base::Error{
        base::ErrorKind::InvalidInput,
        nearest ? fmt::format("there is no event {}: did you mean {}?", code, *nearest)
                : fmt::format("there is no event {}: a code is H and four digits", code)};
  }
  std::string text = fmt::format("{}  {}\n  {}\n", event->code, event->level, event->happened);
  if (!event->outcome.empty()) text += fmt::format("  Outcome: {}\n", event->outcome);
  text += fmt::format("  What to do: {}\n", event->remedy.empty() ? "nothing." : event->remedy);
  return text;
}

nlohmann::ordered_json ToJson() {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const Event& event : EventTable()) {
    rows.push_back({{"code", event.code},
                    {"level", event.level},
                    {"happened", event.happened},
                    {"outcome", event.outcome},
                    {"remedy", event.remedy}});
  }
  return {{"schema", "wsgilab-events/1"}, {"events", rows}};
}

}  // namespace hosts::events
