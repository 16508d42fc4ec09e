#pragma once
// Modules: which of Apache's modules count as loaded, by either of their names: ssl_module, and the
//          file of its source, mod_ssl.c.
//
// <IfModule> asks for both. The second follows from the first, but for a few.

#include <set>
#include <string>
#include <string_view>

namespace hosts::language {

class Modules {
 public:
  // "ssl_module". False: it was there.
  bool Add(std::string_view name);
  // Either name; as written, case matters.
  [[nodiscard]] bool Has(std::string_view name_or_file) const;
  // Names of the first kind.
  [[nodiscard]] const std::set<std::string, std::less<>>& names() const { return names_; }

 private:
  std::set<std::string, std::less<>> names_;
  std::set<std::string, std::less<>> files_;
};

}  // namespace hosts::language
