#include "harness/launch/host_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>

#include "harness/launch/cell_directory.h"
#include "harness/launch/free_port.h"
#include "harness/launch/keeper.h"
#include "harness/launch/readiness.h"
#include "hosts/base/files.h"
#include "hosts/base/unique_fd.h"

namespace harness::launch {

using hosts::base::ChildProcess;
using hosts::base::Clock;
using hosts::base::Deadline;
using hosts::base::Error;
using hosts::base::Result;
using hosts::base::SystemError;
using hosts::base::UniqueFd;

namespace {

constexpr int kReadyFd = 3;
constexpr std::chrono::milliseconds kFamilyGrace{1000};

struct Pipe {
  UniqueFd read_end;
  UniqueFd write_end;
};

Result<Pipe> MakePipe() {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return SystemError("pipe");
  return Pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

// No two hosts started by one process have the same mark.
std::string NewMark() {
  static std::atomic<int> count{0};
  return fmt::format("{}-{}", ::getpid(), ++count);
}

hosts::base::SpawnOptions SpawnOptionsOf(const LaunchPlan& plan, const std::string& mark) {
  hosts::base::SpawnOptions options;
  options.argv = plan.argv;
  for (std::string& word : options.argv) {
    if (word == "{ready_fd}") word = std::to_string(kReadyFd);
  }
  options.environment = plan.environment;
  options.environment.emplace_back("WSGILAB_CELL", mark);
  AddKeeperMark(options.environment);
  options.directory = plan.directory;
  options.output = plan.log;
  options.stop_signal = plan.stop_signal;
  options.stop_grace = plan.stop_grace;
  return options;
}

Error WithLog(const Error& error, const LaunchPlan& plan) {
  Error told = error;
  for (const std::string& line : LastLines(plan.log, 5))
    told.message += "\n  " + line;
  return told;
}

// Somebody took the port between its choice and the host's listen().
bool WasPortTaken(const Error& error, const LaunchPlan& plan) {
  constexpr size_t kEnough = 20;
  if (error.kind != hosts::base::ErrorKind::Closed) return false;
  const auto lines = LastLines(plan.log, kEnough);
  return std::any_of(lines.begin(), lines.end(), [](const std::string& line) {
    return line.find("ddress already in use") != std::string::npos ||
           line.find("Connection in use") != std::string::npos;  // gunicorn's words
  });
}

// What a host wrote that was started before, on a port that was taken, is not this one's.
size_t SizeOf(const std::filesystem::path& log) {
  std::error_code problem;
  const auto size = std::filesystem::file_size(log, problem);
  return problem ? 0 : size;
}

Result<Ready> Await(const LaunchPlan& plan,
                    int ready_pipe,
                    size_t log_begin,
                    ChildProcess& child,
                    Deadline deadline) {
  if (plan.readiness == Readiness::ReadyLine) return AwaitReadyLine(ready_pipe, child, deadline);
  const auto endpoint = ParseEndpoint(plan.connect_address);
  if (!endpoint) return endpoint.error();
  if (plan.readiness == Readiness::LogSigns) {
    auto said = AwaitLogSigns(plan.log, log_begin, plan.log_signs, *endpoint, child, deadline);
    if (!said || plan.listening_sockets == 0) return said;
    const auto listening = AwaitListening(*endpoint, plan.listening_sockets, child, deadline);
    if (!listening) return listening.error();
    return said;
  }
  auto ready = plan.readiness == Readiness::Answer ? AwaitAnswer(*endpoint, child, deadline)
                                                   : AwaitConnect(*endpoint, child, deadline);
  if (!ready) return ready;
  NameProcesses(*ready);
  if (plan.log_signs.empty()) return ready;
  auto signs = AwaitLogSigns(plan.log, log_begin, plan.log_signs, *endpoint, child, deadline);
  if (!signs) return signs;
  for (auto& [group, pids] : signs->daemons) {
    for (const pid_t pid : pids)
      std::erase(ready->server, pid);
    ready->daemons[group] = std::move(pids);
  }
  return ready;
}

}  // namespace

Result<HostProcess> HostProcess::Start(const LaunchPlan& plan) {
  if (!NeedsPort(plan)) return StartOnce(plan);
  constexpr int kTries = 3;
  for (int tried = 1;; ++tried) {
    const auto port = FreePort();
    if (!port) return port.error();
    auto host = StartOnce(WithPort(plan, *port));
    if (host || tried == kTries || !WasPortTaken(host.error(), plan)) return host;
  }
}

Result<HostProcess> HostProcess::StartOnce(const LaunchPlan& plan) {
  BecomeSubreaper();
  for (const GeneratedFile& file : plan.files) {
    std::error_code problem;  // WriteFile says it better
    std::filesystem::create_directories(file.path.parent_path(), problem);
    const auto written = hosts::base::WriteFile(file.path, file.text);
    if (!written) return written.error();
  }
  auto pipe = MakePipe();
  if (!pipe) return pipe.error();
  const std::string mark = NewMark();
  auto options = SpawnOptionsOf(plan, mark);
  if (plan.readiness == Readiness::ReadyLine) {
    options.descriptors.emplace_back(pipe->write_end.get(), kReadyFd);
  }
  const size_t log_begin = SizeOf(plan.log);
  const auto started_at = Clock::now();
  const Deadline deadline = Deadline::At(started_at + plan.ready_within);
  auto child = ChildProcess::Start(std::move(options));
  if (!child) return child.error();
  pipe->write_end.reset();
  HostProcess host(std::move(*child), plan, "WSGILAB_CELL=" + mark);
  auto ready = Await(plan, pipe->read_end.get(), log_begin, host.child_, deadline);
  if (!ready) return WithLog(ready.error(), plan);
  host.ready_ = std::move(*ready);
  host.ready_.took = Clock::now() - started_at;
  return host;
}

HostProcess::~HostProcess() {
  if (child_.pid() > 0) Stop();
}

std::vector<std::string> HostProcess::LogTail(size_t lines) const {
  return LastLines(plan_.log, lines);
}

StopReport HostProcess::Stop() {
  CHECK(child_.pid() > 0, "a host that was stopped or moved away was stopped");
  const auto asked_at = Clock::now();
  StopReport report;
  const std::vector<ProcessId> family = FamilyOf(child_.pid());
  child_.Signal(plan_.stop_signal);
  auto ended = child_.Wait(Deadline::After(plan_.stop_grace));
  if (!ended) {
    report.was_killed = true;
    child_.Signal(SIGKILL);
    ended = child_.Wait(Deadline::After(std::chrono::seconds(30)));
    CHECK(ended.has_value(), "a process survived SIGKILL for 30 s");
  }
  report.status = *ended;
  report.took = Clock::now() - asked_at;
  if (report.was_killed) {
    report.left_behind.push_back(
        fmt::format("the host ignored its stop signal for {} ms", plan_.stop_grace.count()));
  }
  for (std::string& sentence : EndTheRest(family)) {
    report.left_behind.push_back(std::move(sentence));
  }
  for (const std::string& file : SocketsAndPidFiles(plan_.directory)) {
    report.left_behind.push_back(file);
  }
  child_.Stop();  // already ended: kills what is left of its group and lets go
  return report;
}

void HostProcess::Kill() {
  CHECK(child_.pid() > 0, "a host that was stopped or moved away was killed");
  std::vector<ProcessId> family = FamilyOf(child_.pid());
  child_.Signal(SIGKILL);
  (void)child_.Wait(Deadline::After(std::chrono::seconds(30)));
  for (const ProcessId& process : ProcessesWithEnvironment(mark_)) {
    if (std::find(family.begin(), family.end(), process) == family.end()) family.push_back(process);
  }
  for (const ProcessId& process : family)
    ::kill(process.pid, SIGKILL);
  (void)WaitUntilGone(std::move(family), Deadline::After(std::chrono::seconds(5)));
  child_.Stop();
}

// The host is gone; its processes should be. Those that are not are named, then killed.
std::vector<std::string> HostProcess::EndTheRest(std::vector<ProcessId> family) const {
  for (const ProcessId& process : ProcessesWithEnvironment(mark_)) {
    if (std::find(family.begin(), family.end(), process) == family.end()) {
      family.push_back(process);
    }
  }
  const auto stubborn = WaitUntilGone(std::move(family), Deadline::After(kFamilyGrace));
  std::vector<std::string> sentences;
  for (const ProcessId& process : stubborn) {
    sentences.push_back(fmt::format("process {}", NameOf(process)));
    ::kill(process.pid, SIGKILL);
  }
  const auto immortal = WaitUntilGone(stubborn, Deadline::After(std::chrono::seconds(5)));
  for (const ProcessId& process : immortal) {
    sentences.push_back(fmt::format("process {} survived SIGKILL", NameOf(process)));
  }
  return sentences;
}

}  // namespace harness::launch
