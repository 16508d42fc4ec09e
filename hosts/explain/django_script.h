#pragma once
// What the text of a script says about Django, without running it.

#include <string>

namespace hosts::explain {

[[nodiscard]] bool IsDjango(const std::string& script);
// "config.settings" of a script that sets DJANGO_SETTINGS_MODULE to it; empty: it says nothing, or
// cannot be read.
[[nodiscard]] std::string SettingsModuleOf(const std::string& script);

}  // namespace hosts::explain
