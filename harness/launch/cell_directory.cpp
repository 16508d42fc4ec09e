#include "harness/launch/cell_directory.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>

#include "harness/launch/keeper.h"

namespace harness::launch {

namespace fs = std::filesystem;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

Result<CellDirectory> CellDirectory::Make() {
  auto directory = hosts::base::TemporaryDirectory::Make("wsgilab-cell");
  if (!directory) return directory.error();
  TellKeeper(directory->path());
  CellDirectory cell(std::move(*directory));
  for (const fs::path& folder : {cell.data(), cell.scripts(), cell.path() / "tmp"}) {
    std::error_code problem;
    fs::create_directory(folder, problem);
    if (problem) {
      return Error{ErrorKind::System,
                   fmt::format("cannot make {}: {}", folder.string(), problem.message())};
    }
  }
  // A host that starts as root gives the application to another user: it must get in.
  std::error_code ignored;
  fs::permissions(cell.path(), fs::perms(0755), ignored);
  return cell;
}

Result<void> CellDirectory::FillData(const fs::path& prepared) const {
  std::error_code problem;
  fs::copy(prepared,
           data(),
           fs::copy_options::recursive | fs::copy_options::overwrite_existing,
           problem);
  if (problem) {
    return Error{
        ErrorKind::System,
        fmt::format("cannot copy the prepared data {}: {}", prepared.string(), problem.message())};
  }
  return {};
}

Result<void> CellDirectory::GiveDataTo(const std::string& user) const {
  const passwd* entry = ::getpwnam(user.c_str());
  if (entry == nullptr) {
    return Error{ErrorKind::NotFound, fmt::format("there is no user '{}' on this machine", user)};
  }
  std::vector<fs::path> paths{data()};
  for (const auto& found : fs::recursive_directory_iterator(data()))
    paths.push_back(found.path());
  for (const fs::path& path : paths) {
    if (::lchown(path.c_str(), entry->pw_uid, entry->pw_gid) != 0) {
      return hosts::base::SystemError(fmt::format("giving {} to {}", path.string(), user));
    }
  }
  return {};
}

std::vector<std::string> LastLines(const fs::path& log, size_t count) {
  const auto text = hosts::base::ReadFile(log);
  std::vector<std::string> lines;
  if (!text) return lines;
  for (size_t begin = 0; begin < text->size();) {
    const size_t end = std::min(text->find('\n', begin), text->size());
    lines.push_back(text->substr(begin, end - begin));
    begin = end + 1;
  }
  if (lines.size() > count) lines.erase(lines.begin(), lines.end() - static_cast<long>(count));
  return lines;
}

std::string LastComplaint(const std::vector<std::string>& log) {
  for (auto line = log.rbegin(); line != log.rend(); ++line) {
    if (line->empty() || line->find(" info H0") != std::string::npos) continue;
    const size_t prefix = line->rfind("] ");
    return prefix == std::string::npos ? *line : line->substr(prefix + 2);
  }
  return "";
}

std::vector<std::string> SocketsAndPidFiles(const fs::path& directory) {
  std::vector<std::string> found;
  std::error_code problem;
  for (fs::recursive_directory_iterator entry(directory, problem), end; !problem && entry != end;
       entry.increment(problem)) {
    const bool is_pid_file = entry->path().extension() == ".pid";
    std::error_code gone;
    if (is_pid_file || entry->is_socket(gone)) {
      found.push_back(fmt::format("{} {}",
                                  is_pid_file ? "pid file" : "socket",
                                  entry->path().lexically_relative(directory).string()));
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace harness::launch
