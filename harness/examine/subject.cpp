#include "harness/examine/subject.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>

#include "hosts/base/files.h"

namespace harness::examine {

namespace fs = std::filesystem;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

namespace {

Error Invalid(std::string message) {
  return {ErrorKind::InvalidInput, std::move(message)};
}

Result<tour::Tour> TourFrom(const SubjectOptions& options, const std::string& name) {
  if (options.requests.empty()) {
    tour::Tour tour;
    tour.app = name;
    std::vector<std::string> urls = options.urls;
    if (urls.empty()) urls.emplace_back("/");
    for (const std::string& url : urls) {
      if (!url.starts_with('/'))
        return Invalid(fmt::format("--url {}: a path begins with /, such as /login/", url));
      tour.steps.push_back(tour::PlainTour(name, url).steps.front());
    }
    return tour;
  }
  const auto text = hosts::base::ReadFile(options.requests);
  if (!text) return text.error();
  auto tour = tour::ParseTour(*text);
  if (!tour) return tour.error().While(options.requests);
  if (tour->steps.empty())
    return Invalid(fmt::format("{}: there is no step in it", options.requests));
  return tour;
}

Result<std::vector<std::pair<std::string, std::string>>> EnvironmentFrom(
    const SubjectOptions& options) {
  std::vector<std::pair<std::string, std::string>> environment;
  for (const std::string& entry : options.environment) {
    const size_t equals = entry.find('=');
    if (equals == 0 || entry.empty())
      return Invalid(fmt::format("--env {}: write NAME=value, or NAME", entry));
    const std::string name = entry.substr(0, equals);
    if (equals != std::string::npos) {
      environment.emplace_back(name, entry.substr(equals + 1));
      continue;
    }
    const char* value = std::getenv(name.c_str());
    if (value == nullptr)
      return Invalid(
          fmt::format("--env {}: there is no such variable here: write {}=value", name, name));
    environment.emplace_back(name, value);
  }
  return environment;
}

Result<fs::path> FolderAt(const std::string& said, const char* option) {
  const fs::path folder = fs::absolute(said).lexically_normal();
  if (!fs::is_directory(folder)) {
    return Error{ErrorKind::NotFound, fmt::format("{} {}: there is no such folder", option, said)};
  }
  return folder;
}

// The line of the record says the same.
void Describe(Subject& subject) {
  reports::record::Subject& line = subject.line;
  line.app = subject.app.name;
  line.script = subject.app.script.string();
  line.callable = subject.app.callable;
  if (subject.app.project) line.project = subject.app.project->string();
  for (const fs::path& folder : subject.app.python_path)
    line.python_path.push_back(folder.string());
  if (subject.app.venv) line.venv = subject.app.venv->string();
  for (const auto& [name, value] : subject.app.environment)
    line.environment.push_back(name);
  line.server_name = subject.app.server_name;
  for (const tour::Step& step : subject.tour.steps)
    line.requests.push_back(fmt::format("{} {}", step.method, step.path));
}

Result<Subject> SubjectFrom(const fs::path& given, const SubjectOptions& options) {
  auto app = matrix::AppOfScript(given, "/");
  if (!app) return app.error();
  Subject subject;
  subject.app = std::move(*app);
  if (!options.callable.empty()) subject.app.callable = options.callable;
  if (!options.project.empty()) {
    auto folder = FolderAt(options.project, "--project");
    if (!folder) return folder.error();
    subject.app.project = *folder;
  }
  for (const std::string& said : options.python_path) {
    auto folder = FolderAt(said, "--python-path");
    if (!folder) return folder.error();
    subject.app.python_path.push_back(*folder);
  }
  if (!options.python_home.empty()) {
    auto folder = FolderAt(options.python_home, "--python-home");
    if (!folder) return folder.error();
    subject.app.venv = *folder;
    subject.app.needs_venv = true;
  }
  auto environment = EnvironmentFrom(options);
  if (!environment) return environment.error();
  subject.app.environment = std::move(*environment);
  subject.app.server_name = options.server_name;
  subject.app.title = fmt::format("Your application {}", subject.app.name);
  return subject;
}

// ---- of a configuration ----

std::string ValueOf(const nlohmann::json& url, const char* member) {
  const auto found = url.find(member);
  if (found == url.end() || !found->is_object()) return "";
  return found->value("value", "");
}

// What the configuration says itself; "" where it is the default.
std::string WrittenIn(const nlohmann::json& url, const char* member) {
  const auto found = url.find(member);
  const bool is_written = found != url.end() && found->is_object() && found->contains("origin") &&
                          found->at("origin").is_object();
  return is_written ? found->value("value", "") : "";
}

std::string OriginOf(const nlohmann::json& url) {
  const auto target = url.find("target");
  if (target == url.end() || !target->contains("origin")) return "";
  const auto& origin = target->at("origin");
  if (!origin.is_object()) return "";
  return fmt::format("{}:{}", origin.value("file", ""), origin.value("line", 0));
}

std::vector<std::string> PathParts(const std::string& path) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin < path.size();) {
    const size_t end = std::min(path.find(':', begin), path.size());
    if (end > begin) parts.push_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

// The name in "http://shop.example:8080/a".
std::string ServerOf(const std::string& url) {
  const size_t begin = url.find("://");
  if (begin == std::string::npos) return "";
  const size_t end = std::min(url.find('/', begin + 3), url.size());
  const std::string host = url.substr(begin + 3, end - begin - 3);
  return host.substr(
      0,
      host.rfind(':') == std::string::npos || host.ends_with(']') ? host.size() : host.rfind(':'));
}

Result<Subject> SubjectOfUrl(const nlohmann::json& url, const SubjectOptions& options) {
  SubjectOptions its = options;
  if (its.python_home.empty()) its.python_home = WrittenIn(url, "python_home");
  if (its.python_path.empty()) its.python_path = PathParts(WrittenIn(url, "python_path"));
  if (its.callable.empty()) {
    const std::string callable = ValueOf(url, "callable_object");
    its.callable = callable.empty() ? "application" : callable;
  }
  const std::string name = ServerOf(url.value("url", ""));
  if (!name.empty()) its.server_name = name;
  auto subject = SubjectFrom(url.value("script", ""), its);
  if (!subject) return subject.error().While(OriginOf(url));
  // What the configuration puts on the path is all that there is: nothing is added to it that the server would not have.
  if (its.project.empty()) {
    if (its.python_path.empty() && WrittenIn(url, "home").empty()) {
      subject->app.project.reset();
    } else if (!its.python_path.empty()) {
      subject->app.project = subject->app.python_path.front();
      subject->app.python_path.erase(subject->app.python_path.begin());
    } else {
      subject->app.project = WrittenIn(url, "home");
    }
  }
  const std::string process_group = ValueOf(url, "process_group");
  const std::string application_group = ValueOf(url, "application_group");
  subject->line.source = OriginOf(url);
  if (const std::string host = ValueOf(url, "virtual_host"); !host.empty())
    subject->line.virtual_host = host;
  subject->app.mount = url.value("script_name", "");
  subject->line.mount = subject->app.mount.empty() ? "/" : subject->app.mount;
  subject->line.mode = fmt::format("{}/{}/{}",
                                   process_group.empty() ? "embedded" : "daemon",
                                   application_group.empty() ? "main" : "sub",
                                   ValueOf(url, "loading"));
  if (!process_group.empty()) subject->line.process_group = process_group;
  if (!application_group.empty()) subject->line.application_group = application_group;
  return subject;
}

}  // namespace

bool IsConfiguration(const fs::path& file) {
  const std::string extension = file.extension().string();
  if (extension == ".wsgi" || extension == ".py") return false;
  if (extension == ".conf") return true;
  const auto text = hosts::base::ReadFile(file);
  return text && text->find("WSGI") != std::string::npos &&
         text->find("def ") == std::string::npos && text->find("import ") == std::string::npos;
}

Result<Subject> SubjectOfScript(const fs::path& script, const SubjectOptions& options) {
  auto subject = SubjectFrom(script, options);
  if (!subject) return subject;
  auto tour = TourFrom(options, subject->app.name);
  if (!tour) return tour.error();
  subject->tour = std::move(*tour);
  Describe(*subject);
  return subject;
}

namespace {

// Of a configuration none of whose URLs a script answers: why the first that has one is not answered by it.
Error NoScript(const std::string& file, const nlohmann::json& urls) {
  for (const auto& url : urls) {
    const std::string script = url.value("script", "");
    const std::string why = url.value("why", "");
    if (script.empty() || why.empty()) continue;
    return {ErrorKind::NotFound,
            fmt::format("{}: nobody reaches a script: {} is answered {} in place of {}: {}; see "
                        "wsgilab explain {}",
                        file,
                        url.value("url", ""),
                        url.value("status", 0),
                        script,
                        why,
                        file)};
  }
  return {ErrorKind::NotFound,
          fmt::format("{}: it mounts no script: write a WSGIScriptAlias, or see wsgilab explain {}",
                      file,
                      file)};
}

}  // namespace

Result<std::vector<Subject>> SubjectsOfConfiguration(const std::string& explained,
                                                     const SubjectOptions& options) {
  const auto object = nlohmann::json::parse(explained, nullptr, false);
  if (!object.is_object() || !object.contains("urls")) {
    return Error{ErrorKind::Unsupported,
                 "what the host explains of the configuration is not understood"};
  }
  const std::string file = object.value("configuration", "");
  std::vector<Subject> subjects;
  std::map<std::string, int> names;
  for (const auto& url : object.at("urls")) {
    if (url.value("answer", "") != "script") continue;
    auto subject = SubjectOfUrl(url, options);
    if (!subject) return subject.error();
    // Two of a name are told apart by a number.
    if (const int before = names[subject->app.name]++; before > 0)
      subject->app.name += fmt::format("-{}", before + 1);
    auto tour = TourFrom(options, subject->app.name);
    if (!tour) return tour.error();
    subject->tour = std::move(*tour);
    Describe(*subject);
    subjects.push_back(std::move(*subject));
  }
  if (subjects.empty()) return NoScript(file, object.at("urls"));
  return subjects;
}

}  // namespace harness::examine
