#pragma once
// ModuleWatch: which Python modules an application imports when, as its process says between the phases of a cell.
//
// With several processes it keeps to one: the names that another has are not compared with those.
//
// Fails:   never; a list that could not be had leaves its part out.

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/tour/exchange.h"
#include "hosts/base/result.h"
#include "reports/record/record.h"

namespace harness::run {

// What the cell script answers to <mount>/.wsgilab/modules.
struct ModulesThere {
  pid_t pid = 0;
  int before_script = 0;
  int by_script = 0;
  std::vector<std::string> since;  // the script was executed
};

[[nodiscard]] hosts::base::Result<ModulesThere> ParseModules(std::string_view body);

// Those of the second list that are not in the first, in their order.
[[nodiscard]] std::vector<std::string> NewNames(const std::vector<std::string>& before,
                                                const std::vector<std::string>& after);

class ModuleWatch {
 public:
  ModuleWatch() = default;
  ModuleWatch(tour::Site site, int processes, std::chrono::milliseconds patience)
      : site_(std::move(site)), processes_(processes), patience_(patience) {}

  // Of this process; of any, when it is not known.
  void AfterFirstRequests(std::optional<pid_t> process);
  void AfterTour();
  void AfterLoad();

  [[nodiscard]] const std::optional<reports::record::Modules>& seen() const { return seen_; }

 private:
  std::optional<ModulesThere> Ask();
  // What is new since it was asked last.
  std::vector<std::string> News();

  tour::Site site_;
  int processes_ = 1;
  std::chrono::milliseconds patience_{0};
  std::optional<pid_t> process_;
  std::optional<ModulesThere> last_;
  std::optional<reports::record::Modules> seen_;
};

}  // namespace harness::run
