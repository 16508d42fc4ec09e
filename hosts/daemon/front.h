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

#include <memory>
#include <string_view>
#include <vector>

#include "hosts/daemon/group_endpoint.h"
#include "hosts/serving/loop.h"
#include "hosts/serving/service.h"

namespace hosts::daemon {

class GroupLinks;

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
  std::vector<std::unique_ptr<GroupLinks>> groups_;
};

}  // namespace hosts::daemon
