#include "reports/fitness/ready_configuration.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "hosts/base/directive_word.h"

namespace reports::fitness {

namespace fs = std::filesystem;
using hosts::base::DirectiveWord;
using record::Subject;

namespace {

struct ModeParts {
  bool is_daemon = false;
  bool is_main = false;
  bool is_preloaded = false;
};

ModeParts PartsOf(std::string_view mode) {
  return {mode.starts_with("daemon/"),
          mode.find("/main/") != std::string_view::npos,
          mode.ends_with("/preload")};
}

// For a shell.
std::string Argument(std::string_view text) {
  const auto is_plain = [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("_-./:=,+@%").find(static_cast<char>(c)) != std::string_view::npos;
  };
  if (!text.empty() && std::ranges::all_of(text, is_plain)) return std::string(text);
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

std::string PythonPathOf(const Subject& subject) {
  std::string path = subject.project.value_or("");
  for (const std::string& folder : subject.python_path) {
    if (!path.empty()) path += ':';
    path += folder;
  }
  return path;
}

std::string MountOf(const Subject& subject) {
  return subject.mount && !subject.mount->empty() ? *subject.mount : "/";
}

const std::string& ProcessGroupOf(const Placed& placed) {
  return placed.process_group.empty() ? placed.subject->app : placed.process_group;
}

// The main interpreter, or a sub-interpreter by its name.
std::string ApplicationGroupOf(const Placed& placed, const ModeParts& mode) {
  if (mode.is_main) return "%{GLOBAL}";
  return DirectiveWord(placed.application_group.empty() ? placed.subject->app
                                                        : placed.application_group);
}

std::string WriteDaemonGroup(const Placed& placed) {
  const Subject& subject = *placed.subject;
  std::string text =
      fmt::format("WSGIDaemonProcess {} processes={} threads={} display-name=%{{GROUP}}",
                  DirectiveWord(ProcessGroupOf(placed)),
                  subject.processes,
                  subject.threads);
  if (subject.venv) text += " python-home=" + DirectiveWord(*subject.venv);
  if (const std::string path = PythonPathOf(subject); !path.empty())
    text += " python-path=" + DirectiveWord(path);
  if (subject.project) text += " home=" + DirectiveWord(*subject.project);
  return text + " lang=C.UTF-8 locale=C.UTF-8\n";
}

std::string WriteAlias(const Placed& placed, const ModeParts& mode) {
  const Subject& subject = *placed.subject;
  std::string text = fmt::format(
      "WSGIScriptAlias {} {}", DirectiveWord(MountOf(subject)), DirectiveWord(subject.script));
  // A preloaded script names both groups here; a lazy one must not.
  if (mode.is_daemon || mode.is_preloaded)
    text +=
        " process-group=" + (mode.is_daemon ? DirectiveWord(ProcessGroupOf(placed)) : "%{GLOBAL}");
  if (mode.is_preloaded) text += " application-group=" + ApplicationGroupOf(placed, mode);
  if (subject.callable != "application")
    text += " callable-object=" + DirectiveWord(subject.callable);
  return text + "\n";
}

std::string WriteDirectory(const Placed& placed, const ModeParts& mode) {
  const Subject& subject = *placed.subject;
  const fs::path script(subject.script);
  std::string text = fmt::format("<Directory {}>\n  <Files {}>\n    Require all granted\n",
                                 DirectiveWord(script.parent_path().string()),
                                 DirectiveWord(script.filename().string()));
  if (!mode.is_preloaded) {
    text += fmt::format("    WSGIApplicationGroup {}\n", ApplicationGroupOf(placed, mode));
  }
  return text + "  </Files>\n</Directory>\n";
}

// What embedded mode can have once only, for the whole server.
std::string WriteEmbeddedPython(const Subject& subject) {
  std::string text;
  if (subject.venv) text += fmt::format("WSGIPythonHome {}\n", DirectiveWord(*subject.venv));
  if (const std::string path = PythonPathOf(subject); !path.empty())
    text += fmt::format("WSGIPythonPath {}\n", DirectiveWord(path));
  return text;
}

std::string CommentOf(const Subject& subject, const std::string& mode) {
  std::string text = fmt::format("# {}: {}, as wsgilab check ran it.\n", subject.app, mode);
  if (!subject.environment.empty()) {
    text += fmt::format(
        "# It was given {}: set {} where the server's environment is made (Apache: envvars).\n",
        fmt::join(subject.environment, ", "),
        subject.environment.size() == 1 ? "it" : "them");
  }
  return text;
}

bool CanBeWritten(const Subject& subject) {
  for (const std::string& text : {subject.app,
                                  subject.script,
                                  subject.callable,
                                  subject.project.value_or(""),
                                  subject.venv.value_or(""),
                                  MountOf(subject),
                                  fmt::format("{}", fmt::join(subject.python_path, ":")),
                                  fmt::format("{}", fmt::join(subject.environment, ","))}) {
    if (text.find_first_of(std::string_view("\n\r\0", 3)) != std::string::npos) return false;
  }
  return true;
}

// "mysite.wsgi" for a script that Python finds by that name below the project; empty: it does not.
std::string ModuleOf(const Subject& subject) {
  const fs::path script(subject.script);
  if (script.extension() != ".py" || !subject.project) return "";
  fs::path relative = script.lexically_relative(*subject.project);
  relative.replace_extension();
  std::string module;
  for (const fs::path& part : relative) {
    const std::string name = part.string();
    const bool is_name =
        !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0 &&
        std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
    if (!is_name) return "";
    module += (module.empty() ? "" : ".") + name;
  }
  return module;
}

std::optional<ReadyConfiguration> Gunicorn(const Subject& subject, const ModeParts& mode) {
  const std::string module = ModuleOf(subject);
  if (!mode.is_main || module.empty() || MountOf(subject) != "/") return std::nullopt;
  std::string text = fmt::format(
      "{} --bind 127.0.0.1:8000 --workers {} --threads {} --chdir {}",
      Argument(subject.venv ? *subject.venv + "/bin/gunicorn" : std::string("gunicorn")),
      subject.processes,
      subject.threads,
      Argument(*subject.project));
  for (const std::string& folder : subject.python_path)
    text += " --pythonpath " + Argument(folder);
  text += fmt::format(" {}:{}\n", Argument(module), Argument(subject.callable));
  return ReadyConfiguration{"gunicorn", "command", std::move(text)};
}

std::optional<ReadyConfiguration> Uwsgi(const Subject& subject, const ModeParts& mode) {
  if (!mode.is_main || MountOf(subject) != "/") return std::nullopt;
  std::string text = fmt::format(
      "uwsgi --http11-socket 127.0.0.1:8000 --master --need-app --lazy-apps --enable-threads "
      "--processes {} --threads {} --wsgi-file {} --callable {}",
      subject.processes,
      subject.threads,
      Argument(subject.script),
      Argument(subject.callable));
  if (subject.venv) text += " --virtualenv " + Argument(*subject.venv);
  if (subject.project)
    text += fmt::format(" --chdir {0} --pythonpath {0}", Argument(*subject.project));
  for (const std::string& folder : subject.python_path)
    text += " --pythonpath " + Argument(folder);
  return ReadyConfiguration{"uWSGI", "command", text + "\n"};
}

std::string Indented(const std::string& text) {
  std::string indented;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size() - 1);
    indented += "  " + text.substr(begin, end - begin + 1);
    begin = end + 1;
  }
  return indented;
}

}  // namespace

std::string WriteSite(const std::vector<Placed>& applications) {
  std::string groups;
  std::string embedded;
  std::set<std::string> declared;  // process groups
  std::vector<std::pair<std::string, std::string>>
      hosts;  // ServerName and what stands in it, in order
  for (const Placed& placed : applications) {
    const Subject& subject = *placed.subject;
    if (!CanBeWritten(subject)) return "";
    const ModeParts mode = PartsOf(placed.mode);
    if (mode.is_daemon && declared.insert(ProcessGroupOf(placed)).second) {
      groups += CommentOf(subject, placed.mode) + WriteDaemonGroup(placed);
    }
    if (!mode.is_daemon && embedded.empty())
      embedded = CommentOf(subject, placed.mode) + WriteEmbeddedPython(subject);
    const std::string name = subject.virtual_host.value_or("");
    auto host = std::ranges::find(hosts, name, &std::pair<std::string, std::string>::first);
    if (host == hosts.end()) host = hosts.insert(hosts.end(), {name, ""});
    host->second += WriteAlias(placed, mode) + WriteDirectory(placed, mode);
  }
  std::string text = groups + embedded;
  for (const auto& [name, inside] : hosts) {
    text += name.empty() ? inside
                         : fmt::format("<VirtualHost *>\n  ServerName {}\n{}</VirtualHost>\n",
                                       DirectiveWord(name),
                                       Indented(inside));
  }
  return text;
}

std::vector<ReadyConfiguration> ReadyConfigurations(const Subject& subject, std::string_view mode) {
  std::vector<ReadyConfiguration> all;
  if (!CanBeWritten(subject)) {
    all.push_back({"engine and Apache",
                   "site.conf",
                   "# a name with a line break cannot be written into a configuration\n",
                   true});
    return all;
  }
  all.push_back({"engine and Apache",
                 "site.conf",
                 WriteSite({Placed{.subject = &subject, .mode = std::string(mode)}}),
                 true});
  const ModeParts parts = PartsOf(mode);
  if (auto gunicorn = Gunicorn(subject, parts)) all.push_back(std::move(*gunicorn));
  if (auto uwsgi = Uwsgi(subject, parts)) all.push_back(std::move(*uwsgi));
  return all;
}

}  // namespace reports::fitness
