#include "hosts/language/modules.h"

#include <algorithm>
#include <array>

namespace hosts::language {
namespace {

struct OddName {
  std::string_view name;
  std::string_view file;
};

constexpr std::array<OddName, 7> kOddNames = {{{"core_module", "core.c"},
                                               {"http_module", "http_core.c"},
                                               {"ldap_module", "util_ldap.c"},
                                               {"mpm_event_module", "event.c"},
                                               {"mpm_itk_module", "mpm_itk.c"},
                                               {"mpm_prefork_module", "prefork.c"},
                                               {"mpm_worker_module", "worker.c"}}};

std::string SourceFileOf(std::string_view name) {
  const auto odd = std::ranges::find(kOddNames, name, &OddName::name);
  if (odd != kOddNames.end()) return std::string(odd->file);
  constexpr std::string_view kEnd = "_module";
  if (name.ends_with(kEnd)) name.remove_suffix(kEnd.size());
  return "mod_" + std::string(name) + ".c";
}

}  // namespace

bool Modules::Add(std::string_view name) {
  files_.insert(SourceFileOf(name));
  return names_.emplace(name).second;
}

bool Modules::Has(std::string_view name_or_file) const {
  return names_.contains(name_or_file) || files_.contains(name_or_file);
}

}  // namespace hosts::language
