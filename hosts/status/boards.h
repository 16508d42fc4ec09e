#pragma once
// Boards: the shared memory behind the status page: a page for each process, and the supervisor's.
//
// Made by the supervisor before it forks. A process keeps its own page and nothing else; the process of the
// status page keeps all that there are when it starts, to read them (SEC-10).
//
// Owns:    the pages.
// Threads: the supervisor's only one; a child's, before it has others.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "hosts/status/process_page.h"
#include "hosts/status/shared_memory.h"
#include "hosts/status/supervision.h"

namespace hosts::status {

class Boards {
 public:
  Boards();

  // The supervisor. Pages for a generation's processes, in the order of its roles, with so many threads.
  void Add(std::uint32_t generation, const std::vector<int>& threads);
  void Drop(std::uint32_t generation) { pages_.erase(generation); }
  // Of what does not fit, processes are left out.
  void Publish(Supervision supervision) const;

  // A child: its page, and no other from now on.
  ProcessPage& KeepOnly(std::uint32_t generation, std::size_t index);
  void OnlyRead() const;

  // Null: it came later than we.
  [[nodiscard]] const ProcessPage* page(std::uint32_t generation, std::size_t index) const;
  [[nodiscard]] std::optional<Supervision> ReadSupervision() const;

 private:
  [[nodiscard]] PublishedText supervision() const;

  std::unique_ptr<SharedMemory> supervision_;
  std::map<std::uint32_t, std::vector<std::unique_ptr<ProcessPage>>> pages_;
};

}  // namespace hosts::status
