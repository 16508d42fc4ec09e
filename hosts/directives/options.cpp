#include <algorithm>

#include "hosts/directives/language.h"
#include "hosts/directives/setters.h"

namespace hosts::directives {
namespace {

using base::Error;
using base::Result;

Result<Option> SplitOption(const Directive& directive, const Word& word) {
  const size_t equals = word.text.find('=');
  if (equals == std::string::npos || equals == 0) {
    return Refuse(word,
                  "{} is not an option of {}: write name=value, without blanks around =",
                  Shown(word.text),
                  directive.name.text);
  }
  Option option{word, word.text.substr(0, equals), word};
  option.value.text = word.text.substr(equals + 1);
  if (word.quoting == Word::Quoting::Whole) {
    return Refuse(
        word, "quote the value only: {}=\"{}\"", Shown(option.name), Shown(option.value.text));
  }
  if (option.value.text.empty()) {
    return Refuse(word, "{}= has no value: write one directly behind =", Shown(option.name));
  }
  return option;
}

Error RefuseUnknown(const Directive& directive,
                    const Option& option,
                    std::span<const OptionRow> rows) {
  std::vector<std::string_view> names;
  for (const OptionRow& row : rows) {
    names.push_back(row.name);
  }
  const auto nearest = NearestName(option.name, names);
  if (!nearest) {
    return Refuse(
        option.word, "unknown option {} of {}: remove it", Shown(option.name), directive.name.text);
  }
  return Refuse(option.word,
                "unknown option {} of {}: did you mean {}?",
                Shown(option.name),
                directive.name.text,
                *nearest);
}

}  // namespace

Result<void> ApplyOptions(const Directive& directive,
                          size_t first,
                          std::span<const OptionRow> rows,
                          Scope& scope) {
  for (size_t i = first; i < directive.arguments.size(); ++i) {
    const Result<Option> option = SplitOption(directive, directive.arguments[i]);
    if (!option) return option.error();
    const auto row = std::ranges::find(rows, option->name, &OptionRow::name);
    if (row == rows.end()) return RefuseUnknown(directive, *option, rows);
    const Result<void> set = row->set(*option, scope);
    if (!set) return set.error();
    if (row->support == Support::NotYet) {
      scope.settings.not_obeyed.push_back(
          {option->name, option->value.text, OriginOf(option->word)});
    }
  }
  return {};
}

}  // namespace hosts::directives
