#include "hosts/applications/mounted_applications.h"

#include <unistd.h>

#include "hosts/base/check.h"
#include "hosts/deployment/groups.h"
#include "hosts/python/call.h"
#include "hosts/python/strings.h"

namespace hosts::applications {

using python::Attached;

namespace {

constexpr int kHttpPort = 80;
// A request's header may choose the callable (EXP-9): only so many are remembered.
constexpr size_t kMostKept = 64;

bool Fits(const MountedApplication& mounted, const exchange::RequestHead& head) {
  const wsgi::MountVariables& variables = mounted.variables;
  return variables.callable_object == head.callable_object &&
         variables.pass_authorization == head.pass_authorization &&
         variables.handler == head.handler &&
         (variables.handler_script.empty() || variables.handler_script == head.script);
}

}  // namespace

namespace {

python::Ref Module() {
  return python::Take(PyImport_ImportModule("mod_wsgi"));
}

python::Ref RequestTimeoutType() {
  return python::Take(PyObject_GetAttrString(Module().get(), "RequestTimeout"));
}

}  // namespace

MountedApplications::MountedApplications(const Attached& attached,
                                         const deployment::Deployment& deployment,
                                         const ProcessSettings& settings,
                                         std::string application_group,
                                         Kept kept)
    : deployment_(deployment),
      settings_(settings),
      application_group_(std::move(application_group)),
      kept_(kept),
      adapter_(attached, RequestTimeoutType()) {
  python::Check(
      PyObject_SetAttrString(Module().get(), "FileWrapper", adapter_.file_wrapper_type()));
}

MountedApplications::Lane& MountedApplications::LaneOfThisThread(const Attached& attached) {
  const auto owner = kept_ == Kept::ForEachThread ? std::this_thread::get_id() : std::thread::id();
  {
    const std::lock_guard lock(mutex_);
    const auto found = lanes_.find(owner);
    if (found != lanes_.end()) return *found->second;
  }
  auto made = std::make_unique<Lane>(attached, deployment_.virtual_hosts.size());
  const std::lock_guard lock(mutex_);
  return *lanes_.emplace(owner, std::move(made)).first->second;
}

std::shared_ptr<MountedApplication> MountedApplications::For(const Attached& attached,
                                                             const exchange::RequestHead& head) {
  Lane& lane = LaneOfThisThread(attached);
  const auto host_index = static_cast<size_t>(head.virtual_host);
  CHECK(host_index < lane.mounted.size(), "routing names a virtual host of the deployment");
  auto& of_host = lane.mounted[host_index];
  for (const auto& mounted : of_host) {
    if (Fits(*mounted, head)) return mounted;
  }
  if (of_host.size() == kMostKept) of_host.clear();
  auto variables = VariablesOf(head);
  auto environ_template = adapter_.MakeTemplate(attached, lane.header_keys, variables);
  auto callable_name = python::Interned(variables.callable_object.c_str());
  of_host.emplace_back(new MountedApplication{
      std::move(variables), std::move(environ_template), std::move(callable_name)});
  return of_host.back();
}

wsgi::MountVariables MountedApplications::VariablesOf(const exchange::RequestHead& head) const {
  const auto& virtual_host = deployment_.virtual_hosts[static_cast<size_t>(head.virtual_host)];
  wsgi::MountVariables variables;
  variables.server_name = virtual_host.server_name;
  variables.server_port = virtual_host.server_port != 0 ? virtual_host.server_port : kHttpPort;
  if (virtual_host.document_root) {
    const auto seen =
        deployment::BelowRoot(virtual_host.document_root->value, settings_.root.native());
    variables.document_root.reset();  // what is not seen here is not told (SEC-6)
    if (seen) variables.document_root = *seen;
  }
  variables.process_group = settings_.process_group;
  variables.application_group = application_group_;
  variables.callable_object = head.callable_object;
  variables.handler = head.handler;
  if (head.script != head.script_filename) variables.handler_script = head.script;
  variables.pass_authorization = head.pass_authorization;
  variables.is_multithreaded = settings_.threads > 1;
  variables.is_multiprocess = settings_.multiprocess;
  // A daemon process learns with each request which process has the connection.
  if (settings_.process_group.empty()) variables.server_pid = std::to_string(::getpid());
  return variables;
}

}  // namespace hosts::applications
