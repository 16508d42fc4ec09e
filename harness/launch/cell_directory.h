#pragma once
// CellDirectory: the directory of one cell: its configuration, log, script and the data of its
// application. Its path is short, because unix sockets below it have 107 bytes.
//
// Owns:    the directory; removed with everything in it unless Keep() was called.
// Fails:   a directory that cannot be made or filled is a Result that names it.

#include <filesystem>
#include <string>
#include <vector>

#include "hosts/base/files.h"
#include "hosts/base/result.h"

namespace harness::launch {

class CellDirectory {
 public:
  [[nodiscard]] static hosts::base::Result<CellDirectory> Make();

  [[nodiscard]] const std::filesystem::path& path() const { return directory_.path(); }
  [[nodiscard]] std::filesystem::path log() const { return path() / "host.log"; }
  [[nodiscard]] std::filesystem::path data() const { return path() / "data"; }
  [[nodiscard]] std::filesystem::path scripts() const { return path() / "scripts"; }

  // Copies the prepared data of an application, so that every cell begins with the same.
  [[nodiscard]] hosts::base::Result<void> FillData(const std::filesystem::path& prepared) const;

  // Gives the data to the user that the application runs as.
  [[nodiscard]] hosts::base::Result<void> GiveDataTo(const std::string& user) const;

  // A failing cell keeps its directory for the person who looks into it.
  void Keep() { directory_.Keep(); }

 private:
  explicit CellDirectory(hosts::base::TemporaryDirectory directory)
      : directory_(std::move(directory)) {}
  hosts::base::TemporaryDirectory directory_;
};

// The last lines of a log; empty when there is no such file.
[[nodiscard]] std::vector<std::string> LastLines(const std::filesystem::path& log, size_t count);

// What the last of these lines that is no information says, without what stands before it: the time, the process, and where. Where an
// application failed, that is its exception. Empty: there is none.
[[nodiscard]] std::string LastComplaint(const std::vector<std::string>& log);

// Sockets and pid files below a directory: what a stopped host should have taken away.
[[nodiscard]] std::vector<std::string> SocketsAndPidFiles(const std::filesystem::path& directory);

}  // namespace harness::launch
