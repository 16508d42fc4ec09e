#include "hosts/base/file_lock.h"

#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <sstream>
#include <string>

#include "hosts/base/files.h"

namespace hosts::base {

namespace {

// "process 4711 (wsgilab run -o out)"
std::string NameOf(const std::string& pid) {
  auto words = ReadFile(fmt::format("/proc/{}/cmdline", pid));
  if (!words || words->empty()) return fmt::format("process {}", pid);
  words->pop_back();  // the last word's end
  std::replace(words->begin(), words->end(), '\0', ' ');
  constexpr size_t kEnough = 200;
  return fmt::format("process {} ({})", pid, words->substr(0, kEnough));
}

// Who holds it, if the kernel tells: /proc/locks has "1: FLOCK  ADVISORY  WRITE 4711 08:01:131077 0 EOF". The device is
// not compared: a file of an overlay has another one there.
std::string HolderOf(const UniqueFd& file) {
  struct stat status {};
  const auto locks = ReadFile("/proc/locks");
  if (!locks || ::fstat(file.get(), &status) != 0) return "another process";
  const std::string inode = fmt::format(":{}", status.st_ino);
  std::istringstream lines(*locks);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string number, kind, advisory, access, pid, place;
    words >> number >> kind >> advisory >> access >> pid >> place;
    if (kind == "FLOCK" && place.ends_with(inode) && pid != "0" && pid != "-1") return NameOf(pid);
  }
  return "another process";  // of another machine, or of another container
}

}  // namespace

Result<void> LockFile(const UniqueFd& file, const std::filesystem::path& path) {
  if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return {};
  return Error{ErrorKind::InvalidInput,
               fmt::format("{} is being written by {}", path.string(), HolderOf(file))};
}

}  // namespace hosts::base
