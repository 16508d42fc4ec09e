#pragma once
// Writer: lines -> files, by a thread of its own, so that who hands a line over never waits for a
//         disk.
//
// Lines gather in a buffer, per file, and are written together: one write() with O_APPEND, so that
// those of several processes do not mix. When a disk is slow or full, lines that do not fit into
// the buffer are dropped and counted, and an event (H0240) says how many.
//
// Owns:    its thread and the buffers. The descriptors are somebody else's.
// Threads: Append() from any thread; the rest on the one that made it.
// Fails:   never: a file that cannot be written loses lines, it does not stop requests.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace hosts::access_log {

struct OpenFile {
  int fd = -1;
  std::string name;  // for events
};

class Writer {
 public:
  struct Limits {
    std::size_t waiting_bytes = std::size_t{4} << 20;  // of each file
    std::size_t batch_bytes = std::size_t{64} << 10;   // so many do not wait for `gather`
    std::chrono::milliseconds gather{100};
    std::chrono::milliseconds last_words{1'000};  // at the end
  };

  explicit Writer(const std::vector<OpenFile>& files);
  Writer(const std::vector<OpenFile>& files, const Limits& limits);
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() { Stop(); }

  // Whole lines. Waits for nothing but a short lock.
  void Append(std::size_t file, std::string_view lines);
  // Writes what is there, for as long as the limits say, and ends the thread.
  void Stop();
  // Lines that were dropped so far.
  [[nodiscard]] std::uint64_t lost();

 private:
  struct File {
    OpenFile open;
    std::string waiting;          // under the lock
    std::uint64_t lost = 0;       // likewise
    std::uint64_t lost_told = 0;  // the thread's, as all below
    std::string writing = {};     // what of a batch is not written yet
    std::size_t written = 0;      // of it
    bool is_within_line = false;  // a write broke off
    std::string_view why_lost = {};
  };

  void Run();
  // False: some file would not take all of it now.
  [[nodiscard]] bool WriteAll();
  [[nodiscard]] bool Write(File& file);
  void GiveUp(File& file, std::string_view why);
  void TellLost();

  const Limits limits_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<File> files_;
  bool is_stopping_ = false;
  bool is_enough_ = false;  // a batch does not wait any longer
  bool is_any_ = false;     // something waits
  std::thread thread_;
};

}  // namespace hosts::access_log
