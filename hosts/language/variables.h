#pragma once
// Definitions:          what Define says: names that are there, and values of some of them.
// SubstituteVariables:  ${NAME} in a line -> its value, before the line is split into words.
//
// Names that are there are told apart by case, values are not: as in Apache. What is defined comes
// before what the environment says. A value is not looked through again; ${map:key} is somebody
// else's and stays, like a name that nobody knows.
//
// Fails:   InvalidInput at the variable that makes a line longer than 1 MiB.

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "hosts/base/result.h"
#include "hosts/language/source_line.h"
#include "hosts/language/syntax.h"

namespace hosts::language {

class Definitions {
 public:
  void Define(std::string_view name);
  void Define(std::string_view name, std::string_view value);
  void Undefine(std::string_view name);

  [[nodiscard]] bool IsDefined(std::string_view name) const { return names_.contains(name); }
  [[nodiscard]] std::optional<std::string_view> ValueOf(std::string_view name) const;
  [[nodiscard]] const std::set<std::string, std::less<>>& names() const { return names_; }

 private:
  std::set<std::string, std::less<>> names_;
  std::map<std::string, std::string, std::less<>> values_;  // names in lower case
};

using LookUpVariable = std::function<std::optional<std::string_view>(std::string_view name)>;
using OnUndefined = std::function<void(const Word& variable)>;

[[nodiscard]] base::Result<SourceLine> SubstituteVariables(SourceLine line,
                                                           const LookUpVariable& look_up,
                                                           const OnUndefined& on_undefined);

}  // namespace hosts::language
