#include "hosts/language/variables.h"

#include "hosts/language/line_reader.h"
#include "hosts/language/names.h"

namespace hosts::language {

using base::Result;

void Definitions::Define(std::string_view name) {
  names_.emplace(name);
}

void Definitions::Define(std::string_view name, std::string_view value) {
  Define(name);
  values_.insert_or_assign(Lowered(name), std::string(value));
}

void Definitions::Undefine(std::string_view name) {
  names_.erase(std::string(name));
  values_.erase(Lowered(name));
}

std::optional<std::string_view> Definitions::ValueOf(std::string_view name) const {
  const auto value = values_.find(Lowered(name));
  if (value == values_.end()) return std::nullopt;
  return value->second;
}

Result<SourceLine> SubstituteVariables(SourceLine line,
                                       const LookUpVariable& look_up,
                                       const OnUndefined& on_undefined) {
  size_t begin = line.text.find("${");
  if (begin == std::string::npos) return line;
  const std::string_view text = line.text;
  Splicer splicer(line);
  size_t length = text.size();
  while (begin != std::string::npos) {
    const size_t end = text.find('}', begin);
    if (end == std::string::npos) break;
    const std::string_view name = text.substr(begin + 2, end - begin - 2);
    const std::optional<std::string_view> value = look_up(name);
    if (value) {
      length += value->size();
      if (length > kLongestLine) {
        return Refuse(Word{{}, line.At(begin)},
                      "${{{}}} makes the line longer than 1 MiB: shorten its value",
                      Shown(name));
      }
      splicer.Replace(begin, end + 1, *value);
    } else if (name.find(':') == std::string_view::npos) {
      on_undefined(Word{std::string(name), line.At(begin)});
    }
    begin = text.find("${", end);
  }
  return std::move(splicer).Finish();
}

}  // namespace hosts::language
