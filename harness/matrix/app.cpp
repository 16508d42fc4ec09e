#include "harness/matrix/app.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

#include "hosts/base/files.h"

namespace harness::matrix {

namespace fs = std::filesystem;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

namespace {

std::optional<fs::path> Below(const fs::path& folder, const nlohmann::json& name) {
  if (name.is_null()) return std::nullopt;
  return (folder / name.get<std::string>()).lexically_normal();
}

// What a group of processes can be called.
std::string NameFrom(const std::string& text) {
  std::string name = text;
  std::ranges::replace_if(
      name, [](unsigned char c) { return std::isalnum(c) == 0 && c != '_' && c != '-'; }, '_');
  return name.empty() ? "application" : name;
}

bool SaysNothing(const std::string& name) {
  constexpr std::array<std::string_view, 9> kNames{
      "wsgi", "app", "application", "main", "config", "conf", "core", "project", "src"};
  return std::ranges::count(kNames, name) > 0;
}

// "mysite" for mysite/wsgi.py, "notes" for notes.wsgi, "shop" for shop/config/wsgi.py.
std::string NameOf(const fs::path& script, const fs::path& project) {
  std::string name = script.stem().string();
  for (fs::path folder = script.parent_path(); SaysNothing(name); folder = folder.parent_path()) {
    if (folder.filename().empty()) break;
    name = folder.filename().string();
    if (folder == project) break;
  }
  return NameFrom(name);
}

}  // namespace

Result<App> ReadApp(const fs::path& given) {
  const fs::path folder = fs::absolute(given);
  const fs::path tour = folder / "tour.json";
  const auto text = hosts::base::ReadFile(tour);
  if (!text) return text.error();
  try {
    const auto object = nlohmann::json::parse(*text);
    App app;
    app.name = object.at("app");
    app.title = object.at("title");
    app.script = (folder / object.at("script").get<std::string>()).lexically_normal();
    app.project = Below(folder, object.at("project"));
    app.needs_venv = object.at("venv");
    app.prepare = Below(folder, object.at("prepare"));
    app.tour = tour;
    if (!fs::exists(app.script)) {
      return Error{ErrorKind::NotFound,
                   fmt::format("{}: there is no script {}", tour.string(), app.script.string())};
    }
    return app;
  } catch (const nlohmann::json::exception& error) {
    return Error{ErrorKind::InvalidInput, fmt::format("{}: {}", tour.string(), error.what())};
  }
}

Result<std::vector<App>> ReadApps(const fs::path& folder) {
  std::error_code problem;
  std::vector<fs::path> folders;
  for (fs::directory_iterator entry(folder, problem), end; !problem && entry != end;
       entry.increment(problem)) {
    if (fs::exists(entry->path() / "tour.json")) folders.push_back(entry->path());
  }
  if (problem || folders.empty()) {
    return Error{
        ErrorKind::NotFound,
        fmt::format("{}: no application in it (a folder with a tour.json)", folder.string())};
  }
  std::sort(folders.begin(), folders.end());
  std::vector<App> apps;
  for (const fs::path& one : folders) {
    auto app = ReadApp(one);
    if (!app) return app.error();
    apps.push_back(std::move(*app));
  }
  return apps;
}

fs::path ProjectOf(const fs::path& script) {
  fs::path folder = script.parent_path();
  while (fs::exists(folder / "__init__.py") && folder.has_relative_path())
    folder = folder.parent_path();
  if (folder == script.parent_path() && fs::exists(folder.parent_path() / "manage.py"))
    return folder.parent_path();
  return folder;
}

Result<App> AppOfScript(const fs::path& script, const std::string& url) {
  if (!fs::is_regular_file(script)) {
    return Error{ErrorKind::NotFound, fmt::format("{}: there is no such script", script.string())};
  }
  App app;
  app.script = fs::absolute(script).lexically_normal();
  app.project = ProjectOf(app.script);
  app.name = NameOf(app.script, *app.project);
  app.title = fmt::format("Your script {}", app.script.filename().string());
  app.is_own = true;
  app.url = url;
  return app;
}

}  // namespace harness::matrix
