#include "hosts/explain/bearing.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "hosts/base/letters.h"
#include "hosts/explain/bearing_conditions.h"

namespace hosts::explain {

namespace {

using deployment::GroupName;
using deployment::Origin;
using deployment::Route;
using deployment::UngrantedWish;
using deviations::Bearing;

// The line of the fact, else the one by which the URL has its script.
Origin OriginOf(const UrlExplanation& url, std::string_view fact) {
  for (const std::string_view name : {fact, std::string_view("target")}) {
    const Fact* found = url.Find(name);
    if (found != nullptr && found->origin.line != 0) return found->origin;
  }
  return {};
}

// What `bears` says of the URLs that a script answers.
template <typename Bears>
Evidence OfScripts(const ExplainedSite& site, std::string_view fact, const Bears& bears) {
  Evidence evidence;
  for (const UrlExplanation& url : site.urls) {
    if (!url.script.empty() && bears(url.routing.route)) Take(evidence, OriginOf(url, fact));
  }
  return evidence;
}

// ---- interpreters ----

bool HasCanonicalNames(const deployment::Deployment& deployment) {
  const auto* written = deployment::FindOption(deployment.server.options, "UseCanonicalName");
  return written != nullptr && base::SameLetters(written->value, "On");
}

Evidence OfDefaultInterpreterNames(const ExplainedSite& site) {
  if (HasCanonicalNames(site.deployment)) return {};  // mod_wsgi takes the configured port then
  return OfScripts(site, "application_group", [](const Route& route) {
    if (route.handler_script != nullptr && route.handler_script->value.application_group) {
      return false;
    }
    const auto* setting = route.application_group_setting;
    return setting == nullptr || setting->value.kind == GroupName::Kind::Resource ||
           setting->value.kind == GroupName::Kind::Server;
  });
}

// The interpreters of each process group, each with a line that puts something into it.
using Interpreters = std::map<std::string, std::map<std::string, Origin>>;

void AddInterpreters(const std::vector<UrlExplanation>& urls, Interpreters& interpreters) {
  for (const UrlExplanation& url : urls) {
    const Route& route = url.routing.route;
    if (url.script.empty()) continue;
    interpreters[route.process_group].emplace(route.application_group,
                                              OriginOf(url, "application_group"));
    if (route.dispatch_script != nullptr) {
      interpreters[""].emplace(route.dispatch_group, route.dispatch_script->origin);
    }
  }
}

enum class Among { Any, Main };

Evidence OfSeveralInterpreters(const ExplainedSite& site, Among among) {
  Interpreters interpreters;
  AddInterpreters(site.urls, interpreters);
  std::set<std::string> shown;
  for (const auto& [process_group, of_process] : interpreters)
    shown.insert(process_group);
  AddInterpreters(site.mounts, interpreters);
  for (const auto& preloaded : site.deployment.preloads)
    interpreters[preloaded.process_group].emplace(preloaded.application_group, preloaded.origin);
  Evidence evidence;
  for (const std::string& process_group : shown) {
    const auto& of_process = interpreters[process_group];
    if (of_process.size() < 2 || (among == Among::Main && !of_process.contains(""))) continue;
    for (const auto& [name, origin] : of_process)
      Take(evidence, origin);
  }
  return evidence;
}

Evidence OfWishes(const ExplainedSite& site, UngrantedWish::Kind kind) {
  Evidence evidence;
  for (const UngrantedWish& wish : deployment::UngrantedWishes(site.deployment)) {
    if (wish.kind == kind) Take(evidence, wish.origin);
  }
  return evidence;
}

Evidence OfSwitchIntervals(const ExplainedSite& site) {
  Evidence evidence;
  const auto add = [&evidence](const deployment::Setting<double>& interval) {
    if (interval) Take(evidence, interval->origin);
  };
  add(site.deployment.server.interpreters.switch_interval);
  for (const auto& container : site.deployment.interpreter_options)
    add(container.settings.switch_interval);
  for (const auto& group : site.deployment.process_groups)
    add(group.switch_interval);
  return evidence;
}

Evidence OfRandomHashes(const ExplainedSite& site) {
  Evidence evidence;
  const auto& seed = site.deployment.server.python.hash_seed;
  if (seed && !seed->value) Take(evidence, seed->origin);
  return evidence;
}

// ---- processes ----

Evidence OfDaemonGroups(const ExplainedSite& site) {
  Evidence evidence;
  for (const UrlExplanation& url : site.urls) {
    if (url.script.empty()) continue;
    const auto* group =
        deployment::FindProcessGroup(site.deployment, url.routing.route.process_group);
    if (group != nullptr) Take(evidence, group->origin);
  }
  return evidence;
}

Evidence OfDispatchScripts(const ExplainedSite& site) {
  return OfScripts(
      site, "dispatch_script", [](const Route& route) { return route.dispatch_script != nullptr; });
}

Evidence OfForwardedPorts(const ExplainedSite& site) {
  return OfScripts(site, "proxies", [](const Route& route) {
    const auto* headers = route.merged.effective.trusted_proxy_headers;
    return headers != nullptr && std::ranges::any_of(headers->value, [](const auto& header) {
             return base::SameLetters(header, "X-Forwarded-Port");
           });
  });
}

// ---- who answers ----

Evidence OfForeignDirectives(const ExplainedSite& site, std::string_view name) {
  Evidence evidence;
  for (const auto& use : site.deployment.foreign) {
    if (use.effect.empty()) continue;
    if (name.empty() || base::SameLetters(use.name, name)) Take(evidence, use.first);
  }
  return evidence;
}

Evidence OfMissingRequires(const ExplainedSite& site) {
  Evidence evidence;
  for (const UrlExplanation& url : site.urls) {
    const Route& route = url.routing.route;
    if (route.script_filename.empty() || route.merged.effective.access != nullptr) continue;
    Take(evidence, OriginOf(url, "target"));
  }
  return evidence;
}

Evidence OfEncodedSlashes(const ExplainedSite& site) {
  Evidence evidence = OfForeignDirectives(site, "AllowEncodedSlashes");
  for (const UrlExplanation& url : site.urls) {
    const std::string path = base::Lowered(url.url.substr(0, url.url.find('?')));
    if (path.find("%2f") != std::string::npos || path.find("%00") != std::string::npos) {
      Take(evidence, {});
    }
  }
  return evidence;
}

Evidence OfForeignHandlers(const ExplainedSite& site) {
  Evidence evidence;
  for (const UrlExplanation& url : site.urls) {
    if (url.status == 0 || url.routing.reason != deployment::RefusalReason::ForeignHandler) {
      continue;
    }
    const auto* handler = url.routing.route.merged.effective.handler;
    Take(evidence, handler == nullptr ? Origin{} : handler->origin);
  }
  return evidence;
}

Evidence EvidenceOf(Bearing bearing, const ExplainedSite& site) {
  switch (bearing) {
    case Bearing::DefaultInterpreterName:
      return OfDefaultInterpreterNames(site);
    case Bearing::SeveralInterpreters:
      return OfSeveralInterpreters(site, Among::Any);
    case Bearing::MainBesideOthers:
      return OfSeveralInterpreters(site, Among::Main);
    case Bearing::SubInterpreter:
      return OfScripts(site, "application_group", [](const Route& route) {
        return !route.application_group.empty();
      });
    case Bearing::DaemonGroup:
      return OfDaemonGroups(site);
    case Bearing::NoRequire:
      return OfMissingRequires(site);
    case Bearing::EncodedSlash:
      return OfEncodedSlashes(site);
    case Bearing::ForeignHandler:
      return OfForeignHandlers(site);
    case Bearing::RepeatedSlashes:
      return OfForeignDirectives(site, "MergeSlashes");
    case Bearing::ForeignCondition:
      return OfForeignConditions(site);
    case Bearing::AddressCondition:
      return OfAddressConditions(site);
    case Bearing::HeaderCondition:
      return OfHeaderConditions(site);
    case Bearing::RequireExpression:
      return OfRequireExpressions(site);
    case Bearing::RandomHashes:
      return OfRandomHashes(site);
    case Bearing::FreeThreading:
      return OfWishes(site, UngrantedWish::Kind::FreeThreading);
    case Bearing::SwitchInterval:
      return OfSwitchIntervals(site);
    case Bearing::ForwardedPort:
      return OfForwardedPorts(site);
    case Bearing::DispatchScript:
      return OfDispatchScripts(site);
    case Bearing::ForeignDirectives:
      return OfForeignDirectives(site, {});
    case Bearing::Refused:
    case Bearing::Reading:
    case Bearing::ProcessEnd:
    case Bearing::Request:
    case Bearing::Application:
      return {};
  }
  return {};
}

}  // namespace

std::vector<ShownDeviation> DeviationsThatBear(const ExplainedSite& site) {
  std::vector<ShownDeviation> shown;
  for (const auto& row : deviations::DeviationTable()) {
    Evidence evidence = EvidenceOf(row.bears_on, site);
    if (!evidence) continue;
    std::ranges::sort(
        *evidence, {}, [](const Origin& origin) { return std::tie(origin.file, origin.line); });
    shown.push_back({&row, std::move(*evidence)});
  }
  return shown;
}

}  // namespace hosts::explain
