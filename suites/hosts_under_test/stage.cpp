#include "suites/hosts_under_test/stage.h"

#include <cstdlib>

#include "suites/hosts_under_test/chosen_host.h"

namespace suites::hosts_under_test {

using hosts::base::Result;
using std::filesystem::perms;

namespace {

constexpr perms kForAll = perms::all;
constexpr perms kReadable =
    perms::owner_read | perms::owner_write | perms::group_read | perms::others_read;

}  // namespace

Result<Stage> Stage::Make() {
  auto directory = hosts::base::TemporaryDirectory::Make("wsgilab-check");
  if (!directory) return directory.error();
  std::filesystem::permissions(directory->path(), kForAll);
  std::filesystem::create_directory(directory->path() / "tmp");
  std::filesystem::permissions(directory->path() / "tmp", kForAll);
  return Stage(std::move(*directory));
}

Result<std::filesystem::path> Stage::Write(std::string_view name, std::string_view text) const {
  const auto file = path(name);
  std::filesystem::create_directories(file.parent_path());
  const auto written = hosts::base::WriteFile(file, text);
  if (!written) return written.error();
  std::filesystem::permissions(file, kReadable);
  return file;
}

Result<std::filesystem::path> Stage::Copy(std::string_view probe, std::string_view name) const {
  const auto text = hosts::base::ReadFile(AppsDirectory() / "probe" / probe);
  if (!text) return text.error();
  return Write(name, *text);
}

void Stage::Remove(std::string_view name) const {
  std::filesystem::remove(path(name));
}

std::filesystem::path AppsDirectory() {
  return WSGILAB_APPS;
}

std::filesystem::path VirtualEnvironment() {
  const char* named = std::getenv("WSGILAB_VENV");
  return ForPythonOfHost(named != nullptr ? named : WSGILAB_VENV);
}

}  // namespace suites::hosts_under_test
