#include "hosts/command/descriptors.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <limits>

#include "hosts/base/unique_fd.h"

namespace hosts::command {

void CloseInheritedBut(int kept) {
  constexpr int kFirst = STDERR_FILENO + 1;
  constexpr unsigned kLast = std::numeric_limits<unsigned>::max();
  if (kept > kFirst) {
    ::close_range(static_cast<unsigned>(kFirst), static_cast<unsigned>(kept) - 1, 0);
  }
  ::close_range(static_cast<unsigned>(std::max(kFirst, kept + 1)), kLast, 0);
}

void CloseInherited(int descriptor) {
  const base::UniqueFd closed(descriptor);
}

void DetachStandardInput() {
  const base::UniqueFd nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (nothing.is_open()) ::dup2(nothing.get(), STDIN_FILENO);
}

}  // namespace hosts::command
