#pragma once
// Stage: the directory in which a check is played: its scripts, its configuration, the host's log,
// and tmp/ for what the host makes while it runs.
//
// Any user may enter and write it, so that a host that gives up root can do its work there too.
//
// Owns:    the directory; removed with everything in it unless Keep() was called.

#include <filesystem>
#include <string>
#include <string_view>

#include "hosts/base/files.h"
#include "hosts/base/result.h"

namespace suites::hosts_under_test {

class Stage {
 public:
  [[nodiscard]] static hosts::base::Result<Stage> Make();

  [[nodiscard]] const std::filesystem::path& path() const { return directory_.path(); }
  [[nodiscard]] std::filesystem::path path(std::string_view name) const { return path() / name; }

  // Writes a file, below the directories in its name; answers its path.
  [[nodiscard]] hosts::base::Result<std::filesystem::path> Write(std::string_view name,
                                                                 std::string_view text) const;
  // Copies a script from apps/probe under a name of its own; answers its path.
  [[nodiscard]] hosts::base::Result<std::filesystem::path> Copy(std::string_view probe,
                                                                std::string_view name) const;
  void Remove(std::string_view name) const;

  void Keep() { directory_.Keep(); }

 private:
  explicit Stage(hosts::base::TemporaryDirectory directory) : directory_(std::move(directory)) {}
  hosts::base::TemporaryDirectory directory_;
};

// Where this repository's applications are, and the environment that has Django in it (which
// WSGILAB_VENV may name).
[[nodiscard]] std::filesystem::path AppsDirectory();
[[nodiscard]] std::filesystem::path VirtualEnvironment();

}  // namespace suites::hosts_under_test
