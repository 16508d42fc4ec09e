#pragma once
// Machine: what routing asks, answered by this machine: its files, its environment, its .htaccess
// files. Engine and `explain` both ask it.
//
// Owns:    the .htaccess files that were read, kept until they change.
// Threads: one at a time.
// Source:  CFG-42, LOAD-7.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "hosts/deployment/routing.h"

namespace hosts::directives {

class Machine : public deployment::Surroundings, private deployment::OverrideFiles {
 public:
  explicit Machine(const deployment::Deployment& deployment)
      : override_file_names_(deployment.override_file_names) {}

  [[nodiscard]] deployment::FileKind KindOf(const std::string& path) override {
    return LookAt(path).kind;
  }
  [[nodiscard]] std::optional<deployment::FileOwner> OwnerOf(const std::string& path) override;
  [[nodiscard]] std::optional<std::string> Variable(const std::string& name) override;
  [[nodiscard]] expressions::FileState StateOf(const std::string& path) override;
  // Up to a mebibyte and one: more is more than an expression may hold.
  [[nodiscard]] std::optional<std::string> Contents(const std::string& path) override;
  [[nodiscard]] bool is_superuser() override;
  [[nodiscard]] deployment::OverrideFiles* override_files() override { return this; }

 protected:
  // What one look at a file tells.
  struct Look {
    deployment::FileKind kind = deployment::FileKind::Missing;
    std::int64_t changed_at_ns = 0;              // since the epoch; 0: missing
    std::optional<deployment::FileOwner> owner;  // nullopt: it is neither file nor directory
  };
  [[nodiscard]] static Look LookAt(const std::string& path);

 private:
  struct Kept {
    std::int64_t changed_at_ns = 0;
    std::int64_t size = 0;
    deployment::Overrides permitted;
    std::shared_ptr<const deployment::OverrideFile> file;
  };

  [[nodiscard]] std::shared_ptr<const deployment::OverrideFile> Read(
      const std::string& directory, const deployment::Overrides& permitted) override;

  [[nodiscard]] std::shared_ptr<const deployment::OverrideFile> ReadOne(
      const std::string& path, const deployment::Overrides& permitted);

  std::vector<std::string> override_file_names_;
  std::map<std::string, Kept> kept_;
};

}  // namespace hosts::directives
