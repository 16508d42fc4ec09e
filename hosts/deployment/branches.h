#pragma once
// Branches: the conditions (<If>, <ElseIf>, <Else>) of one request, each judged once.
//
// Of <If> and the cases behind it the first that holds counts. Behind one that cannot be judged
// nothing is known but that a case does not hold.
//
// Threads: one at a time.
// Source:  CFG-51.

#include <map>
#include <optional>
#include <set>
#include <string>

#include "hosts/deployment/request_values.h"
#include "hosts/deployment/sections.h"

namespace hosts::deployment {

class Branches {
 public:
  // Null: none can be judged.
  explicit Branches(RequestValues* values) : values_(values) {}

  // nullopt: it cannot be known.
  [[nodiscard]] std::optional<bool> Holds(const Branch* branch);

  // On what those depend that were judged since the last time, and what failed in them.
  [[nodiscard]] std::set<std::string> TakeAsked();
  [[nodiscard]] std::string TakeError();

 private:
  struct Outcome {
    std::optional<bool> holds;
    std::optional<bool> is_taken;  // by it, or by one before it
  };

  [[nodiscard]] Outcome Follow(std::optional<bool> was_taken, const Branch& branch);
  [[nodiscard]] std::optional<bool> Judge(const expressions::Expression& expression);

  RequestValues* values_;
  std::map<const Branch*, Outcome> outcomes_;
  std::string error_;
};

}  // namespace hosts::deployment
