#include "hosts/deployment/url_mapping.h"

#include <algorithm>

#include "hosts/base/pattern.h"

namespace hosts::deployment {
namespace {

// LOAD-2. The path has no runs of slashes.
bool Matches(std::string_view url, std::string_view path) {
  if (!path.starts_with(url)) return false;
  return url.ends_with('/') || path.size() == url.size() || path[url.size()] == '/';
}

std::optional<Mapping> MapByPattern(const base::Regex& pattern,
                                    const std::string& target,
                                    std::string_view path) {
  const auto captures = pattern.Match(path);
  if (!captures) return std::nullopt;
  Mapping mapping;
  mapping.target = base::Substitute(target, *captures);
  const std::string_view whole = captures->front();
  mapping.rest = path.substr(static_cast<size_t>(whole.data() - path.data()) + whole.size());
  return mapping;
}

template <typename Binding>
std::optional<Mapping> Map(const Binding& binding, std::string_view path) {
  const std::string target(binding.target);
  if (binding.pattern) return MapByPattern(*binding.pattern, target, path);
  if (!Matches(binding.url, path)) return std::nullopt;
  Mapping mapping;
  mapping.target = target;
  // LOAD-3: for the alias "/" the whole path is appended.
  mapping.rest = binding.url == "/" ? path : path.substr(binding.url.size());
  mapping.is_target_known = true;
  return mapping;
}

// LOAD-3 where the target is not simply the script file: goes down along the path, from the first
// segment that ends at or behind `known`, until it meets a file, or nothing.
MappedFile Descend(std::string full, size_t known, Surroundings& surroundings) {
  size_t end = std::min(full.find('/', known), full.size());
  while (true) {
    MappedFile file{FileKind::Missing, full.substr(0, end), full.size() - end};
    file.kind = surroundings.KindOf(file.filename);
    const size_t next = full.find_first_not_of('/', end);
    if (file.kind == FileKind::Directory && end < full.size() && next == std::string::npos) {
      return {file.kind, file.filename + '/', 0};  // a slash at the end is the directory's own
    }
    if (file.kind != FileKind::Directory || next == std::string::npos) return file;
    end = std::min(full.find('/', next), full.size());
    const std::string_view segment(full.data() + next, end - next);
    if (segment == "." || segment == "..") return {};  // never out of the target
  }
}

}  // namespace

std::optional<Mapping> MapUrl(const VirtualHost& virtual_host, std::string_view path) {
  for (const FileAlias& alias : virtual_host.file_aliases) {
    if (auto mapping = Map(alias, path)) {
      if (alias.pattern) mapping->rest.clear();  // AliasMatch replaces the whole URL
      mapping->file_alias = &alias;
      return mapping;
    }
  }
  for (const Mount& mount : virtual_host.mounts) {
    if (auto mapping = Map(mount, path)) {
      mapping->mount = &mount;
      return mapping;
    }
  }
  if (!virtual_host.document_root) return std::nullopt;
  Mapping mapping;
  mapping.target = virtual_host.document_root->value;
  mapping.rest = path;
  mapping.is_target_known = true;
  return mapping;
}

MappedFile FindFile(const Mapping& mapping, Surroundings& surroundings) {
  const std::string& target = mapping.target;
  std::string_view rest = mapping.rest;
  if (!mapping.is_target_known) return Descend(target + mapping.rest, 1, surroundings);
  if (!target.ends_with('/') && (rest.empty() || rest.starts_with('/'))) {
    const FileKind kind = surroundings.KindOf(target);
    if (kind != FileKind::Directory || rest.empty()) return {kind, target, rest.size()};
  }
  if (target.ends_with('/') && rest.starts_with('/')) rest.remove_prefix(1);
  // From the end of the target's last segment, which the rest continues where no slash is between.
  return Descend(target + std::string(rest), target.find_last_not_of('/') + 1, surroundings);
}

}  // namespace hosts::deployment
