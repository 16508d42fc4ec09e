#include "harness/command/run_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "hosts/base/file_lock.h"
#include "hosts/base/unique_fd.h"
#include "reports/record/reader.h"

namespace harness::command {

namespace fs = std::filesystem;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

namespace {

// Whether anything of a run is in the file: a header, at least half of it.
bool HoldsSomething(const fs::path& record) {
  std::error_code problem;
  return fs::file_size(record, problem) > 0 && !problem;
}

// That nobody else is at work there; the run itself takes the lock again.
Result<void> CheckNobodyWrites(const fs::path& record) {
  const hosts::base::UniqueFd file(::open(record.c_str(), O_RDWR | O_CLOEXEC));
  if (!file.is_open()) return {};  // whoever writes to it next, says why not
  return hosts::base::LockFile(file, record);
}

Error InUse(const Error& error) {
  return {ErrorKind::InvalidInput,
          error.message + ": wait until it has ended, or name another folder with -o"};
}

}  // namespace

Result<fs::path> MakeFolder(const fs::path& folder, Resuming resuming) {
  std::error_code problem;
  fs::create_directories(folder, problem);
  if (problem) {
    return Error{
        ErrorKind::InvalidInput,
        fmt::format(
            "cannot make {}: {}: name another folder with -o", folder.string(), problem.message())};
  }
  const fs::path record = folder / "record.jsonl";
  if (const auto free = CheckNobodyWrites(record); !free) return InUse(free.error());
  if (HoldsSomething(record)) {
    return Error{ErrorKind::InvalidInput,
                 fmt::format("{} holds a run already: {}name another folder with -o, or remove it",
                             folder.string(),
                             resuming == Resuming::Offered ? "go on with it with --resume, " : "")};
  }
  if (!fs::exists(record) && ::access(folder.c_str(), W_OK) != 0) {
    return Error{ErrorKind::InvalidInput,
                 fmt::format("cannot write to {}: {}: name another folder with -o",
                             folder.string(),
                             std::generic_category().message(errno))};
  }
  return fs::absolute(folder).lexically_normal();
}

bool Resumable::is_finished() const {
  const bool was_stopped = std::ranges::any_of(
      record.not_measured, [](const auto& line) { return line.stopped.has_value(); });
  const bool has_own_fault =
      std::ranges::any_of(record.cells, [](const auto& cell) { return IsOwnFault(cell.outcome); });
  return record.complete && !was_stopped && !has_own_fault;
}

Result<Resumable> FindResumable(const std::string& output) {
  if (output.empty()) {
    return Error{ErrorKind::InvalidInput, "--resume needs the folder of the run: add -o DIR"};
  }
  const fs::path record = fs::path(output) / "record.jsonl";
  if (!HoldsSomething(record)) {
    return Error{ErrorKind::InvalidInput,
                 fmt::format("there is no run in {}: leave --resume out to begin one", output)};
  }
  if (const auto free = CheckNobodyWrites(record); !free) return InUse(free.error());
  auto read = reports::record::ReadRecord(record);
  if (!read) {
    return read.error().While("this run cannot be gone on with, begin anew in another folder");
  }
  if (read->header.synthetic) {
    return Error{
        ErrorKind::InvalidInput,
        fmt::format("{} holds a synthetic record, which nothing can be measured into: name "
                    "another folder with -o",
                    output)};
  }
  return Resumable{fs::absolute(output).lexically_normal(), std::move(*read)};
}

}  // namespace harness::command
