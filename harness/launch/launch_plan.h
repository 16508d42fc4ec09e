#pragma once
// LaunchPlan: everything it takes to start one host for one cell, as plain data. It can be printed,
// compared with a golden file, and replayed by hand when a cell fails.
//
// A host that cannot let the system choose its port has "{port}" in its plan, wherever the number is to stand: in the
// command, the environment, the files, the address. It is chosen when the host is started.

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/launch/log_signs.h"

namespace harness::launch {

// How the host says that it serves.
enum class Readiness {
  ReadyLine,  // one JSON line on the descriptor whose number stands for "{ready_fd}" in the argv
  Connect,    // the address accepts connections
  Answer,  // the address answers OPTIONS *, which is for the server and reaches no application (RFC 9110, 9.3.7)
  LogSigns,  // its log says that every one of its processes serves
};

struct GeneratedFile {
  std::filesystem::path path;
  std::string text;
};

struct LaunchPlan {
  std::vector<std::string> argv;  // "{ready_fd}" is replaced by the descriptor's number
  std::vector<std::pair<std::string, std::string>> environment;  // all of it
  std::filesystem::path directory;                               // where the host runs
  std::vector<GeneratedFile> files;
  std::filesystem::path log;  // where its output goes
  Readiness readiness = Readiness::ReadyLine;
  std::string connect_address;     // for all but ReadyLine: "127.0.0.1:{port}"
  std::vector<LogSign> log_signs;  // for LogSigns; besides it for Connect and Answer
  // For LogSigns, of a host whose log says it too early: how many sockets must listen at the address besides.
  int listening_sockets = 0;
  int stop_signal = 15;
  std::chrono::milliseconds ready_within{20000};
  std::chrono::milliseconds stop_grace{6000};
};

inline constexpr std::string_view kPortMark = "{port}";

// Whether a port must be chosen for it.
[[nodiscard]] bool NeedsPort(const LaunchPlan& plan);
// With this port wherever the mark stands.
[[nodiscard]] LaunchPlan WithPort(LaunchPlan plan, int port);

// The plan as a person reads and replays it: environment, command, and the files in full.
[[nodiscard]] std::string Describe(const LaunchPlan& plan);

}  // namespace harness::launch
