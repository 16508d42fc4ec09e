#include "harness/examine/examination.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "reports/fitness/company.h"
#include "reports/fitness/ready_configuration.h"

namespace harness::examine {

namespace record = reports::record;
namespace fitness = reports::fitness;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;
using hosts::deployment::InterpreterKind;
using hosts::deployment::Loading;
using hosts::deployment::Mode;
using hosts::deployment::ProcessKind;
using record::Replay;
using record::ReplayOutcome;

namespace {

constexpr int kRepetitions = 3;
// Where an application is most likely to work, first.
constexpr std::array<Mode, 3> kReferences{
    Mode{ProcessKind::Daemon, InterpreterKind::Main, Loading::Lazy},
    Mode{ProcessKind::Embedded, InterpreterKind::Main, Loading::Lazy},
    Mode{ProcessKind::Daemon, InterpreterKind::Sub, Loading::Lazy}};
constexpr int kServerFault = 500;

// Whether anything was answered as an application answers that works.
bool HasWorked(const Performance& seen) {
  return seen.why_not.empty() && std::ranges::any_of(seen.heard, [](const Heard& heard) {
           return heard.answer && heard.answer->status < kServerFault;
         });
}

std::string ProblemOf(const Heard& heard) {
  if (heard.answer) return fmt::format("status {}", heard.answer->status);
  return heard.was_cut_off ? "the connection ended: " + heard.problem : heard.problem;
}

bool IsTimed(const Mode& mode) {
  return mode.interpreter == InterpreterKind::Main && mode.loading == Loading::Preload;
}

}  // namespace

void Examination::Write(record::Line line) {
  written_.push_back(line);
  write_(std::move(line));
}

void Examination::Run(std::function<void(record::Line)> write,
                      std::function<void(std::string_view)> entering) {
  write_ = std::move(write);
  entering_ = std::move(entering);
  for (Subject& subject : order_.subjects) {
    if (MustStop()) return;
    RunOne(subject);
  }
  if (order_.subjects.size() < 2) return;
  if (!order_.subjects.front().line.databases.empty()) {
    return Write(record::NotMeasured{
        "the applications of the configuration together",
        "there they open their own databases, which --copy keeps requests away from",
        std::nullopt,
        std::nullopt});
  }
  TryCompany();
}

std::vector<Replay> Examination::AskedTwice(const std::function<std::vector<Replay>()>& ask,
                                            const std::function<void()>& learn_more) const {
  const auto is_same = [](const Replay& line) { return line.outcome == ReplayOutcome::Same; };
  std::vector<Replay> lines = ask();
  if (std::ranges::all_of(lines, is_same) || MustStop()) return lines;
  learn_more();
  const std::vector<Replay> again = ask();
  for (size_t line = 0; line < lines.size(); ++line) {
    if (is_same(again[line])) lines[line] = again[line];
  }
  return lines;
}

void Examination::LearnMore(const Subject& subject, Known& known) {
  const Performance seen = PerformInMode(
      order_.stage, CellOf(subject, known.mode), Visit{.tour = &subject.tour}, Timing::No);
  for (const Heard& heard : seen.heard) {
    if (heard.answer) known.answers[heard.step].push_back(*heard.answer);
  }
  for (size_t step = 0; step < known.answers.size(); ++step)
    known.patterns[step] = AnswerPattern(known.answers[step]);
}

matrix::Cell Examination::CellOf(const Subject& subject, const Mode& mode) const {
  return {order_.host, mode, subject.app};
}

void Examination::RunOne(Subject& subject) {
  Known& known = known_[subject.app.name];
  entering_(fmt::format("{}: asked three times, to learn what varies", subject.app.name));
  const bool works = Learn(subject, known);
  Write(subject.line);
  if (!works) return;
  for (const Mode& mode : order_.modes) {
    if (MustStop()) return;
    entering_(fmt::format("{}: asked in {}", subject.app.name, Name(mode)));
    TryMode(subject, known, mode);
  }
  if (!MustStop()) {
    entering_(fmt::format("{}: loaded once more, to see where the time goes", subject.app.name));
    ProfileLoading(subject, known);
  }
  if (order_.with_copies && !MustStop()) {
    entering_(fmt::format("{}: two copies in one process", subject.app.name));
    TryCopies(subject, known);
  }
  if (order_.with_imports && !MustStop()) {
    entering_(fmt::format("{}: imports in every kind of interpreter", subject.app.name));
    TryImports(subject, known);
  }
}

bool Examination::Learn(Subject& subject, Known& known) {
  Performance first_failure;
  for (const Mode& mode : kReferences) {
    if (MustStop()) return false;
    // What stands in the header that all requests have varies, so that it is learned to be of no account.
    constexpr std::array<const char*, kRepetitions> kCopies{"one", "two", "%{GLOBAL}"};
    const auto perform = [&](size_t repetition) {
      const Visit visit{.tour = &subject.tour, .copy = kCopies[repetition]};
      return PerformInMode(order_.stage, CellOf(subject, mode), visit, Timing::No);
    };
    std::vector<Performance> repeats;
    repeats.push_back(perform(0));
    if (!HasWorked(repeats.front())) {
      if (mode == kReferences.front()) first_failure = std::move(repeats.front());
      continue;
    }
    while (repeats.size() < kRepetitions && !MustStop())
      repeats.push_back(perform(repeats.size()));
    known.answers.resize(subject.tour.steps.size());
    for (const Performance& repeat : repeats) {
      for (const Heard& heard : repeat.heard) {
        if (heard.answer) known.answers[heard.step].push_back(*heard.answer);
      }
    }
    for (const auto& answers : known.answers)
      known.patterns.emplace_back(answers);
    known.mode = mode;
    known.reference = Name(mode);
    known.imported = repeats.front().imported;
    for (record::Database& database : subject.line.databases)
      database.was_opened = std::ranges::count(repeats.front().databases, database.file) > 0;
    subject.line.reference = known.reference;
    subject.line.repetitions = kRepetitions;
    return true;
  }
  SayBrokenEverywhere(subject, first_failure, Name(kReferences.front()));
  return false;
}

void Examination::SayBrokenEverywhere(const Subject& subject,
                                      const Performance& seen,
                                      const std::string& mode) {
  std::string why = seen.why_not;
  for (const Mode& other : order_.modes) {
    for (const tour::Step& step : subject.tour.steps) {
      Replay line;
      line.app = subject.app.name;
      line.arrangement = Name(other);
      line.request = fmt::format("{} {}", step.method, step.path);
      line.outcome = ReplayOutcome::NotAsked;
      line.detail = fmt::format("it answers neither in {} nor in two other modes", mode);
      if (Name(other) == mode) {
        line.outcome = ReplayOutcome::NoAnswer;
        line.detail = why.empty() ? "" : why;
        for (const Heard& heard : seen.heard) {
          if (heard.request == line.request) line.detail = ProblemOf(heard);
        }
        line.log_tail = seen.log_tail;
      }
      Write(line);
      known_[subject.app.name].broken[Name(other)] =
          "the application works in no mode that was tried";
    }
  }
}

std::vector<Replay> Examination::Compare(const Subject& subject,
                                         const Known& known,
                                         const Performance& seen,
                                         std::optional<std::size_t> visit) const {
  std::vector<Replay> lines;
  for (size_t step = 0; step < subject.tour.steps.size(); ++step) {
    Replay line;
    line.app = subject.app.name;
    line.request =
        fmt::format("{} {}", subject.tour.steps[step].method, subject.tour.steps[step].path);
    line.outcome = ReplayOutcome::NoAnswer;
    line.detail = seen.why_not.empty()
                      ? "it was not asked any more: a request before it got no answer"
                      : seen.why_not;
    for (const Heard& heard : seen.heard) {
      if (heard.step != step || (visit && heard.visit != *visit)) continue;
      line.detail.reset();
      if (!heard.answer) {
        line.detail = ProblemOf(heard);
        break;
      }
      line.status = heard.answer->status;
      line.detail = known.patterns[step].Difference(*heard.answer);
      line.outcome = line.detail ? ReplayOutcome::Differs : ReplayOutcome::Same;
    }
    if (line.outcome == ReplayOutcome::Same && !seen.misplaced.empty()) {
      line.outcome = ReplayOutcome::Differs;
      line.detail = seen.misplaced.front();
    }
    if (line.outcome != ReplayOutcome::Same) line.log_tail = seen.log_tail;
    lines.push_back(std::move(line));
  }
  return lines;
}

void Examination::TryMode(const Subject& subject, Known& known, const Mode& mode) {
  const matrix::Cell cell = CellOf(subject, mode);
  std::optional<record::Overhead> overhead;
  auto lines = AskedTwice(
      [&] {
        Performance seen = PerformInMode(order_.stage,
                                         cell,
                                         Visit{.tour = &subject.tour},
                                         IsTimed(mode) ? Timing::Yes : Timing::No);
        overhead = std::move(seen.overhead);
        return Compare(subject, known, seen, std::nullopt);
      },
      [&] { LearnMore(subject, known); });
  if (MustStop()) return;
  for (size_t step = 0; step < lines.size(); ++step) {
    Replay& line = lines[step];
    line.arrangement = Name(mode);
    if (line.arrangement == known.reference)
      line.varying = static_cast<std::int64_t>(known.patterns[step].varying());
    if (line.outcome != ReplayOutcome::Same) {
      known.broken.emplace(line.arrangement,
                           fmt::format("{}: {}", line.request, line.detail.value_or("")));
    }
    Write(line);
  }
  if (overhead) Write(*overhead);
}

void Examination::ProfileLoading(const Subject& subject, const Known& known) {
  Performance seen = PerformInMode(
      order_.stage, CellOf(subject, known.mode), Visit{.tour = &subject.tour}, Timing::Loading);
  if (MustStop()) return;
  if (seen.loading) return Write(std::move(*seen.loading));
  Write(record::NotMeasured{
      fmt::format("where the time goes in which {} is loaded", subject.app.name),
      seen.why_not.empty() ? "its host did not write an import profile" : seen.why_not,
      std::nullopt,
      std::nullopt});
}

// One interpreter, another, and the first again: what the second has left behind would show then.
void Examination::TryCopies(const Subject& subject, Known& known) {
  struct Pair {
    const char* name;
    std::array<const char*, 3> groups;
    std::array<const char*, 3> kinds;
  };
  constexpr std::array<Pair, 2> kPairs{
      Pair{"two copies: in two sub-interpreters", {"one", "two", "one"}, {"sub", "sub", "sub"}},
      Pair{"two copies: in the main interpreter and a sub-interpreter",
           {"%{GLOBAL}", "one", "%{GLOBAL}"},
           {"main", "sub", "main"}}};
  const bool sub_works = !known.broken.contains("daemon/sub/lazy");
  if (!sub_works) return;  // alone it does not work there either
  for (const Pair& pair : kPairs) {
    if (MustStop()) return;
    std::vector<Visit> visits;
    for (const char* group : pair.groups) {
      visits.push_back(Visit{.tour = &subject.tour, .copy = group});
    }
    const matrix::Cell cell = CellOf(subject, kReferences.front());
    const auto lines = AskedTwice(
        [&] {
          const Performance seen = PerformInGroups(order_.stage, cell, visits);
          std::vector<Replay> all;
          for (size_t visit = 0; visit < visits.size(); ++visit) {
            for (Replay& line : Compare(subject, known, seen, visit)) {
              line.arrangement = pair.name;
              line.mode = pair.kinds[visit];
              all.push_back(std::move(line));
            }
          }
          return all;
        },
        [&] { LearnMore(subject, known); });
    if (MustStop()) return;
    for (const Replay& line : lines)
      Write(line);
  }
}

void Examination::TryImports(const Subject& subject, const Known& known) {
  const auto not_tried = [&](const std::string& why) {
    Write(record::NotMeasured{
        fmt::format("the imports of {}", subject.app.name), why, std::nullopt, std::nullopt});
  };
  const std::filesystem::path venv = run::PythonHomeOf(subject.app, order_.stage.surroundings);
  const auto python = FindPython(venv, order_.host_python);
  if (!python) return not_tried(python.error().Text());
  auto inventory = TakeInventory(*python, order_.folder);
  if (!inventory) return not_tried(inventory.error().Text());
  if (!inventory->tools.empty()) {
    Write(record::NotMeasured{fmt::format("the imports of {}", fmt::join(inventory->tools, ", ")),
                              "tools of the environment, which applications do not import",
                              std::nullopt,
                              std::nullopt});
  }
  AuditImports({.stage = order_.stage,
                .app = subject.app,
                .folder = order_.folder,
                .python = *python,
                .inventory = std::move(*inventory),
                .imported = known.imported},
               [this](record::Line line) { Write(std::move(line)); });
}

// All applications on one host, in the order of the configuration, twice, and once backwards on another.
void Examination::TryTogether(std::string_view arrangement, const std::string& directives) {
  if (directives.empty()) return;
  // One process may have them all: of a name that two of them have, the first.
  tour::NamedTexts environment;
  for (const Subject& subject : order_.subjects)
    environment.insert(
        environment.end(), subject.app.environment.begin(), subject.app.environment.end());
  std::vector<size_t> order;
  for (size_t round = 0; round < 2; ++round) {
    for (size_t subject = 0; subject < order_.subjects.size(); ++subject)
      order.push_back(subject);
  }
  std::vector<size_t> backwards(order.rbegin(), order.rend());
  for (const auto& [sequence, words] :
       {std::pair(&order, "in this order"), std::pair(&backwards, "the last one first")}) {
    if (MustStop()) return;
    entering_(fmt::format("all applications {}, asked {}", arrangement, words));
    std::vector<Visit> visits;
    std::vector<const Subject*> whose;
    for (const size_t at : *sequence) {
      const Subject& subject = order_.subjects[at];
      if (known_[subject.app.name].reference.empty()) continue;  // it does not work alone
      visits.push_back(Visit{
          .tour = &subject.tour, .mount = subject.app.mount, .host = subject.app.server_name});
      whose.push_back(&subject);
    }
    const auto lines = AskedTwice(
        [&] {
          const Performance seen =
              PerformConfiguration(order_.stage, directives, environment, visits);
          std::vector<Replay> all;
          for (size_t visit = 0; visit < visits.size(); ++visit) {
            for (Replay& line :
                 Compare(*whose[visit], known_[whose[visit]->app.name], seen, visit)) {
              line.arrangement = arrangement;
              all.push_back(std::move(line));
            }
          }
          return all;
        },
        [&] {
          for (const Subject& subject : order_.subjects) {
            if (Known& known = known_[subject.app.name]; !known.reference.empty())
              LearnMore(subject, known);
          }
        });
    if (MustStop()) return;
    for (const Replay& line : lines)
      Write(line);
  }
}

void Examination::TryCompany() {
  std::vector<fitness::Placed> configured;
  record::Record so_far;
  for (const record::Line& line : written_)
    record::Add(so_far, line);
  for (const Subject& subject : order_.subjects) {
    configured.push_back({.subject = &subject.line,
                          .mode = subject.line.mode.value_or("embedded/sub/lazy"),
                          .process_group = subject.line.process_group.value_or(""),
                          .application_group = subject.line.application_group.value_or("")});
  }
  TryTogether(fitness::kAsConfigured, fitness::WriteSite(configured));
  TryTogether(fitness::kAsAdvised, fitness::SiteAsAdvised(so_far));
}

Result<tour::Tour> Examination::TourOf(const matrix::App& app) const {
  const auto subject =
      std::ranges::find(order_.subjects, app.name, [](const Subject& one) { return one.app.name; });
  const auto known = known_.find(app.name);
  if (subject == order_.subjects.end() || known == known_.end() || known->second.patterns.empty()) {
    return Error{ErrorKind::NotFound,
                 fmt::format("nothing is known of the answers of {}", app.name)};
  }
  tour::Tour tour = subject->tour;
  for (size_t step = 0; step < tour.steps.size(); ++step) {
    tour.steps[step].expect = {};
    tour.steps[step].expect.status = known->second.patterns[step].status();
    const bool is_get =
        tour.steps[step].method == "GET" && tour.steps[step].content == tour::Step::Content::None;
    tour.steps[step].is_load = is_get && tour.steps[step].expect.status < kServerFault;
  }
  return tour;
}

std::optional<std::string> Examination::WhySkipped(const matrix::Cell& cell) const {
  const auto known = known_.find(cell.app.name);
  if (known == known_.end()) return std::nullopt;
  const auto broken = known->second.broken.find(Name(cell.mode));
  if (broken == known->second.broken.end()) return std::nullopt;
  return "the application does not work there: " + broken->second;
}

}  // namespace harness::examine
