#pragma once
// ToursOf: in which kinds of interpreters the tour of each application came to its end, with each Python; where it did not, the import that
// refused.
//
// Pure.

#include <cstdint>
#include <string>
#include <vector>

#include "reports/record/record.h"

namespace reports::upgrade {

// Of one application in one kind of interpreter with one Python, in all modes of that kind.
struct Visits {
  std::int64_t modes = 0;   // that were asked for and that the host has; 0: nobody took the tour
  std::int64_t passed = 0;  // in which each step got the answer that it must get
  std::string not_offered;  // why the host has none of them; empty where it has, or was not asked
  std::string
      refuses;  // the package whose import refused, if one did: of the first mode where one did
  std::string said;  // about that, by Python; else why the first mode did not pass

  [[nodiscard]] bool has_passed() const { return modes > 0 && passed == modes; }
};

struct TourRow {
  std::string app;
  std::string interpreter;   // "main", "sub", "sub-own-gil"
  std::vector<Visits> with;  // each host, in the order of `hosts`
};

// Rows in the order of applications, and of kinds as above; one that no host was asked for is left out.
[[nodiscard]] std::vector<TourRow> ToursOf(const record::Record& record,
                                           const std::vector<std::string>& hosts);

// "The tours of 4 applications pass in each kind of interpreter that each Python has."; or those that do not, with what refuses. `pythons`
// are those of the hosts. Empty where there are no tours.
[[nodiscard]] std::string InWords(const std::vector<TourRow>& rows,
                                  const std::vector<std::string>& pythons);

}  // namespace reports::upgrade
