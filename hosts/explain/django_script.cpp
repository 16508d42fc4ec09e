#include "hosts/explain/django_script.h"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "hosts/base/files.h"

namespace hosts::explain {

namespace {

constexpr std::string_view kVariable = "DJANGO_SETTINGS_MODULE";

bool IsQuoted(const std::string& text, size_t at) {
  const size_t end = at + kVariable.size();
  if (at == 0 || end >= text.size()) return false;
  return text[at - 1] == text[end] && (text[end] == '"' || text[end] == '\'');
}

}  // namespace

bool IsDjango(const std::string& script) {
  const auto text = base::ReadFile(script);
  return text && (text->find(kVariable) != std::string::npos ||
                  text->find("get_wsgi_application") != std::string::npos);
}

std::string SettingsModuleOf(const std::string& script) {
  const auto text = base::ReadFile(script);
  if (!text) return {};
  // In quotes: comments name it without.
  size_t variable = text->find(kVariable);
  while (variable != std::string::npos && !IsQuoted(*text, variable))
    variable = text->find(kVariable, variable + 1);
  if (variable == std::string::npos) return {};
  // The next quoted text behind the variable's own closing quote.
  const size_t begin = text->find_first_of("\"'", variable + kVariable.size() + 1);
  if (begin == std::string::npos) return {};
  const size_t end = text->find_first_of("\"'\n", begin + 1);
  if (end == std::string::npos || (*text)[end] == '\n') return {};
  return text->substr(begin + 1, end - begin - 1);
}

std::string ProjectOf(const std::string& script) {
  std::string settings = SettingsModuleOf(script);
  if (settings.empty()) return script;
  std::string file = settings;
  std::ranges::replace(file, '.', '/');
  std::filesystem::path folder = std::filesystem::path(script).parent_path();
  for (; folder.has_relative_path(); folder = folder.parent_path()) {
    for (const std::string_view suffix : {".py", "/__init__.py"}) {
      std::error_code unreadable;
      const std::filesystem::path there = folder / (file + std::string(suffix));
      if (std::filesystem::exists(there, unreadable)) return there.string();
    }
  }
  return settings;
}

}  // namespace hosts::explain
