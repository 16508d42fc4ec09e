#include <fmt/format.h>

#include "hosts/explain/advise.h"

namespace hosts::explain {

namespace {

using deployment::GroupName;
using deployment::Mount;
using deployment::Route;
using Kind = GroupName::Kind;

// How a final name is written as an option; quoted where it must be.
std::string AsOption(const std::string& name) {
  if (name.empty()) return "%{GLOBAL}";
  return name.find_first_of(" \t|") == std::string::npos ? name : "\"" + name + "\"";
}

// What is there, completed; where nobody chose the interpreter, the main one.
std::string FullAlias(const Mount& mount, const Route& route) {
  const bool is_chosen = route.application_group_setting != nullptr;
  return fmt::format("{} {} {} process-group={} application-group={}",
                     mount.pattern ? "WSGIScriptAliasMatch" : "WSGIScriptAlias",
                     mount.url,
                     mount.target.string(),
                     AsOption(route.process_group),
                     is_chosen ? AsOption(route.application_group) : "%{GLOBAL}");
}

bool DependsOnRequest(const deployment::Setting<GroupName>& name) {
  return name && name->value.kind != Kind::Global && name->value.kind != Kind::Literal;
}

// Not preloaded, though one of the two options is there: somebody meant it to be.
void AdviseOneOption(const AdviceContext& context, const Mount& mount, const Route& route) {
  const bool has_process_group = mount.options.process_group.has_value();
  if (has_process_group == mount.options.application_group.has_value()) return;
  context.Add({.id = "preload-one-option",
               .weight = Advice::Weight::Warning,
               .rule = "PRELOAD-1",
               .text = fmt::format(
                   "{} is loaded by its first request: of the two options that make it load when "
                   "processes start only {} is there",
                   mount.target.string(),
                   has_process_group ? "process-group=" : "application-group="),
               .write = FullAlias(mount, route),
               .evidence = {mount.origin}});
}

// Both values are known, but from directives, or as tokens.
void AdviseInferred(const AdviceContext& context, const Mount& mount, const Route& route) {
  const auto& options = mount.options;
  if (options.process_group.has_value() != options.application_group.has_value()) return;
  const bool has_token =
      DependsOnRequest(options.process_group) || DependsOnRequest(options.application_group);
  if (options.process_group && !has_token) return;
  Advice advice{.id = "preload-inferred",
                .weight = Advice::Weight::Warning,
                .rule = "PRELOAD-1",
                .text = {},
                .write = FullAlias(mount, route),
                .evidence = {mount.origin}};
  advice.text = fmt::format(
      "{} is loaded by its first request: {}",
      mount.target.string(),
      has_token ? "a value on its WSGIScriptAlias stands for something that each request decides"
                : "its groups come from directives or defaults, which never make it load when "
                  "processes start");
  if (route.process_group_setting != nullptr) {
    advice.evidence.push_back(route.process_group_setting->origin);
  }
  if (route.application_group_setting != nullptr) {
    advice.evidence.push_back(route.application_group_setting->origin);
  }
  context.Add(std::move(advice));
}

}  // namespace

void AdviseOnLoading(const AdviceContext& context) {
  for (const UrlExplanation& explained : context.mounts) {
    const Route& route = explained.routing.route;
    const Fact* loading = explained.Find("loading");
    if (route.mount == nullptr || loading == nullptr || loading->value == "preload") continue;
    if (route.mount->pattern) continue;
    AdviseOneOption(context, *route.mount, route);
    AdviseInferred(context, *route.mount, route);
  }
}

}  // namespace hosts::explain
