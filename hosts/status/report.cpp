#include "hosts/status/report.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <utility>

namespace hosts::status {

namespace {

ShownProcess Show(const Boards& boards, const GenerationRow& generation, std::size_t index) {
  ShownProcess shown{generation.processes[index], std::nullopt};
  const ProcessPage* page = boards.page(generation.number, index);
  if (page != nullptr && shown.row.pid != 0) shown.figures = page->Read(shown.row.pid);
  // It knows before the supervisor does.
  if (shown.figures && !shown.figures->end_reason.empty()) shown.row.state = "leaving";
  return shown;
}

}  // namespace

Report Collect(const Boards& boards, std::int64_t now_ms) {
  Report report;
  report.at_ms = now_ms;
  report.supervision = boards.ReadSupervision().value_or(Supervision());
  for (const GenerationRow& generation : report.supervision.generations) {
    ShownGeneration shown{generation.number, generation.state, {}};
    for (std::size_t i = 0; i < generation.processes.size(); ++i) {
      if (generation.processes[i].state == "gone") continue;
      shown.processes.push_back(Show(boards, generation, i));
    }
    report.generations.push_back(std::move(shown));
  }
  return report;
}

// A process may say that it has loaded a script at any time.
std::string Instant(std::int64_t ms_since_epoch) {
  constexpr std::int64_t kEndOfTheYear9999 = 253'402'300'799'999;
  const std::int64_t ms = std::clamp<std::int64_t>(ms_since_epoch, 0, kEndOfTheYear9999);
  const auto seconds = static_cast<std::time_t>(ms / 1000);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(seconds), ms % 1000);
}

}  // namespace hosts::status
