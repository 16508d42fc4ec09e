#pragma once
// RenderCsv: every number of a record as a table (RFC 4180), a row for each, so that those of many runs can be put under one another:
//
//   run, subject, cell, host, process, interpreter, loading, app, python, metric, unit, value, low, high, n, verified
//
// What is not known is empty. `verified` says how far the number can be believed: yes, at_least, at_most, no. A text that a spreadsheet
// would take for a formula begins with an apostrophe; numbers are as they are. The same record gives the same bytes.

#include <string>

#include "reports/record/record.h"

namespace reports::csv {

[[nodiscard]] std::string RenderCsv(const record::Record& record);

}  // namespace reports::csv
