#pragma once
// StatusPage: what the processes share for the page that shows them: its socket, open for as long as the
// server, and the memory that they write to.
//
// Owns:    both.
// Threads: the supervisor's only one; a child's, before it has others.
// Fails:   Open: the address cannot be listened on.

#include <cstdint>
#include <memory>
#include <string>

#include "hosts/base/result.h"
#include "hosts/command/sockets.h"
#include "hosts/command/status_address.h"
#include "hosts/status/boards.h"

namespace hosts::command {

struct StatusPage {
  [[nodiscard]] static base::Result<std::unique_ptr<StatusPage>> Open(const StatusAddress& address);

  // A child that is not the page's process, before anything else: the memory in which it says how it is.
  [[nodiscard]] status::ProcessPage& KeepOwn(std::uint32_t generation, std::size_t index);

  ClientSocket socket;
  bool is_loopback = true;
  status::Boards boards;
};

}  // namespace hosts::command
