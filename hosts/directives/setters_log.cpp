// Directives of mod_log_config: what is written about requests, and where.

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

}  // namespace

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
