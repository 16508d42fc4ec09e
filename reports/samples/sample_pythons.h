#pragma once
// The cells, checks and imports of a sample run of the engine with Python 3.11 and with 3.14, which has interpreters with a GIL of
// their own, and what a neighbour costs there.

#include <vector>

#include "reports/record/record.h"

namespace reports::samples {

[[nodiscard]] std::vector<record::Line> LinesOfTwoPythons();

}  // namespace reports::samples
