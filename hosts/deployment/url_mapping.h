#pragma once
// URL -> file: which Alias, WSGIScriptAlias or DocumentRoot takes a URL, and which file it then is.
//
// Source: LOAD-1 to LOAD-3.

#include <optional>
#include <string>
#include <string_view>

#include "hosts/deployment/deployment.h"
#include "hosts/deployment/surroundings.h"

namespace hosts::deployment {

// What a URL was mapped to, before anybody looked whether it exists.
struct Mapping {
  const Mount* mount = nullptr;
  const FileAlias* file_alias = nullptr;
  std::string target;            // begins the file name
  std::string rest;              // of the URL, behind the part that was mapped
  bool is_target_known = false;  // the target is a path of the configuration: no need to walk to it
};

// LOAD-1: Alias before WSGIScriptAlias, and the first that fits. The path has no runs of slashes.
[[nodiscard]] std::optional<Mapping> MapUrl(const VirtualHost& virtual_host, std::string_view path);

struct MappedFile {
  FileKind kind = FileKind::Missing;
  std::string filename;
  size_t path_info_size = 0;  // the tail of the path that is not the file's
};

[[nodiscard]] MappedFile FindFile(const Mapping& mapping, Surroundings& surroundings);

}  // namespace hosts::deployment
