#include "reports/fitness/mode_fitness.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/notation/notation.h"

namespace reports::fitness {

using record::Import;
using record::ImportOutcome;
using record::Record;
using record::Replay;
using record::ReplayOutcome;

namespace {

// A visitor notices; and it is the loading that makes him wait.
constexpr double kNoticedMs = 100;
constexpr double kByLoading = 2;

bool IsIn(std::string_view mode, std::string_view part) {
  return mode.find(part) != std::string_view::npos;
}
// What happens only when something else runs in the same process: a daemon process can be its own.
Weight InCompany(std::string_view mode) {
  return IsIn(mode, "embedded") ? Weight::Caveat : Weight::Note;
}

std::string TwinOf(std::string_view lazy_mode) {
  return std::string(lazy_mode.substr(0, lazy_mode.rfind('/'))) + "/preload";
}

const record::Cell* CellOf(const Record& record,
                           const record::Subject& subject,
                           std::string_view mode) {
  for (const record::Cell& cell : record.cells) {
    if (cell.app == subject.app &&
        fmt::format("{}/{}/{}", cell.process, cell.interpreter, cell.loading) == mode)
      return &cell;
  }
  return nullptr;
}

std::string HowItFails(const Import& line) {
  const std::string what =
      line.module
          ? fmt::format("{} {}", line.distribution, line.version) +
                (*line.module == line.distribution ? "" : fmt::format(" ({})", *line.module))
          : fmt::format("{} {}", line.distribution, line.version);
  switch (line.outcome) {
    case ImportOutcome::Hangs:
      return what + " hangs";
    case ImportOutcome::Crashes:
      return fmt::format("{} ends the process: {}", what, line.error.value_or(""));
    default:
      return fmt::format("{} cannot be imported: {}", what, line.error.value_or(""));
  }
}

// Says what speaks for and against one mode.
class ModeJudge {
 public:
  ModeJudge(const Record& record, const record::Subject& subject)
      : record_(record), subject_(subject) {}

  [[nodiscard]] std::optional<ModeFitness> Of(std::string_view mode) const;

 private:
  void SayReplays(ModeFitness& fitness) const;
  void SayCell(ModeFitness& fitness) const;
  void SayImports(ModeFitness& fitness) const;
  void SayCopies(ModeFitness& fitness) const;
  void SayFirstRequest(ModeFitness& fitness) const;
  void SayWhere(ModeFitness& fitness) const;

  const Record& record_;
  const record::Subject& subject_;
};

void ModeJudge::SayReplays(ModeFitness& fitness) const {
  for (const Replay& replay : record_.replays) {
    if (replay.app != subject_.app || replay.arrangement != fitness.mode) continue;
    if (replay.outcome == ReplayOutcome::Differs || replay.outcome == ReplayOutcome::NoAnswer) {
      const std::string what = replay.outcome == ReplayOutcome::Differs
                                   ? "is answered differently here"
                                   : "gets no answer";
      fitness.reasons.push_back(
          {Weight::Breaks,
           fmt::format("{} {}: {}", replay.request, what, replay.detail.value_or("")),
           "",
           replay.log_tail});
    }
  }
}

void ModeJudge::SayCell(ModeFitness& fitness) const {
  const record::Cell* cell = CellOf(record_, subject_, fitness.mode);
  if (cell == nullptr || cell->outcome == record::CellOutcome::Ok ||
      cell->outcome == record::CellOutcome::NotOffered)
    return;
  const bool is_ours = IsOwnFault(cell->outcome);
  fitness.reasons.push_back(
      {is_ours ? Weight::Note : Weight::Breaks,
       fmt::format("{}: {}", record::Name(cell->outcome), cell->reason.value_or("")),
       "",
       cell->log_tail});
}

// What the application has imported, in an interpreter of this kind: alone, and after another of the process.
void ModeJudge::SayImports(ModeFitness& fitness) const {
  const bool is_sub = IsSub(fitness.mode);
  for (const Import& line : record_.imports) {
    if (line.app != subject_.app || line.interpreter != "main" || !line.is_used) continue;
    const Import* alone = is_sub ? FindImport(record_, subject_, line.distribution, "sub") : &line;
    if (is_sub && HasFailed(alone) && !HasFailed(&line)) {
      fitness.reasons.push_back(
          {Weight::Caveat, "in a sub-interpreter " + HowItFails(*alone), "INTERP-10"});
      continue;
    }
    for (const char* after : {"main after sub", "sub after main", "sub after sub"}) {
      if (std::string_view(after).starts_with("sub") != is_sub) continue;
      const Import* second = FindImport(record_, subject_, line.distribution, after);
      if (!HasFailed(second) || HasFailed(alone)) continue;
      fitness.reasons.push_back(
          {InCompany(fitness.mode),
           fmt::format("when {} of its process has imported it before, {}: let nothing else run in "
                       "that process",
                       std::string_view(after).ends_with("main") ? "the main interpreter"
                                                                 : "another sub-interpreter",
                       HowItFails(*second)),
           "INTERP-10"});
      break;
    }
    if (!is_sub || HasFailed(alone)) continue;
    std::vector<std::string> single;
    for (const record::Extension& extension : line.extensions) {
      if (IsIn(extension.declares, "single-phase")) single.push_back(extension.module);
    }
    if (!single.empty()) {
      const size_t more = single.size() > 3 ? single.size() - 3 : 0;
      if (more > 0) single.resize(3);
      fitness.reasons.push_back(
          {Weight::Caveat,
           fmt::format("{} {} has C extensions that are not made for sub-interpreters: {}{} {} "
                       "initialised once for the "
                       "whole process; it was imported, and what was asked worked",
                       line.distribution,
                       line.version,
                       notation::List(single),
                       more > 0 ? fmt::format(" and {} more", more) : "",
                       single.size() > 1 ? "say that they are" : "says that it is"),
           "INTERP-10"});
    }
  }
}

void ModeJudge::SayCopies(ModeFitness& fitness) const {
  for (const Replay& replay : record_.replays) {
    if (replay.app != subject_.app || !replay.arrangement.starts_with(kTwoCopies) ||
        replay.outcome == ReplayOutcome::Same || replay.outcome == ReplayOutcome::NotAsked)
      continue;
    if (!replay.mode || !IsIn(fitness.mode, "/" + *replay.mode + "/")) continue;
    fitness.reasons.push_back(
        {InCompany(fitness.mode),
         fmt::format("beside a copy of itself in another interpreter of the process ({}) {}: {}",
                     replay.arrangement.substr(kTwoCopies.size() + 2),
                     replay.request,
                     replay.detail.value_or("")),
         "",
         replay.log_tail});
    return;
  }
}

void ModeJudge::SayFirstRequest(ModeFitness& fitness) const {
  fitness.first_request_ms = FirstRequestOf(record_, subject_, fitness.mode);
  if (!fitness.first_request_ms || !IsLazy(fitness.mode)) return;
  const auto preloaded = FirstRequestOf(record_, subject_, TwinOf(fitness.mode));
  const bool is_noticed = *fitness.first_request_ms >= kNoticedMs && preloaded &&
                          *fitness.first_request_ms >= kByLoading * *preloaded;
  fitness.reasons.push_back(
      {is_noticed ? Weight::Caveat : Weight::Note,
       preloaded
           ? "the first visitor of each process waits while it is loaded; preloaded nobody does"
           : "the first visitor of each process waits while it is loaded",
       "PRELOAD-1"});
}

void ModeJudge::SayWhere(ModeFitness& fitness) const {
  if (IsIn(fitness.mode, "embedded")) {
    fitness.reasons.push_back(
        {Weight::Note,
         "new code needs a restart of the whole server, and it runs as the server's user",
         "RELOAD-2"});
  }
  if (IsSub(fitness.mode)) {
    fitness.reasons.push_back(
        {Weight::Note,
         "several applications can share one process, each in an interpreter of its own",
         "INTERP-4"});
  }
}

std::optional<ModeFitness> ModeJudge::Of(std::string_view mode) const {
  ModeFitness fitness;
  fitness.mode = mode;
  const record::Cell* cell = CellOf(record_, subject_, mode);
  const auto is_of_it = [&](const Replay& replay) {
    return replay.app == subject_.app && replay.arrangement == mode;
  };
  const auto replay = std::ranges::find_if(record_.replays, is_of_it);
  if (cell == nullptr && replay == record_.replays.end()) return std::nullopt;
  if (cell == nullptr && replay->outcome == ReplayOutcome::NotAsked) {
    fitness.reasons.push_back({Weight::Note, replay->detail.value_or("")});
    return fitness;
  }
  if (cell != nullptr && cell->outcome == record::CellOutcome::NotOffered) {
    fitness.verdict = Verdict::NotOffered;
    fitness.reasons.push_back({Weight::Note, cell->reason.value_or("")});
    return fitness;
  }
  SayReplays(fitness);
  if (fitness.reasons.empty()) SayCell(fitness);
  if (cell != nullptr) {
    if (const auto* load = FindLoad(record_, cell->cell, record::Loop::Closed))
      fitness.median_us = load->latency_us.p50;
    if (const auto* memory = FindResources(record_, cell->cell, record::When::AfterLoad))
      fitness.memory_kib = memory->pss_kib;
  }
  SayImports(fitness);
  SayCopies(fitness);
  SayFirstRequest(fitness);
  SayWhere(fitness);
  std::ranges::stable_sort(fitness.reasons, std::ranges::greater(), &Reason::weight);
  const Weight gravest = fitness.reasons.empty() ? Weight::Note : fitness.reasons.front().weight;
  fitness.verdict = gravest == Weight::Breaks   ? Verdict::Broken
                    : gravest == Weight::Caveat ? Verdict::Caveat
                                                : Verdict::Works;
  return fitness;
}

}  // namespace

bool IsSub(std::string_view mode) {
  return IsIn(mode, "/sub/");
}
bool IsLazy(std::string_view mode) {
  return IsIn(mode, "/lazy");
}

std::optional<double> FirstRequestOf(const Record& record,
                                     const record::Subject& subject,
                                     std::string_view mode) {
  const record::Cell* cell = CellOf(record, subject, mode);
  const record::Startup* startup = cell == nullptr ? nullptr : FindStartup(record, cell->cell);
  return startup == nullptr ? std::nullopt : startup->first_request_ms;
}

const Import* FindImport(const Record& record,
                         const record::Subject& subject,
                         std::string_view distribution,
                         std::string_view interpreter) {
  for (const Import& line : record.imports) {
    if (line.app == subject.app && line.distribution == distribution &&
        line.interpreter == interpreter)
      return &line;
  }
  return nullptr;
}

bool HasFailed(const Import* line) {
  return line != nullptr && line->outcome != ImportOutcome::Works &&
         line->outcome != ImportOutcome::NotTried;
}

std::optional<ModeFitness> ModeFitnessOf(const Record& record,
                                         const record::Subject& subject,
                                         std::string_view mode) {
  return ModeJudge(record, subject).Of(mode);
}

}  // namespace reports::fitness
