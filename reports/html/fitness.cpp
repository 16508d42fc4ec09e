#include "reports/html/fitness.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <vector>

#include "reports/fitness/company.h"
#include "reports/fitness/fitness.h"
#include "reports/fitness/ready_configuration.h"
#include "reports/html/blocks.h"
#include "reports/notation/notation.h"

namespace reports::html {

using fitness::Fitness;
using fitness::ModeFitness;
using fitness::Reason;
using fitness::Verdict;
using fitness::Weight;
using record::Import;
using record::ImportOutcome;
using record::Record;
using record::Replay;
using record::ReplayOutcome;
using verdict::Standing;

namespace {

struct InterpreterColumn {
  const char* name;  // in the record
  const char* head;
};
constexpr std::array kInterpreters{
    InterpreterColumn{"main", "Main"},
    InterpreterColumn{"sub", "Sub"},
    InterpreterColumn{"main after sub", "Main after sub"},
    InterpreterColumn{"sub after main", "Sub after main"},
    InterpreterColumn{"sub after sub", "Sub after sub"},
    // Where a host has such.
    InterpreterColumn{"sub-own-gil", "Own GIL"},
    InterpreterColumn{"sub-own-gil after main", "Own GIL after main"},
    InterpreterColumn{"sub-own-gil after sub-own-gil", "Own GIL after own GIL"}};

Standing StandingOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::Recommended:
    case Verdict::Works:
      return Standing::Good;
    case Verdict::Caveat:
      return Standing::Caution;
    case Verdict::Broken:
      return Standing::Bad;
    case Verdict::NotOffered:
    case Verdict::NotTried:
      break;
  }
  return Standing::Note;
}

std::string Joined(const std::vector<std::string>& lines) {
  return fmt::format("{}", fmt::join(lines, "\n"));
}

Markup ReasonItem(const Reason& reason) {
  Markup inner = Text(reason.text);
  if (!reason.rule.empty()) inner += Text(" ") + Element("code", reason.rule);
  if (!reason.evidence.empty()) {
    inner +=
        Element("details",
                Element("summary", "the host’s log") +
                    Element("pre", {{"class", "evidence"}}, Text(Joined(reason.evidence), 20'000)));
  }
  return Element("li", inner);
}

Markup Reasons(const ModeFitness& mode) {
  Markup items;
  for (const Reason& reason : mode.reasons)
    items += ReasonItem(reason);
  return items.is_empty() ? Markup() : Element("ul", {{"class", "reasons"}}, items);
}

Markup ModeRow(const Fitness& fitness, const ModeFitness& mode) {
  const Standing standing = StandingOf(mode.verdict);
  Markup name = BreakableText(mode.mode);
  if (fitness.subject->mode == mode.mode) name += Text(" (as it is configured now)");
  const auto cell = [](const std::string& text) {
    return Element("td", {{"class", "number"}}, text);
  };
  return Element(
      "tr",
      Element("th", {{"scope", "row"}}, name) +
          Element("td",
                  {{"class", ClassOf(standing)}},
                  Mark(standing) + Text(" ") + Text(InWords(mode.verdict))) +
          cell(mode.first_request_ms ? notation::Milliseconds(*mode.first_request_ms) : "–") +
          cell(mode.median_us ? notation::Microseconds(*mode.median_us) : "–") +
          cell(mode.memory_kib ? notation::Kibibytes(*mode.memory_kib) : "–") +
          Element("td", Reasons(mode)));
}

Markup ModesTable(const Fitness& fitness) {
  Markup rows;
  for (const ModeFitness& mode : fitness.modes)
    rows += ModeRow(fitness, mode);
  return Scrolling(
      "Verdict for each mode of " + fitness.subject->app,
      Element("table",
              Element("thead",
                      HeaderRow({"Mode", "Verdict", "First request", "Median", "Memory", "Why"})) +
                  Element("tbody", rows)));
}

Markup Sentences(std::string_view title, const std::vector<std::string>& sentences) {
  if (sentences.empty()) return {};
  Markup items;
  for (const std::string& sentence : sentences)
    items += Element("li", Text(sentence));
  return Element("h4", title) + Element("ul", items);
}

Markup Configurations(const Fitness& of) {
  if (!of.recommended) return {};
  Markup all = Element("h4", "What to write");
  for (const fitness::ReadyConfiguration& ready :
       fitness::ReadyConfigurations(*of.subject, *of.recommended)) {
    all += Element("p", Text(fmt::format("{} ({})", ready.host, ready.title))) +
           Element("pre", {{"class", "configuration"}}, Text(ready.text, 20'000));
  }
  return all;
}

Markup ImportCell(const Import* line) {
  if (line == nullptr) return Element("td", "–");
  const bool works = line->outcome == ImportOutcome::Works;
  const Standing standing = works                                      ? Standing::Good
                            : line->outcome == ImportOutcome::NotTried ? Standing::Note
                                                                       : Standing::Bad;
  Markup inner = Mark(standing) + Text(" ") + Text(record::Name(line->outcome));
  if (line->error) {
    inner =
        Element("details",
                Element("summary", inner) +
                    Element("p", Text((line->module ? *line->module + ": " : "") + *line->error)));
  }
  return Element("td", {{"class", ClassOf(standing)}}, inner);
}

Markup ExtensionsOf(const Import& line) {
  if (line.extensions.empty()) return Element("td", "none");
  Markup items;
  for (const record::Extension& extension : line.extensions)
    items += Element("li", Element("code", extension.module) + Text(": " + extension.declares));
  return Element(
      "td",
      Element("details",
              Element("summary", notation::Plural(std::ssize(line.extensions), "extension")) +
                  Element("ul", items)));
}

struct Tried {
  std::string app;   // "": of no application
  std::string host;  // "": the engine
  std::string distribution;
  std::string version;
  std::map<std::string, const Import*> by_interpreter;
};

// What was tried on several hosts stands together, in the order in which the first of them tried it.
std::vector<Tried> TriedOf(const Record& record) {
  std::vector<std::pair<std::string, std::string>> order;  // application and distribution
  std::vector<Tried> all;
  for (const Import& line : record.imports) {
    const std::string app = line.app.value_or("");
    const std::string host = line.host.value_or("");
    const std::pair what(app, line.distribution);
    if (std::ranges::find(order, what) == order.end()) order.push_back(what);
    auto found = std::ranges::find_if(all, [&](const Tried& tried) {
      return tried.app == app && tried.host == host && tried.distribution == line.distribution;
    });
    if (found == all.end())
      found = all.insert(all.end(), Tried{app, host, line.distribution, line.version, {}});
    if (found->version.empty()) found->version = line.version;
    found->by_interpreter[line.interpreter] = &line;
  }
  std::ranges::stable_sort(all, {}, [&](const Tried& tried) {
    return std::ranges::find(order, std::pair(tried.app, tried.distribution)) - order.begin();
  });
  return all;
}

// Which columns a table of imports has beyond the kinds of interpreter that every host has.
struct ImportColumns {
  bool has_hosts = false;
  bool is_of_applications = false;
  std::vector<InterpreterColumn> interpreters;
};

ImportColumns ColumnsOf(const std::vector<Tried>& all) {
  ImportColumns columns;
  constexpr std::size_t kEverywhere = 5;
  for (const InterpreterColumn& column : kInterpreters) {
    const bool is_there = std::ranges::any_of(
        all, [&](const Tried& tried) { return tried.by_interpreter.contains(column.name); });
    if (columns.interpreters.size() < kEverywhere || is_there)
      columns.interpreters.push_back(column);
  }
  columns.has_hosts =
      std::ranges::any_of(all, [](const Tried& tried) { return !tried.host.empty(); });
  columns.is_of_applications =
      std::ranges::any_of(all, [](const Tried& tried) { return !tried.app.empty(); });
  return columns;
}

Markup HeadOf(const ImportColumns& columns) {
  std::vector<std::string> heads{"Distribution"};
  if (columns.has_hosts) heads.emplace_back("Host");
  if (columns.is_of_applications) heads.emplace_back("Used");
  for (const InterpreterColumn& column : columns.interpreters)
    heads.emplace_back(column.head);
  if (columns.is_of_applications) heads.emplace_back("C extensions");
  return HeaderRow(heads);
}

Markup TriedRow(const Tried& tried, const ImportColumns& columns) {
  const Import& any = *tried.by_interpreter.begin()->second;
  const std::string name = tried.version.empty()
                               ? tried.distribution
                               : fmt::format("{} {}", tried.distribution, tried.version);
  Markup cells = Element("th", {{"scope", "row"}}, Text(name));
  if (columns.has_hosts) cells += Element("td", tried.host.empty() ? "engine" : tried.host);
  if (columns.is_of_applications) cells += Element("td", any.is_used ? "yes" : "no");
  for (const InterpreterColumn& column : columns.interpreters) {
    const auto found = tried.by_interpreter.find(column.name);
    cells += ImportCell(found == tried.by_interpreter.end() ? nullptr : found->second);
  }
  if (columns.is_of_applications) {
    const auto main = tried.by_interpreter.find("main");
    cells += main == tried.by_interpreter.end() ? Element("td", "–") : ExtensionsOf(*main->second);
  }
  return Element("tr", cells);
}

Standing StandingOf(ReplayOutcome outcome) {
  if (outcome == ReplayOutcome::Same) return Standing::Good;
  return outcome == ReplayOutcome::NotAsked ? Standing::Note : Standing::Bad;
}

Markup ReplayRow(const Replay& line) {
  const Standing standing = StandingOf(line.outcome);
  Markup detail = Text(line.detail.value_or(""));
  if (line.varying)
    detail += Text(fmt::format("{} of it vary from one request to the next, and are not compared",
                               notation::Plural(*line.varying, "part")));
  if (!line.log_tail.empty()) {
    detail +=
        Element("details",
                Element("summary", "the host’s log") +
                    Element("pre", {{"class", "evidence"}}, Text(Joined(line.log_tail), 20'000)));
  }
  return Element(
      "tr",
      Element(
          "th", {{"scope", "row"}}, Text(line.app) + Text(": ") + BreakableText(line.arrangement)) +
          Element("td", Element("code", line.request)) +
          Element("td",
                  {{"class", ClassOf(standing)}},
                  Mark(standing) + Text(" ") + Text(record::Name(line.outcome))) +
          Element("td", line.status ? std::to_string(*line.status) : "–") + Element("td", detail));
}

}  // namespace

Markup FitnessSection(const Record& record) {
  Markup inner;
  for (const Fitness& of : fitness::FitnessOf(record)) {
    inner += Element("h3", Text(of.headline)) + ModesTable(of) + Sentences("Why", of.why) +
             Sentences("In any mode", of.findings) + Configurations(of) +
             Sentences("Look at it again after an upgrade of", of.look_at_again);
  }
  return inner.is_empty() ? Markup() : Section("modes", "In which mode", inner);
}

Markup CompanySection(const Record& record) {
  const fitness::Company company = fitness::CompanyOf(record);
  if (!company.was_tried_as_configured && !company.was_tried_as_advised) return {};
  const auto say = [](const char* title, const std::vector<fitness::Company::Trouble>& troubles) {
    Markup items;
    for (const auto& trouble : troubles)
      items += Element(
          "li", Text(fmt::format("{}: {}: {}", trouble.app, trouble.request, trouble.detail)));
    const Standing standing = troubles.empty() ? Standing::Good : Standing::Bad;
    const std::string words = troubles.empty() ? "each answers as it does alone"
                                               : notation::Plural(std::ssize(troubles), "answer") +
                                                     " that it does not give alone";
    return Element("p",
                   {{"class", ClassOf(standing)}},
                   Mark(standing) + Text(fmt::format(" {}: {}", title, words))) +
           (items.is_empty() ? Markup() : Element("ul", items));
  };
  Markup inner;
  if (company.was_tried_as_configured)
    inner += say("As it is configured now", company.as_configured);
  if (company.was_tried_as_advised)
    inner += say("Each in groups of its own, as advised", company.as_advised);
  if (const std::string site = fitness::SiteAsAdvised(record); !site.empty()) {
    inner += Element("h4", "What to write for all of them") +
             Element("p", "engine and Apache (site.conf)") +
             Element("pre", {{"class", "configuration"}}, Text(site, 20'000));
  }
  return Section("together", "Together", inner);
}

Markup ImportsSection(const Record& record) {
  const auto all = TriedOf(record);
  if (all.empty()) return {};
  const ImportColumns columns = ColumnsOf(all);
  Markup rows;
  for (const Tried& tried : all)
    rows += TriedRow(tried, columns);
  const std::string_view about =
      columns.is_of_applications
          ? "Every distribution of the environment, imported in fresh processes: in "
            "the main interpreter, in a sub-interpreter, and "
            "in one after the other has imported it. Used: the application had "
            "imported some of it."
          : "Modules that the run was told to try, imported in fresh processes: in the main "
            "interpreter, in a sub-interpreter, in one with a GIL of its own where the host has "
            "such, and in one after another has imported it.";
  return Section(
      "imports",
      "Imports",
      Element("p", about) + Scrolling("Imports by kind of interpreter",
                                      Element("table", HeadOf(columns) + Element("tbody", rows))));
}

Markup ReplaysSection(const Record& record) {
  if (record.replays.empty()) return {};
  Markup rows;
  for (const Replay& line : record.replays)
    rows += ReplayRow(line);
  return Section(
      "answers",
      "Answers",
      Element(
          "details",
          Element("summary",
                  Text(notation::Plural(std::ssize(record.replays), "answer") + " compared")) +
              Scrolling(
                  "Answers in each mode",
                  Element(
                      "table",
                      Element("thead",
                              HeaderRow({"Where", "Request", "Answer", "Status", "What differs"})) +
                          Element("tbody", rows)))));
}

}  // namespace reports::html
