#include "hosts/explain/route_facts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "hosts/explain/process_facts.h"

namespace hosts::explain {
namespace {

using deployment::Deployment;
using deployment::Mount;
using deployment::ProcessGroup;
using deployment::Route;
using deployment::VirtualHost;

// ---- where it runs ----

std::string_view AliasName(const Mount& mount) {
  return mount.pattern ? "WSGIScriptAliasMatch" : "WSGIScriptAlias";
}

std::string InterpreterInWords(const std::string& application_group) {
  return application_group.empty() ? "the main interpreter"
                                   : fmt::format("sub-interpreter '{}'", application_group);
}

std::string DirectiveOf(const Route& route, std::string_view directive, std::string_view option) {
  const bool by_mount =
      route.mount != nullptr &&
      ((option == "process-group" && route.mount->options.process_group.has_value()) ||
       (option == "application-group" && route.mount->options.application_group.has_value()) ||
       (option == "callable-object" && route.mount->options.callable_object.has_value()));
  if (by_mount) return fmt::format("{}= of the {}", option, AliasName(*route.mount));
  return std::string(directive);
}

void AddProcessGroup(const Deployment& deployment, const Route& route, FactBook& facts) {
  const ProcessGroup* group = deployment::FindProcessGroup(deployment, route.process_group);
  std::string meaning = "embedded: the server's own processes";
  if (group != nullptr) meaning = ProcessesInWords(*group);
  if (group == nullptr && !route.process_group.empty()) {
    meaning = fmt::format("daemon group '{}', which is not declared", route.process_group);
  }
  Fact& fact = facts.Add("process_group", route.process_group, meaning, "CFG-52");
  if (route.handler_script != nullptr && route.handler_script->value.process_group) {
    Decide(fact, "process-group= of the WSGIHandlerScript", route.handler_script->origin);
  } else if (route.process_group_setting != nullptr) {
    Decide(fact,
           DirectiveOf(route, "WSGIProcessGroup", "process-group"),
           route.process_group_setting->origin);
  } else {
    fact.rule = "CFG-13";
  }
}

void AddApplicationGroup(const Route& route, FactBook& facts) {
  Fact& fact = facts.Add("application_group",
                         route.application_group,
                         InterpreterInWords(route.application_group),
                         "CFG-52");
  if (route.handler_script != nullptr && route.handler_script->value.application_group) {
    Decide(fact, "application-group= of the WSGIHandlerScript", route.handler_script->origin);
  } else if (route.application_group_setting != nullptr) {
    Decide(fact,
           DirectiveOf(route, "WSGIApplicationGroup", "application-group"),
           route.application_group_setting->origin);
  } else {
    fact.rule = "EXP-4";
  }
}

void AddCallable(const Route& route, FactBook& facts) {
  Fact& fact = facts.Add("callable_object", route.callable_object, route.callable_object, "CFG-15");
  if (route.handler_script != nullptr) {
    fact.rule = "CFG-56";
  } else if (route.mount != nullptr && route.mount->options.callable_object) {
    Decide(fact,
           DirectiveOf(route, "WSGICallableObject", "callable-object"),
           route.mount->options.callable_object->origin);
  } else if (const auto* written = route.merged.effective.callable_object) {
    Decide(fact, "WSGICallableObject", written->origin);
  }
}

// ---- loaded when ----

std::string WhyLazy(const Route& route) {
  if (route.handler_script != nullptr || route.mount == nullptr) {
    return "scripts reached by a handler are loaded by their first request";
  }
  const auto& options = route.mount->options;
  if (!options.process_group && !options.application_group) {
    return "neither process-group= nor application-group= stands on the WSGIScriptAlias; "
           "directives do not count";
  }
  if (!options.process_group) {
    return "only application-group= stands on the WSGIScriptAlias, not process-group=";
  }
  if (!options.application_group) {
    return "only process-group= stands on the WSGIScriptAlias, not application-group=";
  }
  if (route.mount->pattern) return "the target is made from each URL";
  return "a value on the WSGIScriptAlias depends on the request";
}

void AddLoading(const Deployment& deployment, const Route& route, FactBook& facts) {
  const auto found = std::ranges::find_if(deployment.preloads, [&route](const auto& preloaded) {
    return preloaded.script == route.script && preloaded.process_group == route.process_group &&
           preloaded.application_group == route.application_group;
  });
  if (found == deployment.preloads.end()) {
    facts.Add("loading", "lazy", "by the first request: " + WhyLazy(route), "LOAD-10 PRELOAD-1");
    return;
  }
  Fact& fact = facts.Add("loading",
                         "preload",
                         "when each process starts",
                         found->is_import ? "PRELOAD-3" : "PRELOAD-1");
  Decide(fact,
         found->is_import ? "WSGIImportScript" : "both options of the WSGIScriptAlias",
         found->origin);
}

void AddDispatchScript(const Route& route, FactBook& facts) {
  if (route.dispatch_script == nullptr) return;
  const std::string& script = route.dispatch_script->value.script;
  Fact& fact = facts.Add(
      "dispatch_script",
      script,
      fmt::format(
          "{} may choose other groups and another callable for each request; it runs in the "
          "server's own processes, in {}",
          script,
          InterpreterInWords(route.dispatch_group)),
      "LOAD-20 LOAD-21");
  Decide(fact, "WSGIDispatchScript", route.dispatch_script->origin);
}

// What On and Off of a directive mean.
struct Switch {
  std::string name;
  std::string on;
  std::string off;
  std::string written;
  std::string rule;
};

// Only where somebody wrote it: the rest is as everywhere.
void AddSwitch(FactBook& facts, Switch words, const deployment::Written<bool>* setting) {
  if (setting == nullptr) return;
  Fact& fact = facts.Add(std::move(words.name),
                         setting->value ? "On" : "Off",
                         std::move(setting->value ? words.on : words.off),
                         std::move(words.rule));
  Decide(fact, std::move(words.written), setting->origin);
}

void AddAuthorization(const Route& route, FactBook& facts) {
  using deployment::Written;
  const Written<bool>* setting = route.merged.effective.pass_authorization;
  std::string written = "WSGIPassAuthorization";
  if (route.mount != nullptr && route.mount->options.pass_authorization) {
    setting = &*route.mount->options.pass_authorization;
    written = fmt::format("pass-authorization= of the {}", AliasName(*route.mount));
  }
  std::optional<Written<bool>> by_handler;
  if (route.handler_script != nullptr && route.handler_script->value.pass_authorization) {
    by_handler = {*route.handler_script->value.pass_authorization, route.handler_script->origin};
    setting = &*by_handler;
    written = "pass-authorization= of the WSGIHandlerScript";
  }
  AddSwitch(facts,
            {.name = "pass_authorization",
             .on = "shown to the application",
             .off = "not shown to the application",
             .written = std::move(written),
             .rule = "CFG-20 ENV-5"},
            setting);
}

void AddHeadMapping(const Route& route, FactBook& facts) {
  using deployment::HeadMapping;
  const auto* setting = route.merged.effective.map_head_to_get;
  if (setting == nullptr) return;
  const bool is_on = setting->value == HeadMapping::On;
  Fact& fact =
      facts.Add("map_head_to_get",
                is_on ? "On" : (setting->value == HeadMapping::Off ? "Off" : "Auto"),
                is_on ? "the application sees GET instead" : "the application sees it as it is",
                "CFG-23 ENV-9");
  Decide(fact, "WSGIMapHEADToGET", setting->origin);
}

void AddRequestSettings(const Route& route, FactBook& facts) {
  const auto& settings = route.merged.effective;
  AddAuthorization(route, facts);
  AddSwitch(facts,
            {.name = "chunked_request",
             .on = "accepted",
             .off = "answered 411",
             .written = "WSGIChunkedRequest",
             .rule = "CFG-21 INP-8"},
            settings.chunked_request);
  AddSwitch(facts,
            {.name = "error_override",
             .on = route.process_group.empty()
                       ? "the application's: only those of daemon processes are replaced"
                       : "replaced by the server's own, from 400 to 599",
             .off = "the application's",
             .written = "WSGIErrorOverride",
             .rule = "CFG-22 RESP-15"},
            settings.error_override);
  AddSwitch(facts,
            {.name = "file_sending",
             .on = route.process_group.empty()
                       ? "those in wsgi.file_wrapper are sent by the kernel, and hold no thread"
                       : "those in wsgi.file_wrapper are read without Python",
             .off = "read by Python",
             .written = "WSGIEnableSendfile",
             .rule = "CFG-25 RESP-20"},
            settings.enable_sendfile);
  AddHeadMapping(route, facts);
}

void AddProxies(const Route& route, FactBook& facts) {
  const auto& settings = route.merged.effective;
  if (settings.trusted_proxy_headers == nullptr) return;
  const auto* proxies = settings.trusted_proxies;
  Fact& fact = facts.Add(
      "proxies",
      fmt::format("{}", fmt::join(settings.trusted_proxy_headers->value, " ")),
      fmt::format("{} is believed, from {}",
                  fmt::join(settings.trusted_proxy_headers->value, ", "),
                  proxies == nullptr ? "everybody"
                                     : fmt::format("{}", fmt::join(proxies->value.written, ", "))),
      "CFG-26 CFG-27 ENV-40");
  Decide(fact, "WSGITrustedProxyHeaders", settings.trusted_proxy_headers->origin);
}

void AddAccess(const Route& route, FactBook& facts) {
  const auto* access = route.merged.effective.access;
  const std::string meaning =
      access == nullptr ? "nobody: no Require grants it" : deployment::AsWritten(access->value);
  Fact& fact = facts.Add("access", meaning, meaning, "LOAD-6");
  if (access != nullptr) Decide(fact, "Require", access->origin);
}

void AddVirtualHost(const VirtualHost& host, FactBook& facts) {
  const std::string name = host.server_port == 0
                               ? host.server_name
                               : fmt::format("{}:{}", host.server_name, host.server_port);
  Fact& fact = facts.Add(
      "virtual_host", name, name.empty() ? "one without a ServerName" : name, "CFG-50 EXP-3");
  if (host.origin.line != 0) {
    Decide(fact, "VirtualHost", host.origin);
  } else if (host.server_name_origin.line != 0) {
    Decide(fact, "ServerName", host.server_name_origin);
  }
}

void AddTarget(const Route& route, FactBook& facts) {
  const std::string file = route.script.empty() ? route.script_filename : route.script;
  Fact& fact = facts.Add("target", file, file, "LOAD-1 LOAD-3");
  if (route.handler_script != nullptr) {
    Decide(fact, "WSGIHandlerScript", route.handler_script->origin);
  } else if (route.mount != nullptr) {
    Decide(
        fact, fmt::format("{} {}", AliasName(*route.mount), route.mount->url), route.mount->origin);
  } else if (route.file_alias != nullptr) {
    Decide(fact,
           fmt::format(
               "{} {}", route.file_alias->pattern ? "AliasMatch" : "Alias", route.file_alias->url),
           route.file_alias->origin);
  } else if (route.virtual_host != nullptr && route.virtual_host->document_root) {
    Decide(fact, "DocumentRoot", route.virtual_host->document_root->origin);
  }
}

}  // namespace

void AddRouteFacts(const Deployment& deployment, const Route& route, FactBook& facts) {
  if (route.virtual_host != nullptr) AddVirtualHost(*route.virtual_host, facts);
  if (!route.script_filename.empty()) {
    AddTarget(route, facts);
    AddAccess(route, facts);
  }
  if (route.script.empty()) return;
  AddProcessGroup(deployment, route, facts);
  AddApplicationGroup(route, facts);
  AddCallable(route, facts);
  AddDispatchScript(route, facts);
  AddProxies(route, facts);
  AddRequestSettings(route, facts);
  AddLoading(deployment, route, facts);
}

}  // namespace hosts::explain
