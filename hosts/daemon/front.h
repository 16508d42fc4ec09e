#pragma once
// Front: sends requests to daemon processes and brings their answers back, without a thread.
//
// Every process of a group has a socket of its own; the front keeps connections ("links") to each
// open, one request at a time on each, and gives a request to the process with the fewest. There
// are never more links than the group has threads, so a request waits here, not in a process.
// A request whose process dies before the application has begun goes to another one.
//
// Owns:    the links.
// Threads: the leader's (serving/loop.h).
// Fails:   502 when the process died inside the application (ERR-24), 503 when none can be reached
//          within the connect timeout (ERR-20).

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
  std::string token;                      // first on every link
  BegunBoard* board = nullptr;
  std::uint32_t first_ticket = 0;  // cells [first_ticket, + processes x threads) are this front's
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
