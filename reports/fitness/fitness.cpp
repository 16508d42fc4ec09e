#include "reports/fitness/fitness.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "reports/notation/notation.h"

namespace reports::fitness {

using notation::Microseconds;
using notation::Milliseconds;
using record::Import;
using record::ImportOutcome;
using record::Record;
using record::Replay;
using record::ReplayOutcome;

namespace {

// Behind each other as one is preferred where nothing that was seen tells them apart: first what takes least with it when it breaks
// (a process of its own), then the interpreter that every extension is made for, then who need not wait.
constexpr std::array<std::string_view, 8> kByPreference{"daemon/main/preload",
                                                        "daemon/main/lazy",
                                                        "daemon/sub/preload",
                                                        "daemon/sub/lazy",
                                                        "embedded/main/preload",
                                                        "embedded/main/lazy",
                                                        "embedded/sub/preload",
                                                        "embedded/sub/lazy"};
constexpr std::array<std::string_view, 8> kInOrder{"embedded/main/lazy",
                                                   "embedded/main/preload",
                                                   "embedded/sub/lazy",
                                                   "embedded/sub/preload",
                                                   "daemon/main/lazy",
                                                   "daemon/main/preload",
                                                   "daemon/sub/lazy",
                                                   "daemon/sub/preload"};
// What one run on one machine tells apart.
constexpr double kWander = 1.25;
// A visitor notices; and it is the loading that makes him wait.
constexpr double kNoticedMs = 100;
constexpr double kByLoading = 2;

bool IsIn(std::string_view mode, std::string_view part) {
  return mode.find(part) != std::string_view::npos;
}
bool IsSub(std::string_view mode) {
  return IsIn(mode, "/sub/");
}
bool IsLazy(std::string_view mode) {
  return IsIn(mode, "/lazy");
}

// What happens only when something else runs in the same process: a daemon process can be its own.
Weight InCompany(std::string_view mode) {
  return IsIn(mode, "embedded") ? Weight::Caveat : Weight::Note;
}

std::string TwinOf(std::string_view lazy_mode) {
  return std::string(lazy_mode.substr(0, lazy_mode.rfind('/'))) + "/preload";
}

class Judge {
 public:
  Judge(const Record& record, const record::Subject& subject)
      : record_(record), subject_(subject) {}

  [[nodiscard]] Fitness Say() const;

 private:
  [[nodiscard]] std::optional<ModeFitness> Of(std::string_view mode) const;
  [[nodiscard]] const record::Cell* CellOf(std::string_view mode) const;
  void SayReplays(ModeFitness& fitness) const;
  void SayCell(ModeFitness& fitness) const;
  void SayImports(ModeFitness& fitness) const;
  void SayCopies(ModeFitness& fitness) const;
  void SayFirstRequest(ModeFitness& fitness) const;
  void SayWhere(ModeFitness& fitness) const;
  [[nodiscard]] const Import* FindImport(const std::string& distribution,
                                         std::string_view interpreter) const;
  [[nodiscard]] std::optional<double> FirstRequestOf(std::string_view mode) const;
  void Recommend(Fitness& fitness) const;
  void SayTies(Fitness& fitness, const ModeFitness& chosen) const;
  void SayGain(Fitness& fitness) const;
  void SayWhatHoldsAnywhere(Fitness& fitness) const;
  void SayAgain(Fitness& fitness) const;
  void SayHeadline(Fitness& fitness) const;

  const Record& record_;
  const record::Subject& subject_;
};

const record::Cell* Judge::CellOf(std::string_view mode) const {
  for (const record::Cell& cell : record_.cells) {
    if (cell.app == subject_.app &&
        fmt::format("{}/{}/{}", cell.process, cell.interpreter, cell.loading) == mode)
      return &cell;
  }
  return nullptr;
}

std::optional<double> Judge::FirstRequestOf(std::string_view mode) const {
  const record::Cell* cell = CellOf(mode);
  const record::Startup* startup = cell == nullptr ? nullptr : FindStartup(record_, cell->cell);
  return startup == nullptr ? std::nullopt : startup->first_request_ms;
}

void Judge::SayReplays(ModeFitness& fitness) const {
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

void Judge::SayCell(ModeFitness& fitness) const {
  const record::Cell* cell = CellOf(fitness.mode);
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

const Import* Judge::FindImport(const std::string& distribution,
                                std::string_view interpreter) const {
  for (const Import& line : record_.imports) {
    if (line.app == subject_.app && line.distribution == distribution &&
        line.interpreter == interpreter)
      return &line;
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

bool Failed(const Import* line) {
  return line != nullptr && line->outcome != ImportOutcome::Works &&
         line->outcome != ImportOutcome::NotTried;
}

// What the application has imported, in an interpreter of this kind: alone, and after another of the process.
void Judge::SayImports(ModeFitness& fitness) const {
  const bool is_sub = IsSub(fitness.mode);
  for (const Import& line : record_.imports) {
    if (line.app != subject_.app || line.interpreter != "main" || !line.is_used) continue;
    const Import* alone = is_sub ? FindImport(line.distribution, "sub") : &line;
    if (is_sub && Failed(alone) && !Failed(&line)) {
      fitness.reasons.push_back(
          {Weight::Caveat, "in a sub-interpreter " + HowItFails(*alone), "INTERP-10"});
      continue;
    }
    for (const char* after : {"main after sub", "sub after main", "sub after sub"}) {
      if (std::string_view(after).starts_with("sub") != is_sub) continue;
      const Import* second = FindImport(line.distribution, after);
      if (!Failed(second) || Failed(alone)) continue;
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
    if (!is_sub || Failed(alone)) continue;
    std::vector<std::string> single;
    for (const record::Extension& extension : line.extensions) {
      if (IsIn(extension.declares, "single-phase")) single.push_back(extension.module);
    }
    if (!single.empty()) {
      const size_t more = single.size() > 3 ? single.size() - 3 : 0;
      if (more > 0) single.resize(3);
      fitness.reasons.push_back(
          {Weight::Caveat,
           fmt::format("{} {} has C extensions that are not made for sub-interpreters: {}{} says "
                       "that it is initialised once for the "
                       "whole process; it was imported, and what was asked worked",
                       line.distribution,
                       line.version,
                       notation::List(single),
                       more > 0 ? fmt::format(" and {} more", more) : ""),
           "INTERP-10"});
    }
  }
}

void Judge::SayCopies(ModeFitness& fitness) const {
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

void Judge::SayFirstRequest(ModeFitness& fitness) const {
  fitness.first_request_ms = FirstRequestOf(fitness.mode);
  if (!fitness.first_request_ms || !IsLazy(fitness.mode)) return;
  const auto preloaded = FirstRequestOf(TwinOf(fitness.mode));
  const bool is_noticed = *fitness.first_request_ms >= kNoticedMs && preloaded &&
                          *fitness.first_request_ms >= kByLoading * *preloaded;
  fitness.reasons.push_back(
      {is_noticed ? Weight::Caveat : Weight::Note,
       preloaded
           ? "the first visitor of each process waits while it is loaded; preloaded nobody does"
           : "the first visitor of each process waits while it is loaded",
       "PRELOAD-1"});
}

void Judge::SayWhere(ModeFitness& fitness) const {
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

std::optional<ModeFitness> Judge::Of(std::string_view mode) const {
  ModeFitness fitness;
  fitness.mode = mode;
  const record::Cell* cell = CellOf(mode);
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

void Judge::Recommend(Fitness& fitness) const {
  for (const Verdict wanted : {Verdict::Works, Verdict::Caveat}) {
    for (const std::string_view mode : kByPreference) {
      const auto found = std::ranges::find(fitness.modes, mode, &ModeFitness::mode);
      if (found == fitness.modes.end() || found->verdict != wanted) continue;
      fitness.recommended = found->mode;
      if (wanted == Verdict::Works) found->verdict = Verdict::Recommended;
      if (wanted == Verdict::Caveat) {
        fitness.why.push_back(fmt::format("No mode is without a caveat; of {}, this one is: {}.",
                                          found->mode,
                                          found->reasons.front().text));
      }
      SayTies(fitness, *found);
      return;
    }
  }
}

// Why this one and not the others: what was seen, or that nothing was.
void Judge::SayTies(Fitness& fitness, const ModeFitness& chosen) const {
  if (IsIn(chosen.mode, "daemon")) {
    fitness.why.push_back(
        "In processes of its own it can be restarted alone (touch its script), runs as a user of "
        "its own, and takes nothing with it when "
        "it fails.");
  }
  if (IsIn(chosen.mode, "/main/")) {
    fitness.why.push_back(
        "The main interpreter is the one that every extension module is made for.");
  }
  if (IsIn(chosen.mode, "/preload")) {
    const std::string lazy = chosen.mode.substr(0, chosen.mode.rfind('/')) + "/lazy";
    if (const auto waits = FirstRequestOf(lazy); waits && chosen.first_request_ms) {
      fitness.why.push_back(fmt::format(
          "Preloaded, nobody waits for it to load: the first request took {} instead of {}.",
          Milliseconds(*chosen.first_request_ms),
          Milliseconds(*waits)));
    }
  }
  std::vector<std::string> ties;
  std::vector<std::string> faster;
  for (const ModeFitness& other : fitness.modes) {
    const bool is_usable = other.verdict == Verdict::Works || other.verdict == Verdict::Caveat;
    // When it was loaded is past by then.
    const bool is_alike = IsLazy(other.mode) == IsLazy(chosen.mode);
    if (!is_usable || !is_alike || other.mode == chosen.mode || !other.median_us ||
        !chosen.median_us)
      continue;
    const double ratio = *chosen.median_us / *other.median_us;
    if (ratio > kWander) {
      faster.push_back(fmt::format("{} ({} instead of {})",
                                   other.mode,
                                   Microseconds(*other.median_us),
                                   Microseconds(*chosen.median_us)));
    } else if (ratio > 1 / kWander) {
      ties.push_back(other.mode);
    }
  }
  if (!faster.empty()) {
    fitness.why.push_back(fmt::format(
        "Under load the median answer was quicker in {}: wsgilab compare says how sure that is.",
        notation::List(faster)));
  }
  if (!ties.empty()) {
    fitness.why.push_back(
        fmt::format("In speed under load this run cannot tell it from {}.", notation::List(ties)));
  }
}

void Judge::SayGain(Fitness& fitness) const {
  for (const record::Overhead& overhead : record_.overheads) {
    if (overhead.app != subject_.app || overhead.service_us <= 0) continue;
    if (fitness.recommended && overhead.mode != *fitness.recommended) continue;
    const double share = std::clamp(1 - overhead.application_us / overhead.service_us, 0.0, 1.0);
    fitness.findings.push_back(
        fmt::format("Of {} that a client waits for {} one after the other, the application itself "
                    "takes {}: no host, however "
                    "fast, could spare more than {:.0f} %.",
                    Microseconds(overhead.service_us),
                    overhead.request,
                    Microseconds(overhead.application_us),
                    100 * share));
    return;
  }
}

void Judge::SayWhatHoldsAnywhere(Fitness& fitness) const {
  std::set<std::string> said;
  const std::string reference = subject_.reference.value_or("");
  for (const Replay& replay : record_.replays) {
    if (replay.app != subject_.app || replay.arrangement != reference || !replay.status) continue;
    if (*replay.status < 400 || !said.insert(replay.request).second) continue;
    std::string advice;
    if (*replay.status == 400)
      advice = " (does it know the name it is asked by? --server-name says another)";
    if (*replay.status == 404) advice = " (name pages that there are, with --url)";
    fitness.findings.push_back(
        fmt::format("{} is answered {} in {}{}: what was compared is that answer.",
                    replay.request,
                    *replay.status,
                    reference,
                    advice));
  }
  std::set<std::string> failing;
  for (const Import& line : record_.imports) {
    if (line.app != subject_.app || line.is_used || line.interpreter != "sub" || !Failed(&line))
      continue;
    if (!Failed(FindImport(line.distribution, "main")))
      failing.insert(fmt::format("{} {}", line.distribution, line.version));
  }
  if (!failing.empty()) {
    fitness.findings.push_back(fmt::format(
        "Installed, and not used by what was asked: {} cannot be imported in a sub-interpreter.",
        notation::List(failing)));
  }
}

void Judge::SayAgain(Fitness& fitness) const {
  std::set<std::string> extensions;
  for (const Import& line : record_.imports) {
    if (line.app == subject_.app && line.interpreter == "main" && line.is_used &&
        !line.extensions.empty()) {
      extensions.insert(fmt::format("{} {}", line.distribution, line.version));
    }
  }
  std::vector<std::string> hosts;
  for (const record::HostVersion& host : record_.header.hosts) {
    if (host.python) hosts.push_back(*host.python);
  }
  if (!hosts.empty()) {
    fitness.look_at_again.push_back(fmt::format(
        "Python {}: which extensions load in which interpreter changes with its versions.",
        hosts.front()));
  }
  if (!extensions.empty()) {
    fitness.look_at_again.push_back(fmt::format(
        "{}: they have C extensions, which alone decide whether a sub-interpreter will do.",
        notation::List(extensions)));
  }
  fitness.look_at_again.push_back(fmt::format("Run this again: {}", record_.header.command));
}

void Judge::SayHeadline(Fitness& fitness) const {
  std::map<Verdict, int> counts;
  for (const ModeFitness& mode : fitness.modes)
    ++counts[mode.verdict];
  const int well = counts[Verdict::Recommended] + counts[Verdict::Works];
  std::string rest;
  for (const auto& [verdict, words] : {std::pair(Verdict::Caveat, "with a caveat"),
                                       std::pair(Verdict::Broken, "broken"),
                                       std::pair(Verdict::NotOffered, "not offered"),
                                       std::pair(Verdict::NotTried, "not tried")}) {
    if (counts[verdict] > 0) rest += fmt::format(", {} {}", counts[verdict], words);
  }
  fitness.headline = fmt::format(
      "{}: {}; works in {} of {} modes{}",
      subject_.app,
      fitness.recommended ? "host it as " + *fitness.recommended : "no mode can be recommended",
      well,
      fitness.modes.size(),
      rest);
}

Fitness Judge::Say() const {
  Fitness fitness;
  fitness.subject = &subject_;
  for (const std::string_view mode : kInOrder) {
    if (auto found = Of(mode)) fitness.modes.push_back(std::move(*found));
  }
  Recommend(fitness);
  SayGain(fitness);
  SayWhatHoldsAnywhere(fitness);
  SayAgain(fitness);
  SayHeadline(fitness);
  return fitness;
}

}  // namespace

std::string_view InWords(Verdict verdict) {
  switch (verdict) {
    case Verdict::Recommended:
      return "recommended";
    case Verdict::Works:
      return "works";
    case Verdict::Caveat:
      return "works with a caveat";
    case Verdict::Broken:
      return "broken";
    case Verdict::NotOffered:
      return "not offered";
    case Verdict::NotTried:
      break;
  }
  return "not tried";
}

std::vector<Fitness> FitnessOf(const Record& record) {
  std::vector<Fitness> all;
  for (const record::Subject& subject : record.subjects)
    all.push_back(Judge(record, subject).Say());
  return all;
}

Company CompanyOf(const Record& record) {
  Company company;
  for (const Replay& replay : record.replays) {
    const bool is_configured = replay.arrangement == kAsConfigured;
    if (!is_configured && replay.arrangement != kAsAdvised) continue;
    (is_configured ? company.was_tried_as_configured : company.was_tried_as_advised) = true;
    if (replay.outcome == ReplayOutcome::Same) continue;
    auto& troubles = is_configured ? company.as_configured : company.as_advised;
    const Company::Trouble trouble{replay.app, replay.request, replay.detail.value_or("")};
    if (std::ranges::count(troubles, trouble) == 0)
      troubles.push_back(trouble);  // asked in several orders
  }
  return company;
}

}  // namespace reports::fitness
