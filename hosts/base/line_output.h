#pragma once
// LineOutput: writes lines to a descriptor of any kind, and never waits for who reads there.
//
// A file is written as ever. A pipe, a terminal or a socket takes what it has room for; the rest is
// lost, and counted, so that the one who writes the next line can say how much.
//
// Owns:    nothing; the descriptor is somebody else's, and may be shared with other processes.
// Threads: any.
// Fails:   never: see lost().

#include <atomic>
#include <cstdint>
#include <string_view>

namespace hosts::base {

class LineOutput {
 public:
  // How to write without waiting: files need no care, sockets have a flag for it; of pipes and
  // terminals the kernel is asked not to wait, and one that cannot (before Linux 6.4) whether there
  // is room, which another process may take in between.
  enum class Way { File, Socket, Flag, Question };

  explicit LineOutput(int fd);
  LineOutput(int fd, Way way) : fd_(fd), way_(way) {}
  LineOutput(const LineOutput&) = delete;
  LineOutput& operator=(const LineOutput&) = delete;

  // With its line end. False: it, or its end, is lost.
  bool Write(std::string_view line);
  // Of lines that were lost and not told.
  void CountLost(std::uint64_t lines) { lost_ += lines; }
  // Lines that were lost since the last call.
  [[nodiscard]] std::uint64_t TakeLost() { return lost_.exchange(0); }

 private:
  // As write(): -1 with EAGAIN where there is no room.
  ssize_t WriteSome(std::string_view bytes);
  ssize_t AskAndWrite(std::string_view bytes) const;

  const int fd_;
  std::atomic<Way> way_;
  std::atomic<std::uint64_t> lost_{0};
  std::atomic<bool> is_within_line_{false};  // the last one was cut
};

}  // namespace hosts::base
