#pragma once
// StatusAddress: where the status page is, as `serve --status` names it: ADDRESS:PORT, or PORT alone on
// 127.0.0.1; port 0: one of the system's choice.
//
// Threads: any.
// Fails:   what is no IP address and port; an address that other machines reach, unless they are let.

#include <string>
#include <string_view>

#include "hosts/base/result.h"

namespace hosts::command {

struct StatusAddress {
  std::string address = "127.0.0.1";
  int port = 0;
  bool is_loopback = true;
};

// Whom the page is for: it says which scripts there are and how much they are asked.
enum class StatusReaders { OnThisMachine, Anybody };

[[nodiscard]] base::Result<StatusAddress> ParseStatusAddress(std::string_view text,
                                                             StatusReaders readers);

}  // namespace hosts::command
