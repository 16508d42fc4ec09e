#pragma once
// EventTable: what the codes of the log mean, a row for each: when it is said, what follows, and what
//             to do about it.
//
// Whoever logs with a new code adds a row; scripts/check_docs.py holds the rows against the sources,
// both ways. A code is never used for another event again.
//
// Threads: constant data.

#include <string_view>
#include <vector>

namespace hosts::events {

struct Event {
  std::string_view code;      // "H0104"
  std::string_view level;     // "warning, info"
  std::string_view happened;  // Markdown, without links; a sentence or two
  std::string_view outcome = {};
  std::string_view remedy = {};  // empty: nothing is to be done
};

// In the order of their codes.
[[nodiscard]] const std::vector<Event>& EventTable();
[[nodiscard]] const Event* FindEvent(std::string_view code);  // null: there is none

}  // namespace hosts::events
