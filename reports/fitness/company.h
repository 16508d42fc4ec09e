#pragma once
// Company: how the applications of one configuration get on with each other, as it is, and as it is advised; and that advice.
//
// Pure.

#include <string>
#include <string_view>
#include <vector>

#include "reports/fitness/ready_configuration.h"
#include "reports/record/record.h"

namespace reports::fitness {

// Arrangements of replays.
inline constexpr std::string_view kAsConfigured = "as configured";
inline constexpr std::string_view kAsAdvised = "as advised";

struct Company {
  struct Trouble {
    std::string app;
    std::string request;
    std::string detail;
    bool operator==(const Trouble&) const = default;
  };
  bool was_tried_as_configured = false;
  std::vector<Trouble> as_configured;
  bool was_tried_as_advised = false;
  std::vector<Trouble> as_advised;
};
[[nodiscard]] Company CompanyOf(const record::Record& record);

// Where each application of a record is to be: in the mode that is recommended, in groups of its own; in a daemon process group's main interpreter
// where none can be. The subjects are the record's.
[[nodiscard]] std::vector<Placed> PlacedAsAdvised(const record::Record& record);

// One text for all of them, which is what was tried as advised; empty for a single application, which has its own text.
[[nodiscard]] std::string SiteAsAdvised(const record::Record& record);

// What to write for the record, of however many applications; empty when there is nothing to recommend.
[[nodiscard]] std::string ConfigurationOf(const record::Record& record);

}  // namespace reports::fitness
