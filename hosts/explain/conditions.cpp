#include "hosts/explain/conditions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace hosts::explain {

std::vector<Fact> ConditionsOf(const deployment::Route& route) {
  std::vector<Fact> conditions;
  for (const auto& judged : route.merged.judged) {
    const deployment::Section& section = *judged.section;
    Fact& fact = conditions.emplace_back();
    fact.name = "condition";
    fact.value = judged.holds ? "holds" : "does not hold";
    fact.meaning = fmt::format("{} {}", deployment::AsWritten(section), fact.value);
    if (!judged.depends_on.empty()) {
      fact.meaning += fmt::format("; it depends on {}", fmt::join(judged.depends_on, ", "));
    }
    if (!judged.error.empty()) fact.meaning += fmt::format("; {}", judged.error);
    fact.written = deployment::DirectiveOf(section.conditions.back());
    fact.origin = section.origin;
    fact.rule = "CFG-51";
  }
  return conditions;
}

}  // namespace hosts::explain
