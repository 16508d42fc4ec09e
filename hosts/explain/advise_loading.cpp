#include <fmt/format.h>

#include <algorithm>

#include "hosts/explain/advise.h"
#include "hosts/explain/writing.h"

namespace hosts::explain {

namespace {

using deployment::GroupName;
using deployment::Mount;
using deployment::Route;
using Kind = GroupName::Kind;

// What is there, completed. Where nobody chose the interpreter: the main one if that is free, else
// the one that it has.
std::string FullAlias(const AdviceContext& context, const UrlExplanation& explained) {
  const Route& route = explained.routing.route;
  const bool is_chosen = route.application_group_setting != nullptr;
  const bool has_main = !is_chosen && context.IsAlone(explained);
  return AsAlias(
      *route.mount, route.process_group, has_main ? std::string() : route.application_group);
}

bool DependsOnRequest(const deployment::Setting<GroupName>& name) {
  return name && name->value.kind != Kind::Global && name->value.kind != Kind::Literal;
}

bool HasGroup(const AdviceContext& context, const deployment::VirtualHost& host) {
  return std::ranges::any_of(context.deployment.process_groups, [&host](const auto& group) {
    return deployment::MayUse(host, group);
  });
}

// Not preloaded, though one of the two options is there: somebody meant it to be.
void AdviseOneOption(const AdviceContext& context, const UrlExplanation& explained) {
  const Mount& mount = *explained.routing.route.mount;
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
               .write = FullAlias(context, explained),
               .evidence = {mount.origin}});
}

// Both values are known, but from directives, or as tokens.
void AdviseInferred(const AdviceContext& context, const UrlExplanation& explained) {
  const Route& route = explained.routing.route;
  const Mount& mount = *route.mount;
  const auto& options = mount.options;
  if (options.process_group.has_value() != options.application_group.has_value()) return;
  const bool has_token =
      DependsOnRequest(options.process_group) || DependsOnRequest(options.application_group);
  if (options.process_group && !has_token) return;
  // That it runs embedded though there is a group is the first thing to say (advise_groups.cpp).
  if (route.process_group.empty() && route.process_group_setting == nullptr &&
      HasGroup(context, *route.virtual_host)) {
    return;
  }
  Advice advice{.id = "preload-inferred",
                .weight = Advice::Weight::Warning,
                .rule = "PRELOAD-1",
                .text = {},
                .write = FullAlias(context, explained),
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
    const auto reason = explained.routing.reason;
    const bool has_no_group = reason == deployment::RefusalReason::UnknownGroup ||
                              reason == deployment::RefusalReason::GroupNotReachable;
    if (explained.status != 0 && has_no_group) continue;  // nothing can be loaded
    AdviseOneOption(context, explained);
    AdviseInferred(context, explained);
  }
}

}  // namespace hosts::explain
