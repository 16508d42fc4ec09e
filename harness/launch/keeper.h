#pragma once
// Keeper: a process of its own that cleans up when this one is killed: it ends what this one and its children have started,
// and removes the folders that it was told of.
//
// A process that is killed can do nothing any more, and its children do not notice. The keeper waits at the end of a pipe
// whose other end is this process's alone: the kernel closes it, however this process ends. What is ours it knows by an
// entry in the environment, which whatever we start inherits, wherever it went.
//
// Owns:    the keeper process; destruction lets it go, which is when it looks for what is left for the last time. A process
//          has one, or none.
// Threads: TellKeeper on any. Start() writes to the environment of this process.
// Fails:   Start: System. A keeper that is killed itself is missed by nobody.

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "hosts/base/child_process.h"
#include "hosts/base/result.h"
#include "hosts/base/unique_fd.h"

namespace harness::launch {

// The variable by which processes are known, if this process has a keeper or is kept by somebody's: for the environment
// of whatever it starts.
void AddKeeperMark(std::vector<std::pair<std::string, std::string>>& environment);

// To be removed, if it is still there when this process has ended. Nothing where there is no keeper.
void TellKeeper(const std::filesystem::path& folder);

class Keeper {
 public:
  // `program` is started as `program keep FD MARK`, which is to call KeepWatch().
  [[nodiscard]] static hosts::base::Result<Keeper> Start(const std::filesystem::path& program);
  Keeper(Keeper&&) noexcept = default;
  Keeper& operator=(Keeper&&) = delete;
  ~Keeper();

 private:
  Keeper(hosts::base::ChildProcess child, hosts::base::UniqueFd pipe)
      : child_(std::move(child)), pipe_(std::move(pipe)) {}
  hosts::base::ChildProcess child_;
  hosts::base::UniqueFd pipe_;
};

// What the keeper does, until everything is gone.
void KeepWatch(int pipe, const std::string& mark);

}  // namespace harness::launch
