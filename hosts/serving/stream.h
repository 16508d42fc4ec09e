#pragma once
// Stream: a non-blocking socket, the bytes that wait for it, and what edge-triggered events told.
//
// Output goes out at once as far as the socket takes it; the rest waits in a bounded buffer that
// the loop drains, so a slow reader holds no thread until the buffer is full. Behind the bytes may
// come a file, which goes from the kernel's cache to the socket: it waits in no buffer at all.
//
// Owns:    the socket, the bytes that wait for it, and the file.
// Needs:   SIGPIPE ignored in the process: sendfile knows no other way.
// Threads: one at a time. WaitForRoom and WaitForInput block: application threads only.

#include <sys/types.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "hosts/base/result.h"
#include "hosts/base/unique_fd.h"
#include "hosts/exchange/answer.h"
#include "hosts/serving/not_for_children.h"

namespace hosts::serving {

// Gives back what an empty buffer holds, unless it is little: it may be unused for long.
void ReleaseIfEmpty(std::string& buffer);

class Stream {
 public:
  static constexpr std::size_t kHighWater = 256 * 1024;  // bytes that may wait for the reader
  static constexpr std::size_t kLowWater = 64 * 1024;
  // A block of this size is worth a piece of its own: what is smaller is copied behind what is there.
  static constexpr std::size_t kSentFromWhereItIs = 16 * 1024;
  static constexpr std::size_t kKeptBuffer = 2 * 1024;  // of a buffer that nobody uses for now

  explicit Stream(base::UniqueFd socket)
      : socket_(std::move(socket)), not_for_children_(socket_.get()) {}

  [[nodiscard]] int fd() const { return socket_.get(); }

  // Events of epoll since the last call.
  void NoteEvents(std::uint32_t events) { events_ |= events; }
  // An event said that there may be something to receive, or that the other side has ended.
  [[nodiscard]] bool can_receive() const;
  // Both directions are closed or broken.
  [[nodiscard]] bool is_hung_up() const;
  // The other side sends no more, as far as events have told.
  [[nodiscard]] bool has_other_side_ended() const;

  enum class Sending { Done, Pending, Broken };
  // Sends what waits and then the bytes, piece by piece, as far as the socket takes them; keeps a copy
  // of the rest. While a file waits there are none: Pending may then also mean that it is the turn of
  // others (wants_another_turn).
  Sending Send(std::string_view bytes, std::string_view then = {}, std::string_view last = {});
  // The same with a file behind the bytes. Broken without file_failure(): the client is gone.
  Sending SendFile(std::string_view bytes, exchange::FilePart part);
  [[nodiscard]] bool has_file() const { return file_.is_open(); }
  // Bytes of the last file that the socket has not taken, or never will.
  [[nodiscard]] std::uint64_t unsent_of_file() const { return file_left_ + file_lost_; }
  // The socket would take more, but no event will say so: Send({}) is to be called again.
  [[nodiscard]] bool wants_another_turn() const { return wants_another_turn_; }
  // Why the file could not be sent to its end.
  [[nodiscard]] const base::Error* file_failure() const { return file_failure_.get(); }
  // What waits: bytes, and of a file what is left of it.
  [[nodiscard]] std::uint64_t backlog() const { return out_.size() - out_sent_ + file_left_; }
  // Bytes that the socket took so far.
  [[nodiscard]] std::uint64_t sent() const { return sent_; }
  // Blocks until at most kLowWater bytes wait, if more than kHighWater do. Fails when for so long
  // the other side takes nothing at all.
  [[nodiscard]] base::Result<void> WaitForRoom(std::chrono::milliseconds at_most);

  // Gives back the buffer of what waited, if it has grown and nothing waits.
  void ReleaseBuffer();

  enum class Receiving { Some, Nothing, Ended, Broken };
  // Appends up to `at_most` bytes (64 KiB at a time).
  Receiving Receive(std::string& to, std::size_t at_most);
  // Blocks until there is something to receive.
  [[nodiscard]] base::Result<void> WaitForInput(std::chrono::milliseconds at_most) const;

  void ShutdownWrites();
  // Both directions: the other side's waits end at once.
  void Shutdown();

 private:
  [[nodiscard]] std::size_t waiting_bytes() const { return out_.size() - out_sent_; }
  static constexpr std::size_t kPieces = 3;
  using Pieces = std::array<std::string_view, kPieces>;

  Sending SendBytes(Pieces pieces);
  ssize_t SendOnce(const Pieces& pieces);
  Sending SendFromFile();
  Sending FailFile(base::Error error);
  [[nodiscard]] bool ReadFromFile();  // false: it has failed

  base::UniqueFd socket_;
  NotForChildren not_for_children_;
  std::uint32_t events_ = 0;
  std::string out_;
  std::size_t out_sent_ = 0;
  std::uint64_t sent_ = 0;
  base::UniqueFd file_;
  std::uint64_t file_at_ = 0;
  std::uint64_t file_left_ = 0;
  std::uint64_t file_lost_ = 0;
  bool is_file_read_ = false;  // its file system has no sendfile: block by block through out_
  bool wants_another_turn_ = false;
  std::unique_ptr<base::Error> file_failure_;
};

}  // namespace hosts::serving
