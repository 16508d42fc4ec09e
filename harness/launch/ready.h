#pragma once
// Ready: what a host says when it serves: its addresses and its processes.
//
// A host of ours writes it as one JSON line, for example
//   {"listen":[{"address":"127.0.0.1","port":41234}],"supervisor":7,"server":[8],"daemons":{"a":[9]}}
//
// Of other hosts it is what can be seen from outside: where they accept connections, and their processes in /proc.
//
// Fails:   a line that is no such object is InvalidInput.

#include <sys/types.h>

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/base/result.h"

namespace harness::launch {

struct Endpoint {
  std::string address;
  int port = 0;
  bool operator==(const Endpoint&) const = default;
};

struct Ready {
  std::vector<Endpoint> listen;  // at least one
  pid_t supervisor = 0;
  std::vector<pid_t> server;
  std::map<std::string, std::vector<pid_t>> daemons;
  std::string software;              // its own words in the header Server, if it was asked
  std::chrono::nanoseconds took{0};  // from the start of the program

  [[nodiscard]] const std::string& address() const { return listen.front().address; }
  [[nodiscard]] int port() const { return listen.front().port; }
};

[[nodiscard]] hosts::base::Result<Ready> ParseReadyLine(std::string_view line);

// "127.0.0.1:8080"
[[nodiscard]] hosts::base::Result<Endpoint> ParseEndpoint(std::string_view text);

}  // namespace harness::launch
