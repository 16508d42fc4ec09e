#include "hosts/directives/machine.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "hosts/directives/configuration.h"

namespace hosts::directives {

namespace {

using deployment::FileKind;
using deployment::OverrideFile;
using deployment::Overrides;

constexpr size_t kMostKept = 1000;
constexpr std::int64_t kNanoseconds = 1'000'000'000;

}  // namespace

FileKind Machine::KindOf(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return FileKind::Missing;
  return S_ISDIR(status.st_mode) ? FileKind::Directory : FileKind::File;
}

std::optional<std::string> Machine::Variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
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
  const std::int64_t changed_at_ns = status.st_mtim.tv_sec * kNanoseconds + status.st_mtim.tv_nsec;
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
