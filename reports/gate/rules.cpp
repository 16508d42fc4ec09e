#include "reports/gate/rules.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "hosts/base/check.h"
#include "hosts/base/files.h"
#include "hosts/base/nearest_name.h"
#include "reports/gate/foreign_letters.h"

namespace reports::gate {

namespace base = hosts::base;
using base::Error;
using base::ErrorKind;
using base::Result;
using base::SourcePosition;

namespace {

constexpr std::string_view kCellRules = R"(
[[rule]]
name = "every cell runs where it was asked to"
expect = "placement: misconfigured == 0"
optional = true

[[rule]]
name = "no cell fails"
expect = "cells: failed == 0"
optional = true

[[rule]]
name = "every cell can be set up"
expect = "cells: setup_failed == 0"
optional = true

[[rule]]
name = "every answer under load is the right one"
expect = "load: wrong_answers == 0"
optional = true

[[rule]]
name = "every request under load is answered"
expect = "load: failed == 0"
optional = true
)";

constexpr std::string_view kCheckRules = R"(
[[rule]]
name = "what must be, is"
expect = "checks{level=must}: failed == 0"
optional = true
)";

constexpr std::string_view kBaselineRules = R"(
[[rule]]
name = "half of the requests are answered as fast as by the baseline"
expect = "latency: p(50) <= baseline * 1.02"
optional = true
)";

// The document, with what errors need to know of it.
class RulesFile {
 public:
  RulesFile(std::string_view text, std::string_view file) : text_(text), file_(file) {}

  Result<std::vector<Rule>> Parse() {
    if (const auto place = ForeignLetterIn(text_)) {
      return Wrong(SourcePosition{file_, place->line, place->column},
                   "a letter that is not ASCII stands outside of quotes, or behind a backslash: "
                   "take it out");
    }
    const toml::parse_result parsed = toml::parse(text_, file_);
    if (!parsed) {
      return Wrong(parsed.error().source(), std::string(parsed.error().description()));
    }
    if (auto known = CheckKeys(parsed.table(), {"rule"}); !known) return known.error();
    const toml::node* list = parsed.table().get("rule");
    if (list == nullptr) {
      return Error{ErrorKind::InvalidInput,
                   "has no rule: write [[rule]] and, below it, expect = \"…\"",
                   SourcePosition{file_, 1, 0}};
    }
    if (!list->is_array_of_tables()) return Wrong(list->source(), "a rule begins with [[rule]]");
    std::vector<Rule> rules;
    for (const toml::node& node : *list->as_array()) {
      auto rule = OneRule(*node.as_table());
      if (!rule) return rule.error();
      rules.push_back(std::move(*rule));
    }
    return rules;
  }

 private:
  Result<Rule> OneRule(const toml::table& table) {
    if (auto known = CheckKeys(table, {"name", "expect", "optional"}); !known) return known.error();
    const toml::node* expect = table.get("expect");
    if (expect == nullptr) {
      return Wrong(table.source(),
                   "the rule expects nothing: write expect = \"checks: failed == 0\"");
    }
    const auto text = expect->value_exact<std::string>();
    if (!text) return Wrong(expect->source(), "expect is text: put it into quotes");

    auto expression = ParseExpression(*text);
    if (!expression) {
      const int column = expression.error().where ? expression.error().where->column : 1;
      return Wrong(InText(expect->source(), *text, column), expression.error().message);
    }
    Rule rule{.name = expression->text,
              .expression = std::move(*expression),
              .where = InText(expect->source(), *text, 1)};
    if (const toml::node* name = table.get("name"); name != nullptr) {
      const auto written = name->value_exact<std::string>();
      if (!written || written->empty())
        return Wrong(name->source(), "name is text: put it into quotes");
      rule.name = *written;
    }
    if (const toml::node* optional = table.get("optional"); optional != nullptr) {
      const auto written = optional->value_exact<bool>();
      if (!written) return Wrong(optional->source(), "optional is true or false, without quotes");
      rule.is_optional = *written;
    }
    return rule;
  }

  Result<void> CheckKeys(const toml::table& table, const std::vector<std::string_view>& known) {
    for (const auto& [key, value] : table) {
      if (std::ranges::find(known, key.str()) != known.end()) continue;
      const auto nearest = base::NearestName(key.str(), known);
      return Wrong(
          key.source(),
          nearest ? fmt::format("unknown key {}: did you mean {}?", key.str(), *nearest)
                  : fmt::format("unknown key {}: there are {}", key.str(), fmt::join(known, ", ")));
    }
    return {};
  }

  [[nodiscard]] SourcePosition Position(const toml::source_region& region) const {
    return {file_, static_cast<int>(region.begin.line), static_cast<int>(region.begin.column)};
  }
  // Where in the file the column of a string's value is: behind the quote, if it is written as it is; with
  // escapes, or over several lines, where the string begins.
  [[nodiscard]] SourcePosition InText(const toml::source_region& region,
                                      std::string_view value,
                                      int column) const {
    SourcePosition position = Position(region);
    std::string_view rest = text_;
    for (int line = 1; line < position.line && !rest.empty(); ++line) {
      const std::size_t end = rest.find('\n');
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    const auto quote = static_cast<std::size_t>(position.column);
    if (rest.size() > quote && rest.substr(quote).starts_with(value)) position.column += column;
    return position;
  }

  [[nodiscard]] static Error Wrong(SourcePosition where, std::string message) {
    return {ErrorKind::InvalidInput, std::move(message), std::move(where)};
  }
  [[nodiscard]] Error Wrong(const toml::source_region& where, std::string message) const {
    return Wrong(Position(where), std::move(message));
  }

  std::string_view text_;
  std::string file_;
};

}  // namespace

Result<std::vector<Rule>> ParseRules(std::string_view text, std::string_view file) {
  return RulesFile(text, file).Parse();
}

Result<std::vector<Rule>> ReadRules(const std::filesystem::path& path) {
  const auto text = base::ReadFile(path);
  if (!text) return text.error();
  return ParseRules(*text, path.string());
}

std::string PlaceOf(const Rule& rule) {
  return fmt::format("{}:{}:{}", rule.where.file, rule.where.line, rule.where.column);
}

std::string DefaultRulesText(const Askable& askable) {
  std::string text =
      "# The rules of wsgilab gate where no file is named: copy them, and change them. One that "
      "is\n"
      "# optional is left out where there is nothing to hold it against: take that line out of "
      "what\n"
      "# must always be judged.\n";
  if (askable.cells) text += kCellRules;
  if (askable.checks) text += kCheckRules;
  if (askable.baseline) text += kBaselineRules;
  return text;
}

std::vector<Rule> DefaultRules(const Askable& askable) {
  if (!askable.cells && !askable.checks && !askable.baseline) return {};
  auto rules = ParseRules(DefaultRulesText(askable), "default rules");
  CHECK(rules.has_value(), "the default rules are rules");
  return std::move(*rules);
}

}  // namespace reports::gate
