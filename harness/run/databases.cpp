#include "harness/run/databases.h"

#include <fmt/format.h>

#include "harness/adapters/ask_program.h"
#include "harness/adapters/engine_adapter.h"
#include "harness/launch/keeper.h"

namespace harness::run {

namespace fs = std::filesystem;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

namespace {

constexpr const char* kPython = "/usr/bin/python3";

// Why the program failed: "exit 1: this is no SQLite database\n" ends with it.
std::string ReasonIn(const std::string& failure) {
  const size_t end = failure.find_last_not_of('\n');
  const std::string text = failure.substr(0, end == std::string::npos ? 0 : end + 1);
  const size_t line = text.rfind('\n');
  if (line != std::string::npos) return text.substr(line + 1);
  const size_t colon = text.find(": ");
  return text.starts_with("exit ") && colon != std::string::npos ? text.substr(colon + 2) : text;
}

}  // namespace

Result<Snapshots> TakeSnapshots(const std::vector<std::string>& files, const fs::path& program) {
  auto directory = hosts::base::TemporaryDirectory::Make("wsgilab-databases");
  if (!directory) return directory.error();
  launch::TellKeeper(directory->path());
  Snapshots snapshots{std::move(*directory), {}};
  for (const std::string& named : files) {
    std::error_code problem;
    const fs::path file = fs::canonical(named, problem);
    if (problem || !fs::is_regular_file(file)) {
      return Error{ErrorKind::InvalidInput,
                   fmt::format("--copy {}: there is no such file: name the SQLite file that the "
                               "application opens",
                               named)};
    }
    // A name that needs no quoting, in a URI neither, and that no other has.
    const fs::path snapshot =
        snapshots.directory.path() / fmt::format("{}.sqlite3", snapshots.databases.size());
    const auto taken =
        adapters::AskProgram(kPython,
                             adapters::InheritedEnvironment(),
                             {"-I", program.string(), file.string(), snapshot.string()});
    if (!taken) {
      return Error{ErrorKind::InvalidInput,
                   fmt::format("--copy {}: {}", named, ReasonIn(taken.error().message))};
    }
    snapshots.databases.push_back({file, snapshot});
  }
  return snapshots;
}

std::vector<DatabaseCopy> CopiesIn(const fs::path& data,
                                   const std::vector<matrix::Database>& databases) {
  std::vector<DatabaseCopy> copies;
  for (const matrix::Database& database : databases)
    copies.push_back({database.file, data / "databases" / database.snapshot.filename()});
  return copies;
}

Result<void> CopyDatabases(const fs::path& data, const std::vector<matrix::Database>& databases) {
  if (databases.empty()) return {};
  std::error_code problem;
  fs::create_directories(data / "databases", problem);
  const std::vector<DatabaseCopy> copies = CopiesIn(data, databases);
  for (size_t number = 0; number < copies.size() && !problem; ++number)
    fs::copy_file(databases[number].snapshot, copies[number].copy, problem);
  if (!problem) return {};
  return Error{
      ErrorKind::System,
      fmt::format("cannot copy the databases into {}: {}", data.string(), problem.message())};
}

}  // namespace harness::run
