#include "hosts/explain/writing.h"

#include <fmt/format.h>

#include <cctype>

#include "hosts/base/directive_word.h"
#include "hosts/deployment/routing.h"

namespace hosts::explain {

namespace {

using deployment::Mount;

std::string Head(const Mount& mount) {
  return fmt::format("{} {} {}",
                     mount.pattern ? "WSGIScriptAliasMatch" : "WSGIScriptAlias",
                     AsWord(mount.url),
                     AsWord(mount.target.string()));
}

// The options beside the groups.
std::string Tail(const Mount& mount) {
  std::string text;
  if (const auto& callable = mount.options.callable_object) {
    text += " callable-object=" + AsWord(callable->value.text);
  }
  if (const auto& pass = mount.options.pass_authorization) {
    text += fmt::format(" pass-authorization={}", pass->value ? "On" : "Off");
  }
  return text;
}

bool IsPlain(char letter) {
  return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '-' || letter == '_' ||
         letter == '.';
}

// "accounts" of "/site/accounts/"; of a pattern nothing.
std::string NameIn(const Mount& mount) {
  if (mount.pattern) return {};
  std::string url = mount.url;
  while (url.ends_with('/'))
    url.pop_back();
  std::string name;
  for (const char letter : url.substr(url.rfind('/') + 1))
    name += IsPlain(letter) ? letter : '-';
  return name;
}

}  // namespace

std::string AsWord(std::string_view text) {
  return base::DirectiveWord(text);
}

std::string AsGroup(const std::string& name) {
  return name.empty() ? "%{GLOBAL}" : AsWord(name);
}

std::string AsAlias(const Mount& mount) {
  std::string text = Head(mount);
  if (const auto& group = mount.options.process_group) {
    text += " process-group=" + AsWord(deployment::AsWritten(group->value));
  }
  if (const auto& group = mount.options.application_group) {
    text += " application-group=" + AsWord(deployment::AsWritten(group->value));
  }
  return text + Tail(mount);
}

std::string AsAlias(const Mount& mount,
                    const std::string& process_group,
                    const std::string& application_group) {
  return fmt::format("{} process-group={} application-group={}{}",
                     Head(mount),
                     AsGroup(process_group),
                     AsGroup(application_group),
                     Tail(mount));
}

std::string NewGroupFor(const deployment::Deployment& deployment,
                        const deployment::VirtualHost& host,
                        const Mount& mount) {
  std::string name = NameIn(mount);
  if (name.empty()) name = host.server_name.empty() ? "site" : host.server_name;
  std::string free = name;
  for (int number = 2; deployment::FindProcessGroup(deployment, free) != nullptr; ++number)
    free = fmt::format("{}-{}", name, number);
  return free;
}

}  // namespace hosts::explain
