#pragma once
// Rule:       what must hold of a run, and where that is written.
// ReadRules:  a file of rules, TOML:
//
//   [[rule]]
//   name = "Django stays fast"        # what it is called in reports; without it, the expression
//   expect = "latency{mode=daemon/*,app=django_accounts}: p(99) <= baseline * 1.05"
//   optional = true                   # left out where there is nothing to hold it against (left_out.h)
//
// rules.md says what can be expected.
//
// Fails:   file:line:column, what is wrong there, and what to write. A file without a rule is refused.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/base/result.h"
#include "reports/gate/expression.h"

namespace reports::gate {

struct Rule {
  std::string name;
  Expression expression;
  bool is_optional = false;
  hosts::base::SourcePosition where;  // of the expression
};

[[nodiscard]] std::string PlaceOf(const Rule& rule);  // "gate.toml:3:11"

[[nodiscard]] hosts::base::Result<std::vector<Rule>> ReadRules(const std::filesystem::path& path);

// The same, from text; `file` stands in errors.
[[nodiscard]] hosts::base::Result<std::vector<Rule>> ParseRules(std::string_view text,
                                                                std::string_view file);

// What a run can be asked.
struct Askable {
  bool cells = true;
  bool checks = true;
  bool baseline = false;
};

// The rules that are asked where nobody wrote any: of what there is, and nothing else.
[[nodiscard]] std::string DefaultRulesText(const Askable& askable);
[[nodiscard]] std::vector<Rule> DefaultRules(const Askable& askable);

}  // namespace reports::gate
