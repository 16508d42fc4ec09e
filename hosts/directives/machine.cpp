#include "hosts/directives/machine.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>

#include "hosts/directives/configuration.h"

namespace hosts::directives {

namespace {

using deployment::FileKind;
using deployment::FileOwner;
using deployment::OverrideFile;
using deployment::Overrides;
using expressions::FileState;

constexpr size_t kMostKept = 1000;

std::int64_t Nanoseconds(const struct stat& status) {
  constexpr std::int64_t kInASecond = 1'000'000'000;
  return status.st_mtim.tv_sec * kInASecond + status.st_mtim.tv_nsec;
}

}  // namespace

Machine::Look Machine::LookAt(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    return {errno == EACCES ? FileKind::Unreachable : FileKind::Missing, 0, {}};
  }
  return {S_ISDIR(status.st_mode) ? FileKind::Directory : FileKind::File,
          Nanoseconds(status),
          FileOwner{status.st_uid, status.st_gid, status.st_mode}};
}

std::optional<FileOwner> Machine::OwnerOf(const std::string& path) {
  return LookAt(path).owner;
}

std::optional<std::string> Machine::Variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

FileState Machine::StateOf(const std::string& path) {
  using Kind = FileState::Kind;
  struct stat status {};
  struct stat own {};
  FileState state;
  state.is_link = ::lstat(path.c_str(), &own) == 0 && S_ISLNK(own.st_mode);
  if (::stat(path.c_str(), &status) != 0) return state;
  state.kind = S_ISDIR(status.st_mode)   ? Kind::Directory
               : S_ISREG(status.st_mode) ? Kind::File
                                         : Kind::Other;
  state.size = status.st_size;
  state.is_executable = (own.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) != 0;
  return state;
}

std::optional<std::string> Machine::Contents(const std::string& path) {
  constexpr std::streamsize kMostBytes = (1 << 20) + 1;
  if (StateOf(path).kind != FileState::Kind::File) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string contents(static_cast<size_t>(kMostBytes), '\0');
  file.read(contents.data(), kMostBytes);
  contents.resize(static_cast<size_t>(file.gcount()));
  return contents;
}

bool Machine::is_superuser() {
  return ::geteuid() == 0;
}

std::shared_ptr<const OverrideFile> Machine::Read(const std::string& directory,
                                                  const Overrides& permitted) {
  for (const std::string& name : override_file_names_) {
    auto file = ReadOne(directory == "/" ? "/" + name : directory + "/" + name, permitted);
    if (file) return file;
  }
  return nullptr;
}

std::shared_ptr<const OverrideFile> Machine::ReadOne(const std::string& path,
                                                     const Overrides& permitted) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    kept_.erase(path);
    return nullptr;
  }
  const std::int64_t changed_at_ns = Nanoseconds(status);
  if (kept_.size() > kMostKept) kept_.clear();
  Kept& kept = kept_[path];
  const bool is_fresh = kept.file && kept.changed_at_ns == changed_at_ns &&
                        kept.size == status.st_size && kept.permitted == permitted;
  if (!is_fresh) {
    kept = {changed_at_ns,
            status.st_size,
            permitted,
            std::make_shared<const OverrideFile>(ReadOverrideFile(path, permitted))};
  }
  return kept.file;
}

}  // namespace hosts::directives
