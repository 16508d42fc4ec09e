#include "hosts/command/status_record.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace hosts::command {

namespace {

constexpr std::size_t kMostEnds = 32;

std::int64_t NowInMilliseconds() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string NameOf(daemon::Generation::State state) {
  using State = daemon::Generation::State;
  switch (state) {
    case State::Starting:
      return "starting";
    case State::Serving:
      return "serving";
    case State::Leaving:
      return "leaving";
    case State::Stopping:
      return "stopping";
  }
  return {};
}

std::string StateOf(const daemon::Generation& generation, std::size_t index, pid_t pid) {
  using State = daemon::Generation::State;
  if (pid < 0) {
    const bool is_ending =
        generation.state() == State::Leaving || generation.state() == State::Stopping;
    return is_ending ? "gone" : "awaited";
  }
  if (generation.is_told(index)) return "leaving";
  return generation.is_ready(index) ? "ready" : "starting";
}

}  // namespace

StatusRecord::StatusRecord(status::Boards& boards) : boards_(boards) {
  said_.pid = ::getpid();
  said_.started_at_ms = NowInMilliseconds();
}

void StatusRecord::Expect(std::uint32_t generation, std::vector<ShownRole> roles) {
  std::vector<int> threads;
  auto& known = known_[generation];
  for (auto& role : roles) {
    threads.push_back(role.threads);
    known.push_back({.shown = std::move(role)});
  }
  boards_.Add(generation, threads);
}

void StatusRecord::OnEnded(const daemon::Generation& generation,
                           std::size_t index,
                           int wait_status) {
  const Known& known = known_.at(generation.number()).at(index);
  status::EndRow row;
  row.generation = generation.number();
  row.role = known.shown.role;
  row.group = known.shown.group;
  row.pid = known.pid;
  row.started_at_ms = known.started_at_ms;
  row.ended_at_ms = NowInMilliseconds();
  if (WIFSIGNALED(wait_status)) {
    row.signal = WTERMSIG(wait_status);
  } else {
    row.exit_code = WEXITSTATUS(wait_status);
  }
  row.was_told = generation.is_told(index);
  const status::ProcessPage* page = boards_.page(generation.number(), index);
  if (const auto figures = page->Read(known.pid)) {
    row.reason = figures->end_reason;
    row.answered = figures->answered;
    row.in_flight = figures->in_flight;
  }
  ++said_.ended;
  said_.last_ended.push_front(std::move(row));
  if (said_.last_ended.size() > kMostEnds) said_.last_ended.pop_back();
}

status::GenerationRow StatusRecord::RowOf(const daemon::Generation& generation) {
  status::GenerationRow row{
      .number = generation.number(), .state = NameOf(generation.state()), .processes = {}};
  const auto pids = generation.pids();
  auto& known = known_.at(generation.number());
  for (std::size_t i = 0; i < pids.size(); ++i) {
    if (known[i].pid != pids[i]) {
      known[i].pid = pids[i];
      known[i].started_at_ms = NowInMilliseconds();
    }
    row.processes.push_back({.role = known[i].shown.role,
                             .group = known[i].shown.group,
                             .threads = known[i].shown.threads,
                             .pid = std::max(pids[i], 0),
                             .state = StateOf(generation, i, pids[i]),
                             .started_at_ms = known[i].started_at_ms});
  }
  return row;
}

// Generations that have come and gone.
void StatusRecord::Forget(const std::vector<const daemon::Generation*>& but_these) {
  std::erase_if(known_, [&](const auto& entry) {
    const bool is_there = std::ranges::any_of(
        but_these, [&](const auto* generation) { return generation->number() == entry.first; });
    if (is_there || entry.first > newest_) return false;
    boards_.Drop(entry.first);
    return true;
  });
}

void StatusRecord::OnChange(const std::vector<const daemon::Generation*>& generations) {
  if (!generations.empty()) newest_ = std::max(newest_, generations.back()->number());
  Forget(generations);
  said_.generations.clear();
  for (const auto* generation : generations)
    said_.generations.push_back(RowOf(*generation));
  boards_.Publish(said_);
}

}  // namespace hosts::command
