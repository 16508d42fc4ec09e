#include "reports/fitness/fitness.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "reports/fitness/mode_fitness.h"
#include "reports/notation/notation.h"

namespace reports::fitness {

using notation::Microseconds;
using notation::Milliseconds;
using record::Import;
using record::Record;
using record::Replay;

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
// A visitor does not notice less.
constexpr double kLoadingNoticedMs = 20;
// What is less of the loading is not worth a name.
constexpr double kLoadingPart = 0.05;

class Judge {
 public:
  Judge(const Record& record, const record::Subject& subject)
      : record_(record), subject_(subject) {}

  [[nodiscard]] Fitness Say() const;

 private:
  void Recommend(Fitness& fitness) const;
  void SayTies(Fitness& fitness, const ModeFitness& chosen) const;
  void SayLoading(Fitness& fitness) const;
  void SayGain(Fitness& fitness) const;
  void SayWhatHoldsAnywhere(Fitness& fitness) const;
  void SayOwnGils(Fitness& fitness) const;
  void SayAgain(Fitness& fitness) const;
  void SayHeadline(Fitness& fitness) const;

  const Record& record_;
  const record::Subject& subject_;
};

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
  if (chosen.mode.starts_with("daemon")) {
    fitness.why.push_back(
        "In processes of its own it can be restarted alone (touch its script), runs as a user of "
        "its own, and takes nothing with it when "
        "it fails.");
  }
  if (!IsSub(chosen.mode)) {
    fitness.why.push_back(
        "The main interpreter is the one that every extension module is made for.");
  }
  if (!IsLazy(chosen.mode)) {
    const std::string lazy = chosen.mode.substr(0, chosen.mode.rfind('/')) + "/lazy";
    if (const auto waits = FirstRequestOf(record_, subject_, lazy);
        waits && chosen.first_request_ms) {
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

// Where the first visitor's wait comes from.
void Judge::SayLoading(Fitness& fitness) const {
  for (const record::Loading& loading : record_.loadings) {
    if (loading.app != subject_.app || loading.ms < kLoadingNoticedMs) continue;
    std::vector<std::string> parts;
    const double least = kLoadingPart * loading.ms;
    if (loading.own_ms >= least)
      parts.push_back(fmt::format("{} in the script's own lines", Milliseconds(loading.own_ms)));
    double others = loading.ms - loading.own_ms;
    for (const record::LoadedPackage& package : loading.packages) {
      if (package.ms < least) break;
      others -= package.ms;
      parts.push_back(fmt::format("{} in {} ({})",
                                  Milliseconds(package.ms),
                                  package.package,
                                  notation::Plural(package.modules, "module")));
    }
    if (others >= least) parts.push_back(fmt::format("{} in other modules", Milliseconds(others)));
    fitness.findings.push_back(fmt::format(
        "Loading it takes {}, of it {}.", Milliseconds(loading.ms), notation::List(parts)));
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
  for (const record::Database& database : subject_.databases) {
    fitness.findings.push_back(
        database.was_opened
            ? fmt::format("What it wrote to {} was written to copies.", database.file)
            : fmt::format("{} was not opened by what was asked, so that its copies were of no use: "
                          "name requests that open it, with --url or --request, or the file that "
                          "the application really opens.",
                          database.file));
  }
  std::set<std::string> failing;
  for (const Import& line : record_.imports) {
    if (line.app != subject_.app || line.is_used || line.interpreter != "sub" || !HasFailed(&line))
      continue;
    if (!HasFailed(FindImport(record_, subject_, line.distribution, "main")))
      failing.insert(fmt::format("{} {}", line.distribution, line.version));
  }
  if (!failing.empty()) {
    fitness.findings.push_back(fmt::format(
        "Installed, and not used by what was asked: {} cannot be imported in a sub-interpreter.",
        notation::List(failing)));
  }
}

// Where the host has such interpreters, and so tried.
void Judge::SayOwnGils(Fitness& fitness) const {
  bool was_tried = false;
  std::set<std::string> refusing;
  for (const Import& line : record_.imports) {
    if (line.app != subject_.app || line.interpreter != "sub-own-gil" || !line.is_used) continue;
    was_tried = true;
    if (HasFailed(&line) && !HasFailed(FindImport(record_, subject_, line.distribution, "main")))
      refusing.insert(fmt::format("{} {}", line.distribution, line.version));
  }
  if (!was_tried) return;
  fitness.findings.push_back(
      refusing.empty()
          ? "All that it imported can be imported in a sub-interpreter with a GIL of its own "
            "(WSGIPerInterpreterGIL): there, applications of one process compute beside each other."
          : fmt::format(
                "A sub-interpreter with a GIL of its own (WSGIPerInterpreterGIL) is not for it: "
                "{} cannot be imported there.",
                notation::List(refusing)));
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
  const int caveats = counts[Verdict::Caveat];
  const int well = counts[Verdict::Recommended] + counts[Verdict::Works] + caveats;
  std::string rest;
  if (caveats > 0) rest += fmt::format(", in {} of them with a caveat", caveats);
  for (const auto& [verdict, words] : {std::pair(Verdict::Broken, "broken"),
                                       std::pair(Verdict::NotOffered, "not offered"),
                                       std::pair(Verdict::NotTried, "not tried")}) {
    if (counts[verdict] > 0) rest += fmt::format("; {} in {}", words, counts[verdict]);
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
    if (auto found = ModeFitnessOf(record_, subject_, mode))
      fitness.modes.push_back(std::move(*found));
  }
  Recommend(fitness);
  SayLoading(fitness);
  SayGain(fitness);
  SayWhatHoldsAnywhere(fitness);
  SayOwnGils(fitness);
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

}  // namespace reports::fitness
