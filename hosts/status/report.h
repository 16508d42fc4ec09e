#pragma once
// Report: what the status page shows, collected from the boards at one moment; as JSON for machines
// (status.schema.json) and as HTML for people.
//
// Threads: any.
// Fails:   never. What a process says of itself is left out when it cannot be read.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hosts/status/boards.h"

namespace hosts::status {

struct ShownProcess {
  ProcessRow row;
  std::optional<ProcessFigures> figures;  // nothing: it has not begun, or is newer than this page
};

struct ShownGeneration {
  std::uint32_t number = 0;
  std::string state;
  std::vector<ShownProcess> processes;
};

struct Report {
  std::int64_t at_ms = 0;  // since the epoch
  Supervision supervision;
  std::vector<ShownGeneration> generations;
};

[[nodiscard]] Report Collect(const Boards& boards, std::int64_t now_ms);

[[nodiscard]] std::string ToJson(const Report& report);
[[nodiscard]] std::string ToHtml(const Report& report);

// "2026-01-31T12:00:00.123Z"
[[nodiscard]] std::string Instant(std::int64_t ms_since_epoch);

}  // namespace hosts::status
