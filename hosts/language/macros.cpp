#include "hosts/language/macros.h"

#include <algorithm>

#include "hosts/language/line_reader.h"

namespace hosts::language {
namespace {

using base::Result;

constexpr size_t kMostParameters = 100;
constexpr size_t kLongestName = 100;
constexpr size_t kNone = static_cast<size_t>(-1);

// The parameter whose name stands at the beginning of the text; the longest of several. In the order
// of names it is the last one that is not behind the text, or the last before what that one shares
// with the text.
size_t ParameterAt(const Macro& macro, std::string_view text) {
  text = text.substr(0, kLongestName);
  while (!text.empty()) {
    const auto after =
        std::ranges::upper_bound(macro.sorted, text, {}, [&macro](size_t i) -> std::string_view {
          return macro.parameters[i];
        });
    if (after == macro.sorted.begin()) return kNone;
    const size_t candidate = *std::prev(after);
    const std::string& name = macro.parameters[candidate];
    if (text.starts_with(name)) return candidate;
    const auto differ = std::ranges::mismatch(text, name);
    text = text.substr(0, static_cast<size_t>(differ.in1 - text.begin()));
  }
  return kNone;
}

}  // namespace

Result<Macro> DeclareMacro(const Word& section, const std::vector<Word>& words) {
  if (words.empty() || words.front().text.empty()) {
    return Refuse(section, "<Macro> needs a name: write <Macro NAME $PARAMETER ...>");
  }
  if (words.size() - 1 > kMostParameters) {
    return Refuse(words.back(), "a macro has at most {} parameters", kMostParameters);
  }
  Macro macro;
  macro.name = words.front();
  for (size_t i = 1; i < words.size(); ++i) {
    const std::string& parameter = words[i].text;
    if (parameter.empty() || parameter.size() > kLongestName) {
      return Refuse(words[i], "the name of a parameter has 1 to {} characters", kLongestName);
    }
    if (std::ranges::find(macro.parameters, parameter) != macro.parameters.end()) {
      return Refuse(words[i], "the parameter {} is there twice: rename one", Shown(parameter));
    }
    macro.parameters.push_back(parameter);
    macro.sorted.push_back(i - 1);
  }
  std::ranges::sort(macro.sorted, {}, [&macro](size_t i) { return macro.parameters[i]; });
  return macro;
}

std::string InPlace(std::string_view parameter, std::string argument) {
  if (!parameter.starts_with('@')) return argument;
  std::string quoted = "\"";
  for (const char c : argument) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

Result<SourceLine> ExpandLine(const Macro& macro,
                              const SourceLine& line,
                              const std::vector<std::string>& arguments) {
  if (macro.parameters.empty()) return line;
  const std::string_view text = line.text;
  std::string first_letters;
  for (const std::string& parameter : macro.parameters) {
    first_letters += parameter.front();
  }
  Splicer splicer(line);
  size_t length = text.size();
  size_t at = text.find_first_of(first_letters);
  while (at != std::string::npos) {
    const size_t parameter = ParameterAt(macro, text.substr(at));
    if (parameter == kNone) {
      at = text.find_first_of(first_letters, at + 1);
      continue;
    }
    length += arguments[parameter].size();
    if (length > kLongestLine) {
      return Refuse(Word{{}, line.At(at)},
                    "{} makes the line longer than 1 MiB: shorten the argument",
                    Shown(macro.parameters[parameter]));
    }
    const size_t end = at + macro.parameters[parameter].size();
    splicer.Replace(at, end, arguments[parameter]);
    at = text.find_first_of(first_letters, end);
  }
  return std::move(splicer).Finish();
}

}  // namespace hosts::language
