#include "hosts/exchange/answer.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace hosts::exchange {

base::Result<void> AnswerSink::WriteFile(FilePart part) {
  constexpr std::uint64_t kBlock = 64 * 1024;
  std::string block(std::min(part.length, kBlock), '\0');
  while (part.length > 0) {
    const ssize_t count = ::pread(part.file.get(),
                                  block.data(),
                                  std::min<std::uint64_t>(block.size(), part.length),
                                  static_cast<off_t>(part.at));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return base::SystemError("cannot read a file that is being sent");
    if (count == 0) {
      return base::Error{base::ErrorKind::InvalidInput,
                         "a file has become shorter while it was being sent"};
    }
    const auto size = static_cast<std::size_t>(count);
    part.at += size;
    part.length -= size;
    if (auto written = Write({block.data(), size}, Then::Flush); !written) return written;
  }
  return {};
}

}  // namespace hosts::exchange
