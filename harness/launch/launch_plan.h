#pragma once
// LaunchPlan: everything it takes to start one host for one cell, as plain data. It can be printed,
// compared with a golden file, and replayed by hand when a cell fails.

#include <chrono>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace harness::launch {

// How the host says that it serves.
enum class Readiness {
  ReadyLine,  // one JSON line on the descriptor whose number is in `ready_fd` of the argv
  Connect,    // the address accepts connections
};

struct GeneratedFile {
  std::filesystem::path path;
  std::string text;
};

struct LaunchPlan {
  std::vector<std::string> argv;  // "{ready_fd}" is replaced by the descriptor's number
  std::vector<std::pair<std::string, std::string>> environment;
  std::filesystem::path directory;
  std::vector<GeneratedFile> files;
  std::filesystem::path log;  // where its output goes
  Readiness readiness = Readiness::ReadyLine;
  std::string connect_address;  // for Readiness::Connect: "127.0.0.1:8080"
  int stop_signal = 15;
  std::chrono::milliseconds ready_within{20000};
  std::chrono::milliseconds stop_grace{6000};
};

}  // namespace harness::launch
