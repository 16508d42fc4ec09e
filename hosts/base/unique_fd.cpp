#include "hosts/base/unique_fd.h"

#include <unistd.h>

namespace hosts::base {

void UniqueFd::reset() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

}  // namespace hosts::base
