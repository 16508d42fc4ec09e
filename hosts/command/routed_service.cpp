#include "hosts/command/routed_service.h"

#include <fmt/format.h>

#include <functional>
#include <optional>
#include <utility>

#include "hosts/base/log.h"
#include "hosts/command/believe_proxies.h"
#include "hosts/command/plain_answers.h"
#include "hosts/deployment/routing.h"

namespace hosts::command {

namespace {

using deployment::HeadMapping;

constexpr std::uint64_t kBodyLimit = 1024 * 1024 * 1024;  // Apache's, since 2.4.53

// What no application is asked for.
constexpr std::string_view kOwnAnswer = "own";

std::optional<std::string_view> HeaderOf(const exchange::RequestHead& head,
                                         const std::function<bool(std::string_view)>& fits) {
  for (const auto& field : head.headers) {
    if (fits(field.name)) return field.value;
  }
  return std::nullopt;
}

// As it was before it was routed: nothing points into the route any more.
void Unroute(exchange::RequestHead& head, serving::Decision& decision) {
  decision.script_name = decision.path_info = decision.script_filename = decision.script = {};
  decision.handler = decision.callable_object = {};
  decision.process_group = decision.application_group = {};
  decision.dispatch_script = decision.dispatch_group = {};
  decision.variables = {};
  const exchange::RequestHead unrouted;
  head.script_name = head.path_info = head.script_filename = head.script = {};
  head.handler = unrouted.handler;
  head.callable_object = unrouted.callable_object;
  head.process_group = head.application_group = {};
  head.dispatch_script = head.dispatch_group = {};
  head.reloads_scripts = head.ignores_activity = false;
  head.script_changed_at_ns = head.dispatch_changed_at_ns = 0;
  head.variables.clear();
}

// SEC-6.
std::string_view AsProcessesSee(std::string_view path, const deployment::Route& route) {
  if (route.group == nullptr) return path;
  return deployment::BelowRoot(path, route.group->chroot.native()).value_or(path);
}

// The URL as it was written, with a slash at the end of its path.
std::string WithSlash(const exchange::RequestHead& head) {
  std::string location;
  const std::string_view path = head.target.substr(0, head.target.find('?'));
  if (path.starts_with('/')) {
    location =
        fmt::format("http://{}", head.host_name.empty() ? head.local_address : head.host_name);
    if (head.host_port != 0) location += fmt::format(":{}", head.host_port);
  }
  location += path;
  location += '/';
  if (!head.query.empty()) location += fmt::format("?{}", head.query);
  return location;
}

}  // namespace

void RoutedService::Decide(exchange::RequestHead& head, serving::Decision& decision) {
  Route(head, nullptr, decision);
}

void RoutedService::DecideAgain(exchange::RequestHead& head,
                                const exchange::Choice& choice,
                                serving::Decision& decision) {
  if (decision.as_received) head = *std::exchange(decision.as_received, std::nullopt);
  Unroute(head, decision);
  const deployment::DispatchChoice chosen{
      choice.process_group, choice.application_group, choice.callable_object};
  Route(head, &chosen, decision);
}

void RoutedService::Route(exchange::RequestHead& head,
                          const deployment::DispatchChoice* choice,
                          serving::Decision& decision) {
  deployment::RequestAddress address{.local_address = head.local_address,
                                     .local_port = head.local_port,
                                     .host = head.host_name,
                                     .path = decision.path,
                                     .method = head.method,
                                     .remote_address = head.remote_address,
                                     .protocol = head.version_minor == 0 ? "HTTP/1.0" : "HTTP/1.1",
                                     .target = head.target,
                                     .query = head.query,
                                     .host_port = head.host_port,
                                     .remote_port = head.remote_port,
                                     .choice = choice};
  address.header = [&head](const auto& fits) { return HeaderOf(head, fits); };
  const auto found = routes_.Find(address, machine_);
  decision.text = found;
  const deployment::RoutingResult& result = *found;
  const deployment::Route& route = result.route;
  if (route.virtual_host != nullptr) {
    decision.virtual_host = static_cast<int>(route.virtual_host - deployment_.virtual_hosts.data());
    head.error_log = route.virtual_host->error_log;
  }
  if (result.refused_status != 0) {
    const std::string& error = route.merged.error;
    decision.script_filename = route.script_filename;
    decision.variables = route.variables;
    return Refuse(head,
                  decision,
                  result.refused_status,
                  error.empty() ? deployment::InWords(result.reason) : std::string_view(error));
  }
  if (route.answer != deployment::Answer::Script) return AnswerHere(route, head, decision);
  if (route.group != nullptr && route.group->threads == 0) {
    return Refuse(head, decision, 503, "its process group has threads=0 and serves no requests");
  }
  const bool must_ask = route.dispatch_script != nullptr && choice == nullptr;
  // Seen from the configuration no request could run here, so that no Python was started.
  if (!must_ask && route.process_group.empty() && !deployment_.may_run_embedded) {
    return Refuse(head, decision, 500, "this process runs no applications");
  }
  if (head.is_chunked && !route.chunked_request) {
    decision.what = serving::Decision::What::Refuse;
    decision.status = 411;  // ERR-16
    decision.variables = route.variables;
    return;
  }
  const std::uint64_t body_limit =
      deployment::ValueOr(route.merged.effective.limit_request_body, kBodyLimit);
  if (body_limit != 0 && head.content_length.value_or(0) > body_limit) {
    decision.variables = route.variables;
    return Refuse(head, decision, 413, "its body is larger than LimitRequestBody");
  }
  decision.body_limit = head.is_chunked ? body_limit : 0;
  if (must_ask) {
    decision.dispatch_script = route.dispatch_script->value.script;
    decision.dispatch_group = route.dispatch_group;
    head.dispatch_script = decision.dispatch_script;
    head.dispatch_group = decision.dispatch_group;
  }
  LookAtScripts(route, head);
  TakeOver(route, head, decision);
  decision.what = must_ask || decision.process_group.empty() ? serving::Decision::What::Run
                                                             : serving::Decision::What::Forward;
}

// Routing has looked at the script itself already; at a handler or dispatch script nobody has.
void RoutedService::LookAtScripts(const deployment::Route& route, exchange::RequestHead& head) {
  head.reloads_scripts = deployment::ValueOr(route.merged.effective.script_reloading, true);
  if (!head.reloads_scripts) return;
  if (!head.dispatch_script.empty()) {
    head.dispatch_changed_at_ns = machine_.ChangedAtNs(route.dispatch_script->value.script);
  } else {
    head.script_changed_at_ns = machine_.ChangedAtNs(route.script);
  }
}

void RoutedService::AnswerHere(const deployment::Route& route,
                               exchange::RequestHead& head,
                               serving::Decision& decision) {
  decision.what = serving::Decision::What::Forward;
  decision.handler = kOwnAnswer;
  decision.variables = route.variables;
  if (route.answer == deployment::Answer::File) decision.script_filename = route.script_filename;
  head.handler = decision.handler;
  head.script_filename = decision.script_filename;
}

void RoutedService::TakeOver(const deployment::Route& route,
                             exchange::RequestHead& head,
                             serving::Decision& decision) const {
  head.virtual_host = static_cast<int>(route.virtual_host - deployment_.virtual_hosts.data());
  decision.script_name = route.script_name;
  decision.path_info = route.path_info;
  decision.script_filename = route.script_filename;
  decision.script = route.script;
  decision.handler = route.handler;
  decision.callable_object = route.callable_object;
  decision.process_group = route.process_group;
  decision.application_group = route.application_group;
  decision.variables = route.variables;
  head.script_name = decision.script_name;
  head.path_info = decision.path_info;
  head.script_filename = AsProcessesSee(decision.script_filename, route);
  head.script = AsProcessesSee(decision.script, route);
  head.handler = decision.handler;
  head.callable_object = decision.callable_object;
  head.pass_authorization = route.pass_authorization;
  head.may_send_files = deployment::ValueOr(route.merged.effective.enable_sendfile, false);
  head.process_group = decision.process_group;
  head.application_group = decision.application_group;
  for (const auto& [name, value] : decision.variables)
    head.variables.push_back({name, value});
  const deployment::EffectiveSettings& settings = route.merged.effective;
  head.ignores_activity = deployment::ValueOr(settings.ignore_activity, false);
  decision.overrides_errors = deployment::ValueOr(settings.error_override, false);
  BelieveProxies(settings, head, decision);
  // ENV-9. Auto means it where a filter needs the body, and there are no filters here.
  if (head.method == "HEAD" &&
      deployment::ValueOr(settings.map_head_to_get, HeadMapping::Auto) == HeadMapping::On) {
    if (!decision.as_received) decision.as_received = head;
    head.method = "GET";
  }
}

void RoutedService::Refuse(const exchange::RequestHead& head,
                           serving::Decision& decision,
                           int status,
                           std::string_view why) {
  const base::LogChoice choice(head.error_log);
  base::Log(status == 404 ? base::LogLevel::Info : base::LogLevel::Error,
            "H0230",
            "{} {} refused with {}: {}",
            head.method,
            decision.path,
            status,
            why);
  decision.what = serving::Decision::What::Refuse;
  decision.status = status;
}

std::unique_ptr<serving::Forwarding> RoutedService::Forward(serving::ForwardedRequest& request) {
  const exchange::RequestHead& head = request.head();
  if (head.handler != kOwnAnswer) return front_.Forward(head.process_group, request);
  if (!head.script_filename.empty()) {
    return AnswerWithFile(request, std::string(head.script_filename));
  }
  return AnswerWithRedirect(request, WithSlash(head));
}

}  // namespace hosts::command
