#pragma once
// MeasuredOf: what a record says about the quantity of a rule: a value for each cell that fits it, or the
//             reason why there is none. What is counted over all lines is one value.
//
// Pure: a function of the record. Of what should be there and is not, it never says nothing.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/gate/expression.h"
#include "reports/record/record.h"

namespace reports::gate {

// How far a value can be believed.
enum class Trust {
  Full,
  AtLeast,  // it is this or larger
  AtMost,   // it is this or smaller
  None,     // the load generator does not vouch for it
};

struct Measured {
  std::string
      where;  // the cell, with the loop or the moment where there are several; empty: counted
  std::string cell;     // its id; empty of what no cell has
  std::string_view at;  // the loop or the moment, where there are several: "open", "after_load"
  std::optional<double> value;  // in the unit of the quantity's dimension
  std::string reason;           // why there is no value, or why it is not to be trusted
  Trust trust = Trust::Full;
};

// Nothing when no cell, check or phase fits the selectors.
[[nodiscard]] std::vector<Measured> MeasuredOf(const Expression& expression,
                                               const record::Record& record);

}  // namespace reports::gate
