#include "hosts/explain/python_facts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "hosts/deployment/routing.h"

namespace hosts::explain {

namespace {

using deployment::Deployment;
using deployment::InterpreterChoices;
using deployment::InterpreterPlace;
using deployment::Setting;
using deployment::Written;

constexpr const char* OnOff(bool on) {
  return on ? "On" : "Off";
}

class Book {
 public:
  explicit Book(std::vector<Fact>& facts) : facts_(facts) {}

  template <typename T>
  void Add(std::string name,
           std::string value,
           std::string meaning,
           std::string directive,
           const Written<T>& written,
           std::string rule) {
    facts_.push_back({std::move(name),
                      std::move(value),
                      std::move(meaning),
                      std::move(directive),
                      written.origin,
                      std::move(rule)});
  }

  // On and Off in words of their own.
  struct Meanings {
    std::string on;
    std::string off;
  };
  void AddSwitch(std::string name,
                 const Setting<bool>& setting,
                 Meanings meanings,
                 std::string directive,
                 std::string rule) {
    if (!setting) return;
    std::string& meaning = setting->value ? meanings.on : meanings.off;
    Add(std::move(name),
        OnOff(setting->value),
        std::move(meaning),
        std::move(directive),
        *setting,
        std::move(rule));
  }

 private:
  std::vector<Fact>& facts_;
};

void AddStart(const deployment::PythonStart& python, Book& book) {
  if (python.optimize) {
    const std::string level = std::to_string(python.optimize->value);
    book.Add("python_optimize", level, level, "WSGIPythonOptimize", *python.optimize, "CFG-32");
  }
  if (!python.warnings.empty()) {
    std::vector<std::string> filters;
    for (const auto& warning : python.warnings)
      filters.push_back(warning.value);
    const std::string all = fmt::format("{}", fmt::join(filters, " "));
    book.Add(
        "python_warnings", all, all, "WSGIPythonWarnings", python.warnings.back(), "CFG-32 CFG-55");
  }
  if (python.hash_seed) {
    const auto& seed = python.hash_seed->value;
    const std::string text = seed ? std::to_string(*seed) : "random";
    book.Add("python_hash_seed", text, text, "WSGIPythonHashSeed", *python.hash_seed, "LOAD-34");
  }
  book.AddSwitch("dont_write_bytecode",
                 python.dont_write_bytecode,
                 {"no .pyc files are written", ".pyc files are written"},
                 "WSGIDontWriteBytecode",
                 "CFG-32");
  book.AddSwitch("destroy_interpreter",
                 python.destroy_interpreters,
                 {"ended with their process, atexit handlers run",
                  "not ended: no atexit handlers, threads are cut off"},
                 "WSGIDestroyInterpreter",
                 "SHUT-3");
}

void AddEggs(const Deployment& deployment, std::string_view process_group, Book& book) {
  const auto* group = deployment::FindProcessGroup(deployment, process_group);
  const auto& eggs = group != nullptr ? group->python_eggs : deployment.server.python_eggs;
  if (!eggs) return;
  book.Add("python_eggs",
           eggs->value.string(),
           eggs->value.string(),
           group != nullptr ? "python-eggs= of the WSGIDaemonProcess" : "WSGIPythonEggs",
           *eggs,
           group != nullptr ? "CFG-70" : "CFG-31");
}

void AddRestrictions(const InterpreterChoices& choices, Book& book) {
  book.AddSwitch("restrict_stdin",
                 choices.restrict_stdin,
                 {"using sys.stdin is an OSError", "sys.stdin may be read"},
                 "WSGIRestrictStdin",
                 "RESTRICT-5");
  book.AddSwitch("restrict_stdout",
                 choices.restrict_stdout,
                 {"using sys.stdout is an OSError", "sys.stdout goes to the log"},
                 "WSGIRestrictStdout",
                 "RESTRICT-4");
  book.AddSwitch("restrict_signal",
                 choices.restrict_signal,
                 {"signal.signal() registers nothing", "signal.signal() is the real one"},
                 "WSGIRestrictSignal",
                 "RESTRICT-6");
}

// Where somebody has said something about it.
void AddGil(const Deployment& deployment,
            const InterpreterPlace& place,
            const InterpreterChoices& choices,
            Book& book) {
  constexpr const char* kDirective = "WSGIPerInterpreterGIL";
  const auto* free_threading = deployment::FreeThreadingOf(deployment, place.process_group);
  if (choices.gil == deployment::GilKind::Own) {
    const char* kMeaning = "its own: it runs Python beside the other interpreters of its process";
    book.Add("gil", "own", kMeaning, kDirective, *choices.own_gil, "GIL-2 GIL-5");
  } else if (choices.gil == deployment::GilKind::None) {
    const char* kMeaning = "none: all threads of its process run Python side by side";
    book.Add("gil", "none", kMeaning, "WSGIFreeThreading", *free_threading, "GIL-6 GIL-9");
  } else if (free_threading != nullptr && free_threading->value) {
    const char* kMeaning = "that of its process: the wish for another is not granted";
    book.Add("gil", "process", kMeaning, "WSGIFreeThreading", *free_threading, "GIL-7");
  } else if (choices.own_gil && !choices.own_gil->value) {
    book.Add("gil", "process", "that of its process", kDirective, *choices.own_gil, "GIL-2");
  } else if (choices.own_gil && place.application_group.empty()) {
    const char* kMeaning = "that of its process: the main interpreter never has another";
    book.Add("gil", "process", kMeaning, kDirective, *choices.own_gil, "GIL-4");
  } else if (choices.own_gil) {
    const char* kMeaning = "that of its process: the wish for another is not granted";
    book.Add("gil", "process", kMeaning, kDirective, *choices.own_gil, "GIL-3");
  }
}

void AddOwnInterval(const deployment::ProcessGroup* group,
                    const InterpreterChoices& choices,
                    Book& book) {
  if (const auto& own = choices.own_switch_interval) {
    book.Add("switch_interval",
             fmt::format("{}", own->value),
             fmt::format("{} s, of this interpreter", own->value),
             "WSGISwitchInterval",
             *own,
             "GIL-20 GIL-22");
  } else if (group != nullptr && group->switch_interval) {
    book.Add("switch_interval",
             "",
             "Python's own: switch-interval= does not reach it",
             "switch-interval= of the WSGIDaemonProcess",
             *group->switch_interval,
             "GIL-20");
  }
}

void AddInterval(const Deployment& deployment,
                 const InterpreterPlace& place,
                 const InterpreterChoices& choices,
                 Book& book) {
  const auto* group = deployment::FindProcessGroup(deployment, place.process_group);
  if (choices.gil == deployment::GilKind::Own) return AddOwnInterval(group, choices, book);
  const auto* interval = deployment::SwitchIntervalOf(deployment, place.process_group);
  if (interval == nullptr) return;
  const bool by_group = group != nullptr && group->switch_interval;
  const bool is_skipped = choices.gil == deployment::GilKind::None;
  book.Add("switch_interval",
           is_skipped ? "" : fmt::format("{}", interval->value),
           is_skipped ? "none: without a GIL there is nothing to switch"
                      : fmt::format("{} s, of all interpreters of a process", interval->value),
           by_group ? "switch-interval= of the WSGIDaemonProcess" : "WSGISwitchInterval",
           *interval,
           by_group ? "GIL-20" : "GIL-20 GIL-22");
}

// LOAD-32: what containers add stands in front, the most specific foremost; it decides.
void AddPaths(const InterpreterChoices& choices, std::vector<Fact>& facts) {
  const auto fact = std::ranges::find(facts, "python_path", &Fact::name);
  if (fact == facts.end()) return;
  for (const auto& paths : choices.python_paths) {
    const std::string added = fmt::format("{}", fmt::join(paths.value, ":"));
    fact->value = fact->value.empty() ? added : added + ":" + fact->value;
    fact->meaning = fact->value;
    fact->written = "WSGIPythonPath";
    fact->origin = paths.origin;
    fact->rule = "LOAD-32";
  }
}

}  // namespace

void AddPythonFacts(const Deployment& deployment,
                    const InterpreterPlace& place,
                    std::vector<Fact>& facts) {
  const InterpreterChoices choices = deployment::ChoicesFor(deployment, place);
  AddPaths(choices, facts);
  Book book(facts);
  AddStart(deployment.server.python, book);
  AddEggs(deployment, place.process_group, book);
  AddRestrictions(choices, book);
  AddGil(deployment, place, choices, book);
  AddInterval(deployment, place, choices, book);
}

}  // namespace hosts::explain
