#include "harness/launch/keeper.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <string_view>

#include "harness/launch/descendants.h"
#include "hosts/base/deadline.h"

namespace harness::launch {

namespace fs = std::filesystem;
using hosts::base::ChildProcess;
using hosts::base::Deadline;
using hosts::base::Result;
using hosts::base::UniqueFd;

namespace {

constexpr const char* kVariable = "WSGILAB_KEPT";
constexpr int kPipeFd = 3;
constexpr std::chrono::seconds kGrace{5};

std::atomic<int> pipe_of_ours{-1};  // to the keeper of this process

// All that is written to the pipe until nobody can write any more: names of folders, each with its end.
std::string ReadToTheEnd(int pipe) {
  std::string text;
  std::array<char, 4096> block{};
  while (true) {
    const ssize_t count = ::read(pipe, block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return text;
    text.append(block.data(), static_cast<size_t>(count));
  }
}

std::vector<fs::path> FoldersIn(std::string_view text) {
  std::vector<fs::path> folders;
  for (size_t end = text.find('\0'); end != std::string_view::npos; end = text.find('\0')) {
    folders.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return folders;
}

// Those that have the mark, and what descends from them: a process may write over its environment.
std::vector<ProcessId> Kept(const std::string& mark) {
  std::vector<ProcessId> kept = ProcessesWithEnvironment(mark);
  const size_t marked = kept.size();
  for (size_t at = 0; at < marked; ++at) {
    for (const ProcessId& process : FamilyOf(kept[at].pid)) {
      if (std::ranges::find(kept, process) == kept.end()) kept.push_back(process);
    }
  }
  return kept;
}

void Signal(const std::vector<ProcessId>& processes, int number) {
  for (const ProcessId& process : processes)
    ::kill(process.pid, number);
}

// Asks first: a host takes with it what is no file of its folder. Then again, for what was started meanwhile.
void EndAll(const std::string& mark) {
  auto kept = Kept(mark);
  if (kept.empty()) return;
  Signal(kept, SIGTERM);
  Signal(WaitUntilGone(std::move(kept), Deadline::After(kGrace)), SIGKILL);
  constexpr int kTimes = 20;
  for (int time = 0; time < kTimes; ++time) {
    kept = Kept(mark);
    if (kept.empty()) return;
    Signal(kept, SIGKILL);
    (void)WaitUntilGone(std::move(kept), Deadline::After(std::chrono::seconds(1)));
  }
}

}  // namespace

void AddKeeperMark(std::vector<std::pair<std::string, std::string>>& environment) {
  const char* mark = std::getenv(kVariable);
  if (mark == nullptr) return;
  std::erase_if(environment, [](const auto& variable) { return variable.first == kVariable; });
  environment.emplace_back(kVariable, mark);
}

void TellKeeper(const fs::path& folder) {
  const std::string name = folder.string() + '\0';
  if (pipe_of_ours >= 0) (void)!::write(pipe_of_ours, name.data(), name.size());
}

Result<Keeper> Keeper::Start(const fs::path& program) {
  CHECK(pipe_of_ours < 0, "a process has one keeper");
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return hosts::base::SystemError("pipe");
  const UniqueFd read_end(ends[0]);
  UniqueFd write_end(ends[1]);
  const auto self = FamilyOf(::getpid());
  const std::string mark =
      fmt::format("{}-{}", ::getpid(), self.empty() ? 0 : self.front().start_ticks);
  hosts::base::SpawnOptions options;
  options.argv = {program.string(), "keep", std::to_string(kPipeFd), mark};
  options.environment = {{"PATH", "/usr/bin:/bin"}};
  options.descriptors = {{read_end.get(), kPipeFd}};
  options.output = "/dev/null";
  options.stop_grace = 2 * kGrace;
  auto child = ChildProcess::Start(std::move(options));
  if (!child) return child.error();
  ::setenv(kVariable, mark.c_str(), /*replace=*/1);
  pipe_of_ours = write_end.get();
  return Keeper(std::move(*child), std::move(write_end));
}

Keeper::~Keeper() {
  if (child_.pid() <= 0) return;
  pipe_of_ours = -1;
  pipe_.reset();
  // It ignores signals that are meant for us: what it waits for is the pipe.
  (void)child_.Wait(Deadline::After(2 * kGrace));
}

void KeepWatch(int pipe, const std::string& mark) {
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE})
    ::signal(number, SIG_IGN);
  const auto folders = FoldersIn(ReadToTheEnd(pipe));
  EndAll(fmt::format("{}={}", kVariable, mark));
  for (const fs::path& folder : folders) {
    std::error_code ignored;  // nobody is left to tell
    fs::remove_all(folder, ignored);
  }
}

}  // namespace harness::launch
