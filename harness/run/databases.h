#pragma once
// The SQLite files of an application: as they were when a run began, and copies of that for each of its hosts, so that what requests write
// is gone with the host. The cell script has sqlite3 open the copy wherever the application opens the file
// (apps/placement/cell_script.py.in); a library that does not go through Python's own sqlite3 opens the file itself.
//
// Owns:    TakeSnapshots: a temporary directory, and with it the snapshots.
// Fails:   a file that is not there, or is no SQLite database, is InvalidInput that names it.

#include <filesystem>
#include <string>
#include <vector>

#include "harness/matrix/app.h"
#include "hosts/base/files.h"
#include "hosts/base/result.h"

namespace harness::run {

struct DatabaseCopy {
  std::filesystem::path file;  // the application's
  std::filesystem::path copy;  // this host's
};

struct Snapshots {
  hosts::base::TemporaryDirectory directory;
  std::vector<matrix::Database> databases;
};

// Takes them as somebody who only reads would, while the application may be writing: `program` is apps/examine/snapshot.py.
[[nodiscard]] hosts::base::Result<Snapshots> TakeSnapshots(const std::vector<std::string>& files,
                                                           const std::filesystem::path& program);

// Where the copies of a host are that has this data.
[[nodiscard]] std::vector<DatabaseCopy> CopiesIn(const std::filesystem::path& data,
                                                 const std::vector<matrix::Database>& databases);

// Makes them.
[[nodiscard]] hosts::base::Result<void> CopyDatabases(
    const std::filesystem::path& data, const std::vector<matrix::Database>& databases);

}  // namespace harness::run
