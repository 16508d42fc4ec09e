#include "hosts/command/routed_service.h"

#include <sys/stat.h>

#include <utility>

#include "hosts/base/log.h"
#include "hosts/deployment/routing.h"

namespace hosts::command {

namespace {

deployment::FileKind KindOf(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return deployment::FileKind::Missing;
  return S_ISDIR(status.st_mode) ? deployment::FileKind::Directory : deployment::FileKind::File;
}

std::string_view InWords(deployment::RefusalReason reason) {
  using deployment::RefusalReason;
  switch (reason) {
    case RefusalReason::NoMount:
      return "no WSGIScriptAlias fits the URL";
    case RefusalReason::ScriptMissing:
      return "the script does not exist";
    case RefusalReason::ScriptIsDirectory:
      return "the script is a directory";
    case RefusalReason::AccessDenied:
      return "no <Directory> grants access to the script (Require all granted)";
    case RefusalReason::UnknownGroup:
      return "the process group is not declared by any WSGIDaemonProcess";
    case RefusalReason::GroupNotReachable:
      return "the process group belongs to another virtual host";
  }
  return "refused";
}

}  // namespace

void RoutedService::Decide(exchange::RequestHead& head, serving::Decision& decision) {
  static const deployment::FileKindOf kKindOf = KindOf;
  auto result = deployment::FindRoute(deployment_,
                                      {.local_address = head.local_address,
                                       .local_port = head.local_port,
                                       .host = head.host_name,
                                       .path = decision.path},
                                      kKindOf);
  if (result.refused_status != 0) {
    base::Log(result.refused_status == 404 ? base::LogLevel::Info : base::LogLevel::Error,
              "H0230",
              "{} {} refused with {}: {}",
              head.method,
              decision.path,
              result.refused_status,
              InWords(result.reason));
    decision.status = result.refused_status;
    return;
  }
  deployment::Route& route = result.route;
  if (head.is_chunked && !route.mount->chunked_request) {
    decision.status = 411;  // ERR-16
    return;
  }
  head.virtual_host = static_cast<int>(route.virtual_host - deployment_.virtual_hosts.data());
  head.mount = static_cast<int>(route.mount - route.virtual_host->mounts.data());
  decision.script_name = std::move(route.script_name);
  decision.path_info = std::move(route.path_info);
  decision.script_filename = std::move(route.script_filename);
  decision.process_group = std::move(route.process_group);
  decision.application_group = std::move(route.application_group);
  head.script_name = decision.script_name;
  head.path_info = decision.path_info;
  head.script_filename = decision.script_filename;
  head.process_group = decision.process_group;
  head.application_group = decision.application_group;
  decision.what = decision.process_group.empty() ? serving::Decision::What::Run
                                                 : serving::Decision::What::Forward;
}

std::unique_ptr<serving::Forwarding> RoutedService::Forward(serving::ForwardedRequest& request) {
  return front_.Forward(request.head().process_group, request);
}

}  // namespace hosts::command
