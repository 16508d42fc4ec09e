#include "hosts/command/routed_service.h"

#include <optional>
#include <utility>

#include "hosts/base/letters.h"
#include "hosts/base/log.h"
#include "hosts/deployment/routing.h"

namespace hosts::command {

namespace {

std::optional<std::string_view> HeaderOf(const exchange::RequestHead& head, std::string_view name) {
  for (const auto& field : head.headers) {
    if (base::SameLetters(field.name, name)) return field.value;
  }
  return std::nullopt;
}

}  // namespace

void RoutedService::Decide(exchange::RequestHead& head, serving::Decision& decision) {
  deployment::RequestAddress address{.local_address = head.local_address,
                                     .local_port = head.local_port,
                                     .host = head.host_name,
                                     .path = decision.path,
                                     .method = head.method,
                                     .remote_address = head.remote_address,
                                     .protocol = head.version_minor == 0 ? "HTTP/1.0" : "HTTP/1.1"};
  address.header = [&head](std::string_view name) { return HeaderOf(head, name); };
  auto result = deployment::FindRoute(deployment_, address, machine_);
  deployment::Route& route = result.route;
  if (result.refused_status == 0 && route.answer == deployment::Answer::File) {
    return Refuse(head, decision, 404, "files that are no scripts are not served yet");
  }
  if (result.refused_status != 0) {
    const std::string& error = route.merged.error;
    return Refuse(head,
                  decision,
                  result.refused_status,
                  error.empty() ? deployment::InWords(result.reason) : std::string_view(error));
  }
  if (head.is_chunked && !route.chunked_request) {
    decision.status = 411;  // ERR-16
    return;
  }
  head.virtual_host = static_cast<int>(route.virtual_host - deployment_.virtual_hosts.data());
  decision.script_name = std::move(route.script_name);
  decision.path_info = std::move(route.path_info);
  decision.script_filename = std::move(route.script_filename);
  decision.script = std::move(route.script);
  decision.handler = std::move(route.handler);
  decision.callable_object = std::move(route.callable_object);
  decision.process_group = std::move(route.process_group);
  decision.application_group = std::move(route.application_group);
  decision.variables = std::move(route.variables);
  head.script_name = decision.script_name;
  head.path_info = decision.path_info;
  head.script_filename = decision.script_filename;
  head.script = decision.script;
  head.handler = decision.handler;
  head.callable_object = decision.callable_object;
  head.pass_authorization = route.pass_authorization;
  head.process_group = decision.process_group;
  head.application_group = decision.application_group;
  for (const auto& [name, value] : decision.variables)
    head.variables.push_back({name, value});
  decision.what = decision.process_group.empty() ? serving::Decision::What::Run
                                                 : serving::Decision::What::Forward;
}

void RoutedService::Refuse(const exchange::RequestHead& head,
                           serving::Decision& decision,
                           int status,
                           std::string_view why) {
  base::Log(status == 404 ? base::LogLevel::Info : base::LogLevel::Error,
            "H0230",
            "{} {} refused with {}: {}",
            head.method,
            decision.path,
            status,
            why);
  decision.status = status;
}

std::unique_ptr<serving::Forwarding> RoutedService::Forward(serving::ForwardedRequest& request) {
  return front_.Forward(request.head().process_group, request);
}

}  // namespace hosts::command
