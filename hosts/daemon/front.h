#pragma once
// Front: sends requests to daemon processes and brings their answers back, without a thread.
//
// Every process of a group has a socket of its own; the front keeps connections ("links") to each
// open, one request at a time on each, and gives a request to the process with the fewest. A
// request waits here while every thread of the group is busy: whichever process is free first takes
// it. Only where there is but one process, some wait in it, so that it need not be woken for each.
// A request whose process dies before the application has begun goes to another one; so does one whose
// process does not get round to it (wire.md).
//
// Owns:    the links.
// Threads: the leader's (serving/loop.h).
// Fails:   502 when the process died inside the application (ERR-24); 503 when none can be reached
//          within the connect timeout (ERR-20), or there is no such socket (ERR-21); 504 when no
//          answer begins within the answer timeout (ERR-23); 500 when a line of its head is too long
//          (ERR-26).

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "hosts/daemon/begun_board.h"
#include "hosts/serving/loop.h"
#include "hosts/serving/service.h"

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
  std::size_t longest_header = 32768;           // line of an answer's head

  // At most.
  [[nodiscard]] std::uint32_t links() const {
    return static_cast<std::uint32_t>(socket_paths.size()) *
           static_cast<std::uint32_t>(threads + queue);
  }
};

class Front {
 public:
  Front(serving::Loop& loop, std::vector<GroupEndpoint> groups);
  Front(const Front&) = delete;
  Front& operator=(const Front&) = delete;
  ~Front();

  // The group is one of those given; its name must be known.
  [[nodiscard]] std::unique_ptr<serving::Forwarding> Forward(std::string_view group,
                                                             serving::ForwardedRequest& request);

 private:
  class Group;
  class Link;
  class Errand;
  std::vector<std::unique_ptr<Group>> groups_;
};

}  // namespace hosts::daemon
