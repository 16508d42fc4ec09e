#include "hosts/deployment/branches.h"

#include <utility>
#include <vector>

namespace hosts::deployment {

std::optional<bool> Branches::Holds(const Branch* branch) {
  std::vector<const Branch*> waiting;
  for (; branch != nullptr && !outcomes_.contains(branch); branch = branch->previous.get())
    waiting.push_back(branch);
  Outcome outcome = branch == nullptr ? Outcome{false, false} : outcomes_[branch];
  for (auto next = waiting.rbegin(); next != waiting.rend(); ++next) {
    outcome = Follow(outcome.is_taken, **next);
    outcomes_[*next] = outcome;
  }
  return outcome.holds;
}

std::set<std::string> Branches::TakeAsked() {
  return values_ == nullptr ? std::set<std::string>() : values_->TakeAsked();
}

std::string Branches::TakeError() {
  return std::exchange(error_, {});
}

Branches::Outcome Branches::Follow(std::optional<bool> was_taken, const Branch& branch) {
  if (was_taken == true) return {false, true};
  const std::optional<bool> says = branch.expression ? Judge(*branch.expression) : true;
  if (says == false) return {false, was_taken};
  if (!was_taken || !says) return {std::nullopt, std::nullopt};
  return {true, true};
}

std::optional<bool> Branches::Judge(const expressions::Expression& expression) {
  if (values_ == nullptr || !expression.foreign().empty()) return std::nullopt;
  expressions::Judged judged = expression.Judge(*values_);
  if (error_.empty()) error_ = std::move(judged.error);
  return judged.holds;
}

}  // namespace hosts::deployment
