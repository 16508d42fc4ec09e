#pragma once
// LockFile: one writer at a time. The lock is the kernel's (flock): it goes with the descriptor, so one that was killed
// holds nothing.
//
// Owns:    nothing: the lock lives as long as the open file.
// Fails:   InvalidInput, naming the process that holds it. A file system without locks is no failure.

#include <filesystem>

#include "hosts/base/result.h"
#include "hosts/base/unique_fd.h"

namespace hosts::base {

[[nodiscard]] Result<void> LockFile(const UniqueFd& file, const std::filesystem::path& path);

}  // namespace hosts::base
