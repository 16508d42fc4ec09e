#pragma once
// Exchange: one request over a connection of its own, and its answer, timed from the connecting to
// the last byte.
//
// Threads: blocks its caller.
// Fails:   Closed when the host refuses or breaks off, Timeout when the deadline passes.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/base/deadline.h"
#include "hosts/base/result.h"

namespace harness::tour {

struct Site {
  std::string address = "127.0.0.1";
  int port = 0;
  std::string mount;      // "" or "/accounts": in front of every path
  std::string name = {};  // "www.example.org", as the Host field has it; "" is the address

  // As the Host field has it; an IPv6 address stands in brackets.
  [[nodiscard]] std::string host() const {
    if (!name.empty()) return name;
    const bool has_colons = address.find(':') != std::string::npos;
    return (has_colons ? "[" + address + "]" : address) + ":" + std::to_string(port);
  }
};

struct Answer {
  int status = 0;
  std::string head;  // status line and fields
  std::string body;
  std::chrono::nanoseconds took{0};

  // The first field of that name, whatever its case.
  [[nodiscard]] std::optional<std::string> Header(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> Headers(std::string_view name) const;
};

[[nodiscard]] hosts::base::Result<Answer> Exchange(const Site& site,
                                                   std::string_view request,
                                                   hosts::base::Deadline deadline);

}  // namespace harness::tour
