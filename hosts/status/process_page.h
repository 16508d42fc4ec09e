#pragma once
// ProcessPage: what one process says of itself, in memory that it shares with the supervisor and the process
// of the status page: who it is, what its threads have done, what is loaded in it, why it ends.
//
// The memory belongs to a process that runs applications: who reads it believes nothing but numbers, and
// texts of bounded size.
//
// Owns:    the mapping.
// Threads: Begin before there are others; a seat as seat.h says; forwarded() by the leader; the rest by any.
// Fails:   never; what does not fit is cut, and that is said.

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/status/published_text.h"
#include "hosts/status/seat.h"
#include "hosts/status/shared_memory.h"

namespace hosts::status {

struct Waits {
  std::uint64_t count = 0;
  std::uint64_t total = 0;
  std::uint64_t longest = 0;
  bool operator==(const Waits&) const = default;
};

struct LoadedScript {
  std::string path;
  std::int64_t loaded_at_ms = 0;  // since the epoch; the last time
  bool operator==(const LoadedScript&) const = default;
};

struct LoadedInterpreter {
  std::string name;  // empty: the main one
  std::vector<LoadedScript> scripts;
  bool operator==(const LoadedInterpreter&) const = default;
};

struct Loaded {
  std::vector<LoadedInterpreter> interpreters;
  bool is_cut = false;  // there are more
};

// Of the text in which a process says it; of one that is anything else, nothing, and that it is cut.
[[nodiscard]] Loaded LoadedOf(std::string_view text);

struct ProcessFigures {
  std::uint64_t answered = 0;
  std::uint64_t in_flight = 0;
  std::uint64_t forwarded = 0;  // answered by others
  std::uint64_t forwarded_in_flight = 0;
  Waits queue_us;
  Waits gil_ns;
  Loaded loaded;
  std::string end_reason;  // empty: it is not ending
};

class ProcessPage {
 public:
  explicit ProcessPage(int threads);

  // The process that it is about, before anything else: nothing has happened yet.
  void Begin(pid_t pid);
  // For a thread; null when there are more than were said.
  [[nodiscard]] Seat* TakeSeat();
  [[nodiscard]] RequestCounter& forwarded() { return head().forwarded; }
  void NoteInterpreter(std::string_view name);
  void NoteScript(std::string_view interpreter, std::string_view path, std::int64_t at_ms);
  // In lower-case letters and underscores.
  void NoteEnding(std::string_view reason);

  // Who reads. Nothing: it is not, or not yet, about this process.
  [[nodiscard]] std::optional<ProcessFigures> Read(pid_t pid) const;
  void MakeReadOnly() const { memory_.MakeReadOnly(); }

 private:
  struct alignas(64) Head {
    std::atomic<std::int64_t> pid{0};
    RequestCounter forwarded;
  };
  [[nodiscard]] Head& head() const { return *reinterpret_cast<Head*>(memory_.data()); }
  [[nodiscard]] Seat* seats() const {
    return reinterpret_cast<Seat*>(memory_.data() + sizeof(Head));
  }
  [[nodiscard]] PublishedText reason() const;
  [[nodiscard]] PublishedText loaded() const;
  [[nodiscard]] bool IsThereRoomFor(std::string_view name);
  void Publish();

  const std::size_t threads_;
  SharedMemory memory_;
  // The process's own.
  std::mutex mutex_;
  std::size_t seats_taken_ = 0;
  using Scripts = std::map<std::string, std::int64_t, std::less<>>;
  std::map<std::string, Scripts, std::less<>> scripts_;  // of interpreters
  std::size_t text_size_ = 0;                            // at most
  bool is_cut_ = false;
};

}  // namespace hosts::status
