#pragma once
// Stream: a non-blocking socket, the bytes that wait for it, and what edge-triggered events told.
//
// Output goes out at once as far as the socket takes it; the rest waits in a bounded buffer that
// the loop drains, so a slow reader holds no thread until the buffer is full.
//
// Owns:    the socket and the bytes that wait for it.
// Threads: one at a time. WaitForRoom and WaitForInput block: application threads only.

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "hosts/base/result.h"
#include "hosts/base/unique_fd.h"

namespace hosts::serving {

class Stream {
 public:
  static constexpr std::size_t kHighWater = 256 * 1024;  // bytes that may wait for the reader
  static constexpr std::size_t kLowWater = 64 * 1024;

  explicit Stream(base::UniqueFd socket) : socket_(std::move(socket)) {}

  [[nodiscard]] int fd() const { return socket_.get(); }

  // Events of epoll since the last call.
  void NoteEvents(std::uint32_t events) { events_ |= events; }
  // An event said that there may be something to receive, or that the other side has ended.
  [[nodiscard]] bool can_receive() const;
  // Both directions are closed or broken.
  [[nodiscard]] bool is_hung_up() const;

  enum class Sending { Done, Pending, Broken };
  // Sends what waits and then `bytes`, as far as the socket takes them; keeps the rest.
  Sending Send(std::string_view bytes);
  [[nodiscard]] std::size_t backlog() const { return out_.size() - out_sent_; }
  // Bytes that the socket took so far.
  [[nodiscard]] std::uint64_t sent() const { return sent_; }
  // Blocks until at most kLowWater bytes wait, if more than kHighWater do.
  [[nodiscard]] base::Result<void> WaitForRoom(std::chrono::milliseconds at_most);

  enum class Receiving { Some, Nothing, Ended, Broken };
  // Appends up to `at_most` bytes (64 KiB at a time).
  Receiving Receive(std::string& to, std::size_t at_most);
  // Blocks until there is something to receive.
  [[nodiscard]] base::Result<void> WaitForInput(std::chrono::milliseconds at_most) const;

  void ShutdownWrites();
  // Both directions: the other side's waits end at once.
  void Shutdown();

 private:
  ssize_t SendOnce(std::string_view bytes);

  base::UniqueFd socket_;
  std::uint32_t events_ = 0;
  std::string out_;
  std::size_t out_sent_ = 0;
  std::uint64_t sent_ = 0;
};

}  // namespace hosts::serving
