#pragma once
// Settings: what a host was told (processes, threads, kept connections, a quiet log), and what the running host
// does: counted in /proc, found out by requests that wait for each other in the application, read in its log.
//
// Threads: FindSettings has a thread for each request.
// Fails:   never; what cannot be found out is absent.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/adapters/host_adapter.h"
#include "harness/launch/ready.h"
#include "harness/load/load_result.h"
#include "harness/tour/exchange.h"
#include "reports/record/record.h"

namespace harness::run {

[[nodiscard]] reports::record::SettingsAsked AskedSettings(
    const adapters::ServedDeployment& deployment, const std::string& process_group);

struct SettingsQuestion {
  tour::Site site;
  pid_t root = 0;  // the host
  launch::Ready ready;
  std::string process_group;  // whose processes run the application; "" is the server itself
  int wanted_processes = 1;
  int wanted_threads = 1;
  int kept_connections = 0;
};

// Processes, threads, and how many requests are served at the same time.
[[nodiscard]] reports::record::SettingsFound FindSettings(const SettingsQuestion& question);

// In sentences; empty when it is as it was told.
[[nodiscard]] std::vector<std::string> SettingsDifferences(
    const reports::record::SettingsAsked& asked, const reports::record::SettingsFound& found);

// Whether connections were closed that a client would have kept.
[[nodiscard]] bool HadToReconnect(const load::LoadResult& result);

[[nodiscard]] std::int64_t CountLines(const std::filesystem::path& log);

// The first lines in which the pattern is found, a few at most.
[[nodiscard]] std::vector<std::string> WordsInLog(const std::filesystem::path& log,
                                                  const std::string& pattern);

}  // namespace harness::run
