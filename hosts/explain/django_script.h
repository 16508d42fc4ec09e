#pragma once
// What the text of a script says about Django, without running it.

#include <string>

namespace hosts::explain {

[[nodiscard]] bool IsDjango(const std::string& script);
// "config.settings" of a script that sets DJANGO_SETTINGS_MODULE to it; empty: it says nothing, or
// cannot be read.
[[nodiscard]] std::string SettingsModuleOf(const std::string& script);
// What tells its project from others, of which many call their settings `config.settings`: the file with
// them, where it lies beside the script or above it; else the module's name; else the script.
[[nodiscard]] std::string ProjectOf(const std::string& script);

}  // namespace hosts::explain
