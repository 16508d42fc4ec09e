#pragma once
// Supervision: what the supervisor knows of the processes: which there are, of which generation, since when,
// and how the last ones ended. Values, and the text in which they are published to the status page.
//
// Threads: any.
// Fails:   SupervisionOf: nothing, when the text is no such thing.

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hosts::status {

struct ProcessRow {
  std::string role;        // "server", "daemon", "service" or "status"
  std::string group = {};  // of daemon and service processes
  int threads = 0;         // that answer requests
  int pid = 0;             // 0: there is none now
  // "starting", "ready", "leaving"; there is none now: "awaited"; nor will there be: "gone".
  std::string state = {};
  std::int64_t started_at_ms = 0;  // since the epoch
};

struct GenerationRow {
  std::uint32_t number = 0;
  std::string state;  // "starting", "serving", "leaving" or "stopping"
  std::vector<ProcessRow> processes;
};

struct EndRow {
  std::uint32_t generation = 0;
  std::string role;
  std::string group;
  int pid = 0;
  std::int64_t started_at_ms = 0;
  std::int64_t ended_at_ms = 0;
  std::optional<int> exit_code;  // or
  std::optional<int> signal;
  std::string reason;           // the process's own; empty: it gave none
  bool was_told = false;        // by the supervisor: of a restart, or as everything stops
  std::uint64_t answered = 0;   // requests, in all of its life
  std::uint64_t in_flight = 0;  // when it ended: they were lost
};

struct Supervision {
  int pid = 0;
  std::int64_t started_at_ms = 0;
  std::vector<GenerationRow> generations;  // the newest last
  std::uint64_t ended = 0;                 // processes, so far
  std::deque<EndRow> last_ended;           // the last one first
  bool is_cut = false;                     // there are more processes
};

[[nodiscard]] std::string TextOf(const Supervision& supervision);
[[nodiscard]] std::optional<Supervision> SupervisionOf(std::string_view text);

}  // namespace hosts::status
