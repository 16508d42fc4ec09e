#include "hosts/directives/machine.h"

#include <sys/stat.h>

#include <cstdlib>

#include "hosts/directives/configuration.h"

namespace hosts::directives {

namespace {

using deployment::FileKind;
using deployment::OverrideFile;
using deployment::Overrides;

// The name that AccessFileName gives them unless somebody changes it.
constexpr const char* kFileName = ".htaccess";
constexpr size_t kMostKept = 1000;
constexpr std::int64_t kNanoseconds = 1'000'000'000;

int AsNumber(const Overrides& permitted) {
  int number = 0;
  for (const bool is_permitted : {permitted.file_info,
                                  permitted.auth_config,
                                  permitted.options,
                                  permitted.limit,
                                  permitted.indexes}) {
    number = 2 * number + (is_permitted ? 1 : 0);
  }
  return number;
}

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

std::shared_ptr<const OverrideFile> Machine::Read(const std::string& directory,
                                                  const Overrides& permitted) {
  const std::string path =
      directory == "/" ? "/" + std::string(kFileName) : directory + "/" + kFileName;
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    kept_.erase(path);
    return nullptr;
  }
  const std::int64_t changed_at_ns = status.st_mtim.tv_sec * kNanoseconds + status.st_mtim.tv_nsec;
  if (kept_.size() > kMostKept) kept_.clear();
  Kept& kept = kept_[path];
  const bool is_fresh = kept.file && kept.changed_at_ns == changed_at_ns &&
                        kept.size == status.st_size && kept.permitted == AsNumber(permitted);
  if (!is_fresh) {
    kept = {changed_at_ns,
            status.st_size,
            AsNumber(permitted),
            std::make_shared<const OverrideFile>(ReadOverrideFile(path, permitted))};
  }
  return kept.file;
}

}  // namespace hosts::directives
