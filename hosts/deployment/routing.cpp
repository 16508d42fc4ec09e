#include "hosts/deployment/routing.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <optional>

#include "hosts/base/check.h"
#include "hosts/base/letters.h"
#include "hosts/deployment/request_values.h"
#include "hosts/deployment/url_mapping.h"
#include "hosts/deployment/variables.h"

namespace hosts::deployment {
namespace {

using base::SameLetters;

constexpr int kNotFound = 404;
constexpr int kForbidden = 403;
constexpr int kServerError = 500;
constexpr int kBadGateway = 502;

constexpr std::string_view kScriptHandler = "wsgi-script";
constexpr std::string_view kScriptType = "application/x-httpd-wsgi";  // its older name

std::string WithSlashesCollapsed(std::string_view path) {
  std::string collapsed;
  collapsed.reserve(path.size());
  for (const char c : path) {
    if (c != '/' || !collapsed.ends_with('/')) collapsed += c;
  }
  return collapsed;
}

// SEC-9: whose it is, and that nobody else may write to it.
bool IsOwnedAs(const ScriptOwner& demanded, const std::optional<FileOwner>& owner) {
  if (!owner) return false;
  if (demanded.user) {
    return owner->user == *demanded.user && (owner->mode & (S_IWGRP | S_IWOTH)) == 0;
  }
  return owner->group == *demanded.group && (owner->mode & S_IWOTH) == 0;
}

// Follows one request through the deployment, until it is refused or has a script.
class Router {
 public:
  Router(const Deployment& deployment, const RequestAddress& address, Surroundings& surroundings)
      : deployment_(deployment), address_(address), surroundings_(surroundings) {}

  RoutingResult Find() {
    FollowUrl();
    result_.is_for_everybody = is_for_everybody_;
    return std::move(result_);
  }

  RoutingResult FindOf(const VirtualHost& virtual_host, const Mount& mount) {
    Route& route = result_.route;
    route.virtual_host = &virtual_host;
    route.mount = &mount;
    route.script_filename = mount.target;
    route.script_name = mount.pattern || mount.url == "/" ? std::string() : mount.url;
    looks_at_files_ = false;
    MergeSettings(address_.path, FileKind::File);
    ChooseHandler();
    const bool is_granted = IsGranted();
    const auto refused = std::pair(result_.refused_status, result_.reason);
    ChooseGroups();
    if (!is_granted) Refuse(refused.first, refused.second);
    return std::move(result_);
  }

 private:
  void FollowUrl() {
    std::string collapsed;
    std::string_view path = address_.path;
    if (path.find("//") != std::string_view::npos) path = collapsed = WithSlashesCollapsed(path);

    Route& route = result_.route;
    route.virtual_host = FindVirtualHost(deployment_, address_);
    if (route.virtual_host == nullptr) return Refuse(kNotFound, RefusalReason::NoVirtualHost);
    // A file name ends at a NUL, whatever the URL says after it: no script has such a path.
    if (path.find('\0') != std::string_view::npos) {
      return Refuse(kNotFound, RefusalReason::NoMount);
    }
    const auto mapping = MapUrl(*route.virtual_host, path);
    if (!mapping) return Refuse(kNotFound, RefusalReason::NoMount);
    route.mount = mapping->mount;
    route.file_alias = mapping->file_alias;

    FollowFile(path, FindFile(*mapping, surroundings_));
  }

  void FollowFile(std::string_view path, MappedFile file) {
    Route& route = result_.route;
    const size_t path_info_size = std::min(file.path_info_size, path.size());
    route.script_name = path.substr(0, path.size() - path_info_size);
    route.path_info = path.substr(path.size() - path_info_size);
    route.script_filename = std::move(file.filename);
    route.answer = Answer::Script;
    MergeSettings(path, file.kind);
    if (!route.merged.error.empty()) return Refuse(kServerError, RefusalReason::OverrideFile);
    if (!IsGranted()) return;
    if (file.kind == FileKind::Unreachable) {
      return Refuse(kForbidden, RefusalReason::FileUnreachable);
    }
    ChooseHandler();
    const bool lacks_slash = !path.ends_with('/') && route.path_info.empty();
    if (file.kind == FileKind::Directory && (route.handler_script == nullptr || lacks_slash)) {
      return FollowDirectory(path);
    }
    if (CheckFile(file.kind)) ChooseGroups();
  }

  // A redirect to the slash, the index file, or nothing.
  void FollowDirectory(std::string_view path) {
    Route& route = result_.route;
    const EffectiveSettings& effective = route.merged.effective;
    if (!path.ends_with('/') && ValueOr(effective.directory_slash, true)) {
      route.answer = Answer::Slash;
      return;
    }
    if (route.handler_script != nullptr) return ChooseGroups();
    if (route.mount != nullptr) return Refuse(kForbidden, RefusalReason::ScriptIsDirectory);
    route.answer = Answer::File;
    const std::string directory = route.script_filename;
    const auto names = ValueOr(effective.directory_index, std::vector<std::string>{"index.html"});
    for (const std::string& name : names) {
      MappedFile file{FileKind::Missing, directory, 0};
      if (!file.filename.ends_with('/')) file.filename += '/';
      file.filename += name;
      file.kind = surroundings_.KindOf(file.filename);
      if (file.kind != FileKind::File) continue;
      return FollowFile(std::string(path) + name, std::move(file));
    }
    Refuse(kForbidden, RefusalReason::FileIsDirectory);
  }

  // Nothing in the settings of this place looks at the request.
  [[nodiscard]] static bool IsSameForAll(const MergedSettings& merged) {
    const EffectiveSettings& effective = merged.effective;
    return merged.judged.empty() && merged.not_judged.empty() &&
           std::ranges::none_of(effective.variables, &VariableChange::is_conditional) &&
           (effective.access == nullptr || IsForEverybody(effective.access->value));
  }

  void Refuse(int status, RefusalReason reason) {
    result_.refused_status = status;
    result_.reason = reason;
  }

  void MergeSettings(std::string_view path, FileKind kind) {
    Route& route = result_.route;
    const VirtualHost& host = *route.virtual_host;
    values_.emplace(host, address_, surroundings_);
    values_->SetMapping(path, route.script_filename, route.path_info);
    // Conditions are judged when only SetEnvIf of the server and of the virtual host have acted.
    values_->SetVariables([this, &host] {
      EffectiveSettings outside;
      for (const PathSettings& layer : host.layers)
        outside.Override(layer);
      return EarlyVariablesOf(outside.variables, address_, surroundings_, *values_);
    });
    route.merged = Merge(host.layers,
                         host.sections,
                         {path, route.script_filename, kind == FileKind::Directory, &*values_},
                         host.may_have_override_files ? surroundings_.override_files() : nullptr);
    is_for_everybody_ = is_for_everybody_ && IsSameForAll(route.merged);
    route.variables =
        VariablesOf(route.merged.effective.variables, address_, surroundings_, *values_);
    std::ranges::copy(route.merged.variables, std::back_inserter(route.variables));
    values_->SetVariables([this, &route] {
      Variables early =
          EarlyVariablesOf(route.merged.effective.variables, address_, surroundings_, *values_);
      std::ranges::copy(route.merged.variables, std::back_inserter(early));
      return early;
    });
  }

  bool IsGranted() {
    const auto* access = result_.route.merged.effective.access;
    const auto judgement =
        access == nullptr
            ? Judgement::Denied
            : Judge(access->value,
                    {address_.remote_address, address_.local_address, address_.method, &*values_});
    if (judgement == Judgement::Denied) Refuse(kForbidden, RefusalReason::AccessDenied);
    if (judgement == Judgement::Unknown) Refuse(kForbidden, RefusalReason::AccessNotJudged);
    return judgement == Judgement::Granted;
  }

  // LOAD-5: a mount makes a script of its target; elsewhere SetHandler and AddHandler do. SetHandler
  // beats the mount, too.
  void ChooseHandler() {
    Route& route = result_.route;
    const EffectiveSettings& effective = route.merged.effective;
    const bool is_set = effective.handler != nullptr && !effective.handler->value.empty();
    if (is_set) {
      route.handler = effective.handler->value;
    } else {
      route.handler = route.mount != nullptr ? std::string(kScriptHandler) : HandlerByExtension();
    }
    if (route.handler.empty()) return;
    route.handler_script = effective.HandlerScriptOf(route.handler);
    if (route.handler == kScriptType) route.handler = kScriptHandler;
  }

  // The last extension of the file's name that has a handler.
  [[nodiscard]] std::string HandlerByExtension() const {
    const EffectiveSettings& effective = result_.route.merged.effective;
    if (effective.handlers_by_extension.empty()) return {};
    std::string_view name = result_.route.script_filename;
    name.remove_prefix(name.rfind('/') + 1);
    std::string handler;
    size_t dot = name.find('.');
    while (dot != std::string_view::npos) {
      const size_t next = name.find('.', dot + 1);
      const auto* found =
          effective.HandlerOfExtension(base::Lowered(name.substr(dot + 1, next - dot - 1)));
      if (found != nullptr) handler = found->value;
      dot = next;
    }
    return handler;
  }

  // LOAD-5, LOAD-7. False: the request goes no further.
  bool CheckFile(FileKind kind) {
    Route& route = result_.route;
    const EffectiveSettings& effective = route.merged.effective;
    const auto path_info = ValueOr(effective.accept_path_info, PathInfo::Default);
    if (route.handler_script != nullptr) return true;
    const bool is_script = route.handler == kScriptHandler;
    if (is_script && route.mount == nullptr && !ValueOr(effective.exec_cgi, false)) {
      Refuse(kForbidden, RefusalReason::NoExecCgi);
      return false;
    }
    if (!is_script && route.mount != nullptr) {
      Refuse(kNotFound, RefusalReason::ForeignHandler);  // never the source of a script
      return false;
    }
    if (!is_script) route.answer = Answer::File;
    if (kind == FileKind::Missing) {
      Refuse(kNotFound, is_script ? RefusalReason::ScriptMissing : RefusalReason::FileMissing);
      return false;
    }
    const bool refuses_path_info =
        path_info == PathInfo::Off || (path_info == PathInfo::Default && !is_script);
    if (!route.path_info.empty() && refuses_path_info && kind == FileKind::File) {
      Refuse(kNotFound, RefusalReason::NoPathInfo);
      return false;
    }
    return is_script;
  }

  // Fills in where the request runs: scopes first, then the options of the mount or of the handler
  // script (CFG-52, CFG-56).
  void ChooseGroups() {
    Route& route = result_.route;
    EffectiveSettings decided = route.merged.effective;
    if (route.mount != nullptr) decided.Override(route.mount->options);
    route.process_group_setting = decided.process_group;
    route.application_group_setting = decided.application_group;
    GroupName process_group = ValueOr(decided.process_group, GroupName{});
    GroupName application_group =
        ValueOr(decided.application_group, GroupName{GroupName::Kind::Resource, {}});
    route.pass_authorization = ValueOr(decided.pass_authorization, false);
    route.chunked_request = ValueOr(decided.chunked_request, false);
    route.callable_object = CallableOf(ValueOr(decided.callable_object, CallableName{}));
    route.script = route.script_filename;
    if (route.handler_script != nullptr) {
      const HandlerScript& handler = route.handler_script->value;
      process_group = handler.process_group.value_or(process_group);
      application_group = handler.application_group.value_or(application_group);
      route.pass_authorization = handler.pass_authorization.value_or(route.pass_authorization);
      route.callable_object = "handle_request";
      route.script = handler.script;
    }
    route.process_group = Expand(process_group);
    route.application_group = Expand(application_group);
    route.dispatch_script = decided.dispatch_script;
    if (route.dispatch_script != nullptr) {
      route.dispatch_group = Expand(route.dispatch_script->value.application_group);
      if (address_.choice == nullptr) return;
      Take(*address_.choice);
    }
    CheckGroup(decided);
  }

  // LOAD-20.
  void Take(const DispatchChoice& choice) {
    Route& route = result_.route;
    if (choice.process_group) route.process_group = Expand(ParseGroupName(*choice.process_group));
    if (choice.application_group) {
      route.application_group = Expand(ParseGroupName(*choice.application_group));
    }
    if (choice.callable_object) {
      route.callable_object = CallableOf(ParseCallableName(*choice.callable_object));
    }
  }

  void CheckGroup(const EffectiveSettings& decided) {
    const Route& route = result_.route;
    if (decided.restrict_process != nullptr &&
        std::ranges::none_of(decided.restrict_process->value, [&](const std::string& permitted) {
          return SameLetters(permitted, route.process_group);
        })) {
      return Refuse(kServerError, RefusalReason::GroupForbidden);
    }
    if (route.process_group.empty()) {
      if (deployment_.restrict_embedded) Refuse(kServerError, RefusalReason::EmbeddedForbidden);
      return;
    }
    const ProcessGroup* group = FindProcessGroup(deployment_, route.process_group);
    if (group == nullptr) return Refuse(kServerError, RefusalReason::UnknownGroup);
    if (!MayUse(*route.virtual_host, *group)) {
      return Refuse(kServerError, RefusalReason::GroupNotReachable);
    }
    CheckScript(*group);
  }

  void CheckScript(const ProcessGroup& group) {
    Route& route = result_.route;
    route.group = &group;
    if (!BelowRoot(route.script, group.chroot.native()) ||
        !BelowRoot(route.script_filename, group.chroot.native())) {
      return Refuse(kBadGateway, RefusalReason::OutsideRoot);
    }
    const ScriptOwner& demanded = group.script_owner;
    if ((!demanded.user && !demanded.group) || !looks_at_files_) return;
    const std::string directory = std::filesystem::path(route.script).parent_path();
    if (!IsOwnedAs(demanded, surroundings_.OwnerOf(route.script)) ||
        !IsOwnedAs(demanded, surroundings_.OwnerOf(directory))) {
      Refuse(kForbidden, RefusalReason::ScriptOwner);
    }
  }

  [[nodiscard]] std::string Expand(const GroupName& name) const {
    std::string script_name = result_.route.script_name;
    if (!deployment_.is_case_sensitive) script_name = base::Lowered(script_name);  // EXP-7
    return ExpandGroupName(name,
                           *result_.route.virtual_host,
                           script_name,
                           address_.host,
                           [this](const std::string& variable) { return Variable(variable); });
  }

  // EXP-9: an unset variable means the default.
  [[nodiscard]] std::string CallableOf(const CallableName& name) const {
    if (name.kind == CallableName::Kind::Literal) return name.text;
    return Variable(name.text).value_or("application");
  }

  // EXP-8: of the request, then of the server's own environment.
  [[nodiscard]] std::optional<std::string> Variable(const std::string& name) const {
    for (const auto& [own, value] : result_.route.variables) {
      if (own == name) return value;
    }
    return surroundings_.Variable(name);
  }

  const Deployment& deployment_;
  const RequestAddress& address_;
  Surroundings& surroundings_;
  RoutingResult result_;
  bool is_for_everybody_ = true;
  bool looks_at_files_ = true;
  std::optional<RequestValues> values_;  // of the place that was last looked at
};

}  // namespace

RoutingResult FindRoute(const Deployment& deployment,
                        const RequestAddress& address,
                        Surroundings& surroundings) {
  return Router(deployment, address, surroundings).Find();
}

RoutingResult FindRouteOf(const Deployment& deployment,
                          const VirtualHost& virtual_host,
                          const Mount& mount,
                          const RequestAddress& address,
                          Surroundings& surroundings) {
  return Router(deployment, address, surroundings).FindOf(virtual_host, mount);
}

std::string_view InWords(RefusalReason reason) {
  switch (reason) {
    case RefusalReason::NoVirtualHost:
      return "no virtual host is for this address";
    case RefusalReason::NoMount:
      return "no WSGIScriptAlias fits the URL";
    case RefusalReason::FileMissing:
      return "the file does not exist";
    case RefusalReason::ScriptMissing:
      return "the script does not exist";
    case RefusalReason::FileUnreachable:
      return "the server's user may not search a directory above it";
    case RefusalReason::ScriptIsDirectory:
      return "the script is a directory";
    case RefusalReason::FileIsDirectory:
      return "it is a directory, without a file that answers for it";
    case RefusalReason::AccessDenied:
      return "no Require grants access to the script (Require all granted)";
    case RefusalReason::AccessNotJudged:
      return "its Require demands what this server cannot judge";
    case RefusalReason::ForeignHandler:
      return "SetHandler gives the script to a handler that runs no scripts";
    case RefusalReason::NoExecCgi:
      return "the directory does not allow scripts (Options ExecCGI)";
    case RefusalReason::NoPathInfo:
      return "the URL goes on behind a file, which is not accepted there (AcceptPathInfo)";
    case RefusalReason::OverrideFile:
      return "its .htaccess file is wrong";
    case RefusalReason::EmbeddedForbidden:
      return "embedded mode is forbidden (WSGIRestrictEmbedded)";
    case RefusalReason::GroupForbidden:
      return "the process group is not among those permitted (WSGIRestrictProcess)";
    case RefusalReason::UnknownGroup:
      return "the process group is not declared by any WSGIDaemonProcess";
    case RefusalReason::GroupNotReachable:
      return "the process group belongs to another virtual host";
    case RefusalReason::OutsideRoot:
      return "it lies outside the root directory of the process group (chroot)";
    case RefusalReason::ScriptOwner:
      return "the script or its directory has another owner than the process group demands, or "
             "others may write to it (script-user, script-group)";
  }
  return "refused";
}

}  // namespace hosts::deployment
