#pragma once
// RefusalOf: of a cell that failed, the import that refused, from what the host's log said last: an extension that does not
// load in a sub-interpreter, or one that fails while it is imported. One that is not installed is none.
//
// Pure.

#include <optional>
#include <string>

#include "reports/record/record.h"

namespace reports::upgrade {

struct Refusal {
  std::string package;  // "numpy": what an administrator has installed
  std::string module;   // "numpy._core._multiarray_umath"
  std::string said;     // what Python said of it, in one line
};

// nullopt: it did not fail, or the log does not say that an import was the reason.
[[nodiscard]] std::optional<Refusal> RefusalOf(const record::Cell& cell);

}  // namespace reports::upgrade
