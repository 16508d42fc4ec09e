// The log: where it is written, and how much of it. Directives of mod_log_config: what is written about requests.

#include <algorithm>

#include "hosts/directives/language.h"
#include "hosts/directives/setters.h"

namespace hosts::directives {
namespace {

using access_log::Format;
using base::Result;

constexpr std::string_view kEnv = "env=";
constexpr std::string_view kExpr = "expr=";

bool IsNoFile(std::string_view file) {
  return file.starts_with('|') || SameLetters(file, "syslog") ||
         SameLetters(file.substr(0, std::string_view("syslog:").size()), "syslog:");
}

Result<void> ReadCondition(const Word& word, Scope& scope, deployment::AccessLog& log) {
  std::string_view text = word.text;
  if (SameLetters(text.substr(0, kEnv.size()), kEnv)) {
    text.remove_prefix(kEnv.size());
    log.is_for_others = text.starts_with('!');
    log.variable = text.substr(log.is_for_others ? 1 : 0);
    if (!log.variable.empty()) return {};
    return Refuse(word, "{} names no variable: write env=NAME or env=!NAME", Shown(word.text));
  }
  if (!SameLetters(text.substr(0, kExpr.size()), kExpr)) {
    return Refuse(word,
                  "{} is no condition of a log: write env=NAME, env=!NAME or expr=EXPRESSION",
                  Shown(word.text));
  }
  Word expression = word;
  expression.text.erase(0, kExpr.size());
  const auto read = ReadExpression(expression, scope);
  if (!read) return read.error();
  if (read->foreign().empty()) log.condition = *read;
  return {};
}

Result<void> AddLog(const Directive& directive, Scope& scope, std::vector<WrittenLog>& logs) {
  if (const auto room = CheckRoom(logs, directive); !room) return room.error();
  const auto& words = directive.arguments;
  WrittenLog written;
  written.log.origin = OriginOf(directive.name);
  if (words.size() > 1) written.format = words[1];
  if (words.size() > 2) {
    if (const auto condition = ReadCondition(words[2], scope, written.log); !condition) {
      return condition.error();
    }
  }
  if (IsNoFile(words.front().text)) {
    scope.settings.not_obeyed.push_back(
        {directive.name.text + " into a program or syslog (write the path of a file)",
         words.front().text,
         OriginOf(directive.name)});
  } else {
    const auto file = ReadPath(words.front(), scope.settings.server_root);
    if (!file) return file.error();
    written.log.file = *file;
  }
  logs.push_back(std::move(written));
  return {};
}

// What CustomLog names: a nickname of the host, of the server, one that is there from the start; or
// it is a format itself. None named: the LogFormat without a nickname.
Result<Format> FindFormat(const std::optional<Word>& written,
                          const HostSettings& host,
                          const HostSettings& main_server) {
  if (!written) {
    const auto& plain = host.plain_format ? host.plain_format : main_server.plain_format;
    return plain ? *plain : Format::Parse(access_log::kCommon);
  }
  for (const HostSettings* from : {&host, &main_server}) {
    const auto named = from->formats.find(written->text);
    if (named != from->formats.end()) return named->second;
  }
  if (written->text == "common") return Format::Parse(access_log::kCommon);
  if (written->text == "combined") return Format::Parse(access_log::kCombined);
  if (written->text.find('%') == std::string::npos) {
    return Refuse(*written,
                  "no LogFormat has the nickname {}: write one that has, or a format with its "
                  "items, like \"%h %t %r\"",
                  Shown(written->text));
  }
  auto format = Format::Parse(written->text);
  if (!format) return Refuse(*written, "{}", format.error().message);
  return format;
}

Result<void> FindFormats(std::vector<WrittenLog>& logs,
                         const HostSettings& host,
                         const HostSettings& main_server) {
  for (WrittenLog& written : logs) {
    auto format = FindFormat(written.format, host, main_server);
    if (!format) return format.error();
    written.log.format = std::move(*format);
  }
  return {};
}

struct LevelName {
  std::string_view name;
  base::LogLevel level;
};

// Apache's, and which of ours they show.
constexpr LevelName kLevels[] = {
    {"emerg", base::LogLevel::Critical},
    {"alert", base::LogLevel::Critical},
    {"crit", base::LogLevel::Critical},
    {"error", base::LogLevel::Error},
    {"warn", base::LogLevel::Warning},
    {"notice", base::LogLevel::Warning},
    {"info", base::LogLevel::Info},
    {"debug", base::LogLevel::Debug},
};

Result<base::LogLevel> ReadLevel(const Word& word, std::string_view name) {
  for (const LevelName& one : kLevels) {
    if (SameLetters(one.name, name)) return one.level;
  }
  constexpr std::string_view kTrace = "trace";
  const bool is_trace = name.size() == kTrace.size() + 1 && name.back() >= '1' &&
                        name.back() <= '8' && SameLetters(name.substr(0, kTrace.size()), kTrace);
  if (is_trace) return base::LogLevel::Debug;
  return Refuse(word,
                "{} is no level: write emerg, alert, crit, error, warn, notice, info, debug, or "
                "trace1 to trace8",
                Shown(std::string(name)));
}

// The names under which Apache knows mod_wsgi. All lines here are its.
bool IsWsgi(std::string_view module) {
  return SameLetters(module, "wsgi") || SameLetters(module, "wsgi_module") ||
         SameLetters(module, "mod_wsgi.c");
}

}  // namespace

Result<void> SetErrorLog(const Directive& directive, Scope& scope) {
  const Word& log = directive.arguments.front();
  if (IsNoFile(log.text)) {
    return Refuse(log,
                  "{}: programs and syslog are not offered yet: write the path of a file",
                  Shown(log.text));
  }
  const auto path = ReadPath(log, scope.settings.server_root);
  if (!path) return path.error();
  scope.host().error_log = {*path, OriginOf(directive.name)};
  return {};
}

Result<void> SetLogLevel(const Directive& directive, Scope& scope) {
  std::optional<base::LogLevel> for_all;
  std::optional<base::LogLevel> for_wsgi;
  for (const Word& word : directive.arguments) {
    const std::string_view text = word.text;
    const size_t colon = text.find(':');
    const auto level = ReadLevel(word, colon == text.npos ? text : text.substr(colon + 1));
    if (!level) return level.error();
    if (colon == text.npos) {
      for_all = *level;
      for_wsgi.reset();  // as in Apache: it is for every module, until another word names one
    } else if (IsWsgi(text.substr(0, colon))) {
      for_wsgi = *level;
    }
  }
  if (scope.is_in_section()) {
    scope.settings.not_obeyed.push_back({"LogLevel of a section", {}, OriginOf(directive.name)});
    return {};
  }
  if (const auto level = for_wsgi ? for_wsgi : for_all) scope.host().log_level = *level;
  return {};
}

Result<void> SetLogFormat(const Directive& directive, Scope& scope) {
  const auto& words = directive.arguments;
  auto format = Format::Parse(words.front().text);
  if (!format) return Refuse(words.front(), "{}", format.error().message);
  HostSettings& host = scope.host();
  if (words.size() > 1) {
    host.formats.insert_or_assign(words[1].text, std::move(*format));
    return {};
  }
  // "LogFormat NICKNAME" makes that the format of TransferLog.
  const auto named = host.formats.find(words.front().text);
  host.plain_format = named == host.formats.end() ? std::move(*format) : named->second;
  return {};
}

Result<void> AddCustomLog(const Directive& directive, Scope& scope) {
  return AddLog(directive, scope, scope.host().access_logs);
}

Result<void> AddGlobalLog(const Directive& directive, Scope& scope) {
  return AddLog(directive, scope, scope.settings.global_logs);
}

Result<void> FindLogFormats(Settings& settings) {
  const HostSettings& main_server = settings.hosts[Scope::kMainServer];
  if (auto found = FindFormats(settings.global_logs, main_server, main_server); !found) {
    return found;
  }
  for (HostSettings& host : settings.hosts) {
    if (auto found = FindFormats(host.access_logs, host, main_server); !found) return found;
  }
  return {};
}

}  // namespace hosts::directives
