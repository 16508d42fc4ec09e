#pragma once
// The sections of a summary: each begins with a heading, or is empty where there is nothing to say. None is longer than its limits allow,
// whatever is in the record: what it leaves out, it counts.

#include <cstddef>
#include <string>
#include <vector>

#include "reports/cases/cases.h"
#include "reports/record/record.h"

namespace reports::markdown {

// How much of each there is room for.
struct Room {
  std::size_t statements;
  std::size_t failures;
  std::size_t compared;      // rows
  std::size_t not_measured;  // rows
  std::size_t commands;
  std::size_t text;      // bytes, of one of them
  std::size_t evidence;  // bytes, all together
};

// The headline, and the statements behind it.
[[nodiscard]] std::string Verdict(const record::Record& record, const Room& room);
// Of somebody's own applications: a verdict for each mode with what speaks against it, and the directives to write.
[[nodiscard]] std::string Modes(const record::Record& record, const Room& room);
// Where, when and with what it was measured: a line.
[[nodiscard]] std::string Circumstances(const record::Record& record, const Room& room);
[[nodiscard]] std::string Failures(const std::vector<cases::Case>& all, const Room& room);
// What of them was sent, received and logged, folded away.
[[nodiscard]] std::string Evidence(const std::vector<cases::Case>& all, const Room& room);
[[nodiscard]] std::string Compared(const record::Record& record, const Room& room);
[[nodiscard]] std::string Choices(const record::Record& record, const Room& room);
// A table for each application, folded away; as long as it is.
[[nodiscard]] std::string Cells(const record::Record& record, const Room& room);
[[nodiscard]] std::string NotMeasured(const record::Record& record, const Room& room);
[[nodiscard]] std::string HowToReproduce(const record::Record& record,
                                         const std::vector<cases::Case>& all,
                                         const Room& room);

}  // namespace reports::markdown
