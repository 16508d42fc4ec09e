#pragma once
// Surroundings: what routing asks of the machine, so that a test can be the machine.

#include <sys/types.h>

#include <optional>
#include <string>

#include "hosts/deployment/sections.h"
#include "hosts/expressions/values.h"

namespace hosts::deployment {

enum class FileKind {
  Missing,
  Unreachable,  // some directory above it may not be searched: nobody knows
  Directory,
  File,
};

struct FileOwner {
  uid_t user = 0;
  gid_t group = 0;
  mode_t mode = 0;  // who may do what
};

class Surroundings {
 public:
  virtual ~Surroundings() = default;
  [[nodiscard]] virtual FileKind KindOf(const std::string& path) = 0;
  // Whose a file or directory is; nullopt: nobody knows.
  [[nodiscard]] virtual std::optional<FileOwner> OwnerOf(const std::string& /*path*/) {
    return std::nullopt;
  }
  // A variable of the server's own environment.
  [[nodiscard]] virtual std::optional<std::string> Variable(const std::string& name) = 0;
  // What conditions ask about files: by default not more than KindOf says.
  [[nodiscard]] virtual expressions::FileState StateOf(const std::string& path);
  // Of a file; nullopt: it cannot be read.
  [[nodiscard]] virtual std::optional<std::string> Contents(const std::string& /*path*/) {
    return std::nullopt;
  }
  // Whether processes started here may become other users (SEC-1).
  [[nodiscard]] virtual bool is_superuser() { return true; }
  // Null: .htaccess files are not read.
  [[nodiscard]] virtual OverrideFiles* override_files() { return nullptr; }
};

}  // namespace hosts::deployment
