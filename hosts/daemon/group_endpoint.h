#pragma once
// GroupEndpoint: how a front reaches the processes of a group, and what it allows them.
//
// Threads: a value.
// Source:  CFG-84 (connect-timeout), CFG-85 (socket-timeout), CFG-87 (response-socket-timeout),
//          CFG-88 (response-flush-delay), RESP-16.

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "hosts/daemon/begun_board.h"
#include "hosts/status/seat.h"

namespace hosts::daemon {

// How a front reaches the processes of a group.
struct GroupEndpoint {
  std::string name;
  std::vector<std::string> socket_paths;  // one for every process
  int threads = 1;                        // of each process
  int queue = 0;                          // requests beyond those that may wait in a process
  std::string token;                      // first on every link
  BegunBoard* board = nullptr;
  std::uint32_t first_cell = 0;  // [first_cell, + links()) of the board are this front's
  std::chrono::milliseconds connect_timeout{15'000};
  std::chrono::milliseconds answer_timeout{0};  // of a single wait for a process; 0: the request's
  std::chrono::milliseconds client_timeout{
      0};                                    // of a wait for the client to read; 0: the request's
  std::chrono::milliseconds flush_delay{0};  // of an answer's piece, for the next one; 0: none
  std::size_t longest_header = 32768;        // line of an answer's head

  status::RequestCounter* forwarded = nullptr;  // of the front; null: nobody wants to see it

  // At most.
  [[nodiscard]] std::uint32_t links() const {
    return static_cast<std::uint32_t>(socket_paths.size()) *
           static_cast<std::uint32_t>(threads + queue);
  }
};

}  // namespace hosts::daemon
