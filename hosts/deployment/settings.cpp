#include "hosts/deployment/settings.h"

namespace hosts::deployment {

namespace {

template <typename T>
void Take(const Written<T>*& effective, const Setting<T>& inner) {
  if (inner) effective = &*inner;
}

template <typename T>
const Written<T>* FindInnermost(const std::vector<const std::map<std::string, Written<T>>*>& maps,
                                const std::string& key) {
  for (auto map = maps.rbegin(); map != maps.rend(); ++map) {
    const auto found = (*map)->find(key);
    if (found != (*map)->end()) return &found->second;
  }
  return nullptr;
}

}  // namespace

void EffectiveSettings::Override(const PathSettings& inner) {
  Take(process_group, inner.process_group);
  Take(application_group, inner.application_group);
  Take(callable_object, inner.callable_object);
  Take(pass_authorization, inner.pass_authorization);
  Take(chunked_request, inner.chunked_request);
  Take(limit_request_body, inner.limit_request_body);
  Take(script_reloading, inner.script_reloading);
  Take(error_override, inner.error_override);
  Take(ignore_activity, inner.ignore_activity);
  Take(enable_sendfile, inner.enable_sendfile);
  Take(pass_apache_request, inner.pass_apache_request);
  Take(map_head_to_get, inner.map_head_to_get);
  Take(trusted_proxies, inner.trusted_proxies);
  Take(trusted_proxy_headers, inner.trusted_proxy_headers);
  Take(restrict_process, inner.restrict_process);
  Take(dispatch_script, inner.dispatch_script);
  Take(handler, inner.handler);
  Take(exec_cgi, inner.exec_cgi);
  Take(accept_path_info, inner.accept_path_info);
  Take(directory_slash, inner.directory_slash);
  Take(directory_index, inner.directory_index);
  Take(allow_override, inner.allow_override);
  Take(access, inner.access);
  if (!inner.handler_scripts.empty()) handler_scripts.push_back(&inner.handler_scripts);
  if (!inner.handler_by_extension.empty()) {
    handlers_by_extension.push_back(&inner.handler_by_extension);
  }
  for (const VariableChange& change : inner.variables)
    variables.push_back(&change);
}

const Written<HandlerScript>* EffectiveSettings::HandlerScriptOf(const std::string& name) const {
  return FindInnermost(handler_scripts, name);
}

const Written<std::string>* EffectiveSettings::HandlerOfExtension(
    const std::string& extension) const {
  return FindInnermost(handlers_by_extension, extension);
}

}  // namespace hosts::deployment
