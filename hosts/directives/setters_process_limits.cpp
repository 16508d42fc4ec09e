#include "hosts/directives/setters_process_limits.h"

#include <algorithm>
#include <limits>

#include "hosts/directives/setters.h"

namespace hosts::directives {

using base::Result;

namespace {

Result<void> SetLimit(const Option& option, std::uint64_t& limit) {
  const Result<std::uint64_t> bytes = ReadBytes(option.value, 0);
  if (!bytes) return bytes.error().While(option.name);
  limit = *bytes;
  return {};
}

Result<void> SetBuffer(const Option& option, int& size) {
  constexpr std::uint64_t kLeast = 512;
  constexpr std::uint64_t kMost = std::numeric_limits<int>::max();
  const Result<std::uint64_t> bytes = ReadBytes(option.value, kLeast);
  if (!bytes) return bytes.error().While(option.name);
  size = static_cast<int>(std::min(*bytes, kMost));
  return {};
}

}  // namespace

Result<void> SetSupplementaryGroups(const Option& option, Scope& scope) {
  std::vector<std::string> groups;
  std::string_view rest = option.value.text;
  while (true) {
    const size_t comma = rest.find(',');
    const Word one{std::string(rest.substr(0, comma)), option.value.where, option.value.quoting};
    if (one.text.empty()) {
      return Refuse(option.value, "supplementary-groups: a name is missing beside a comma");
    }
    const Result<std::string> group = ReadUnixGroup(one);
    if (!group) return group.error().While(option.name);
    groups.push_back(*group);
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  Declared(scope).supplementary_groups = std::move(groups);
  return {};
}

Result<void> SetChroot(const Option& option, Scope& scope) {
  if (!option.value.text.starts_with('/')) {
    return Refuse(option.value,
                  "chroot: {} is not absolute: write a path that begins with /",
                  Shown(option.value.text));
  }
  const Result<std::filesystem::path> root = ReadPath(option.value, {});
  if (!root) return root.error().While(option.name);
  if (*root != "/") Declared(scope).chroot = *root;
  return {};
}

Result<void> SetMemoryLimit(const Option& option, Scope& scope) {
  return SetLimit(option, Declared(scope).limits.memory);
}

Result<void> SetVirtualMemoryLimit(const Option& option, Scope& scope) {
  return SetLimit(option, Declared(scope).limits.virtual_memory);
}

Result<void> SetStackSize(const Option& option, Scope& scope) {
  if (option.value.text == "0") {
    return Refuse(option.value, "stack-size: a stack of 0 bytes: write more, or remove the option");
  }
  return SetLimit(option, Declared(scope).limits.stack);
}

Result<void> SetPriority(const Option& option, Scope& scope) {
  const Result<int> priority = ReadWholeNumber(option.value);
  if (!priority) return priority.error().While(option.name);
  Declared(scope).limits.priority = *priority;
  return {};
}

Result<void> SetSendBuffer(const Option& option, Scope& scope) {
  return SetBuffer(option, Declared(scope).socket.send_buffer);
}

Result<void> SetReceiveBuffer(const Option& option, Scope& scope) {
  return SetBuffer(option, Declared(scope).socket.receive_buffer);
}

Result<void> SetBacklog(const Option& option, Scope& scope) {
  const Result<int> backlog = ReadNumber(option.value, {0, std::numeric_limits<int>::max()});
  if (!backlog) return backlog.error().While(option.name);
  Declared(scope).socket.backlog = *backlog;
  return {};
}

Result<void> SetSocketUser(const Option& option, Scope& scope) {
  const Result<uid_t> user = ReadOwner(option.value);
  if (!user) return user.error().While(option.name);
  Declared(scope).socket.user = option.value.text;
  return {};
}

Result<void> SetScriptUser(const Option& option, Scope& scope) {
  const Result<uid_t> user = ReadOwner(option.value);
  if (!user) return user.error().While(option.name);
  Declared(scope).script_owner.user = *user;
  return {};
}

Result<void> SetScriptGroup(const Option& option, Scope& scope) {
  const Result<gid_t> group = ReadOwningGroup(option.value);
  if (!group) return group.error().While(option.name);
  Declared(scope).script_owner.group = *group;
  return {};
}

}  // namespace hosts::directives
