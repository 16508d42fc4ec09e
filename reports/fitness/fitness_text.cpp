#include "reports/fitness/fitness_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>
#include <string_view>

#include "reports/fitness/company.h"
#include "reports/fitness/fitness.h"
#include "reports/fitness/ready_configuration.h"
#include "reports/notation/notation.h"

namespace reports::fitness {

using Json = nlohmann::ordered_json;

namespace {

constexpr size_t kLinesOfLog = 8;

// Words that fit between an indentation and the edge; what has no blank is not broken. Nothing in it can move the cursor.
std::string Wrapped(const std::string& text,
                    const std::string& first,
                    const std::string& others,
                    int columns) {
  std::string clean;
  for (const char c : text)
    clean += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  std::string wrapped = first;
  size_t width = first.size();
  bool is_first = true;
  for (size_t begin = 0; begin < clean.size();) {
    const size_t end = std::min(clean.find(' ', begin), clean.size());
    const std::string word = clean.substr(begin, end - begin);
    begin = end + 1;
    if (word.empty()) continue;
    if (!is_first && width + 1 + word.size() > static_cast<size_t>(columns)) {
      wrapped += "\n" + others;
      width = others.size();
    } else if (!is_first) {
      wrapped += ' ';
      ++width;
    }
    wrapped += word;
    width += word.size();
    is_first = false;
  }
  return wrapped + "\n";
}

// A line of a log without what stands in front of what it says: the time, the process, and where.
std::string SaidIn(const std::string& line) {
  const size_t end = line.rfind("] ");
  return end == std::string::npos ? line : line.substr(end + 2);
}

struct Footnote {
  const Reason* reason = nullptr;
  std::vector<std::string> modes;
};

// The reasons that count, each once, with the modes that it is about.
std::vector<Footnote> FootnotesOf(const Fitness& fitness) {
  std::vector<Footnote> notes;
  for (const ModeFitness& mode : fitness.modes) {
    for (const Reason& reason : mode.reasons) {
      if (reason.weight == Weight::Note) continue;
      auto note = std::ranges::find_if(
          notes, [&](const Footnote& one) { return one.reason->text == reason.text; });
      if (note == notes.end()) note = notes.insert(notes.end(), Footnote{&reason, {}});
      note->modes.push_back(mode.mode);
    }
  }
  return notes;
}

void AddFootnote(size_t number, const Reason& reason, int columns, std::string& text) {
  const std::string mark = fmt::format("  {:>3}. ", number);
  text += Wrapped(reason.text + (reason.rule.empty() ? "" : fmt::format(" [{}]", reason.rule)),
                  mark,
                  "       ",
                  columns);
  if (reason.weight != Weight::Breaks) return;
  const size_t left_out =
      reason.evidence.size() > kLinesOfLog ? reason.evidence.size() - kLinesOfLog : 0;
  for (size_t line = left_out; line < reason.evidence.size(); ++line)
    text +=
        Wrapped(SaidIn(reason.evidence[line]), "       | ", "       | ", std::max(columns, 400));
}

void AddModes(const Fitness& fitness, int columns, std::string& text) {
  const auto notes = FootnotesOf(fitness);
  const bool is_measured = std::ranges::any_of(
      fitness.modes, [](const ModeFitness& mode) { return mode.first_request_ms.has_value(); });
  if (is_measured)
    text += fmt::format(
        "    {:<22}{:<20}{:>14}{:>10}{:>10}\n", "", "", "first request", "full load", "memory");
  for (const ModeFitness& mode : fitness.modes) {
    std::vector<size_t> numbers;
    for (size_t note = 0; note < notes.size(); ++note) {
      if (std::ranges::count(notes[note].modes, mode.mode) > 0) numbers.push_back(note + 1);
    }
    std::string line = fmt::format("  {} {:<22}{:<20}",
                                   fitness.subject->mode == mode.mode ? ">" : " ",
                                   mode.mode,
                                   InWords(mode.verdict));
    if (is_measured) {
      line +=
          fmt::format("{:>14}{:>10}{:>10}",
                      mode.first_request_ms ? notation::Milliseconds(*mode.first_request_ms) : "",
                      mode.median_us ? notation::Microseconds(*mode.median_us) : "",
                      mode.memory_kib ? notation::Kibibytes(*mode.memory_kib) : "");
    }
    if (!numbers.empty()) line += fmt::format("  ({})", fmt::join(numbers, ", "));
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  const bool has_its_own = std::ranges::any_of(
      fitness.modes, [&](const ModeFitness& mode) { return fitness.subject->mode == mode.mode; });
  if (has_its_own) text += "  > is what the configuration has now\n";
  if (is_measured)
    text += "  at full load: the median answer while several clients ask without a pause\n";
  if (!notes.empty()) text += "\n";
  for (size_t note = 0; note < notes.size(); ++note)
    AddFootnote(note + 1, *notes[note].reason, columns, text);
}

void AddSentences(const char* title,
                  const std::vector<std::string>& sentences,
                  int columns,
                  std::string& text) {
  if (sentences.empty()) return;
  text += fmt::format("\n  {}\n", title);
  for (const std::string& sentence : sentences)
    text += Wrapped(sentence, "    ", "    ", columns);
}

void AddImports(const record::Record& record,
                const Fitness& fitness,
                int columns,
                std::string& text) {
  int tried = 0;
  std::vector<std::pair<std::string, std::vector<std::string>>>
      failures;  // what, and in which interpreters
  std::set<std::string_view> kinds;
  for (const record::Import& line : record.imports) {
    if (line.app != fitness.subject->app) continue;
    kinds.insert(line.interpreter);
    if (line.interpreter == "main") ++tried;
    if (line.outcome == record::ImportOutcome::Works ||
        line.outcome == record::ImportOutcome::NotTried)
      continue;
    const std::string what = fmt::format("{} {} {}{}{}",
                                         line.distribution,
                                         line.version,
                                         record::Name(line.outcome),
                                         line.module ? fmt::format(" at {}", *line.module) : "",
                                         line.error ? ": " + *line.error : "");
    if (failures.empty() || failures.back().first != what) failures.push_back({what, {}});
    failures.back().second.push_back(line.interpreter);
  }
  if (tried == 0) return;
  text += fmt::format("\n  Imports: {} tried in every kind of interpreter, {}\n",
                      notation::Plural(tried, "distribution"),
                      failures.empty() ? "all of them work" : "these do not work:");
  for (const auto& [what, where] : failures) {
    text += Wrapped(
        fmt::format(
            "{}: {}", where.size() == kinds.size() ? "everywhere" : notation::List(where), what),
        "    - ",
        "      ",
        columns);
  }
}

void AddConfiguration(const ReadyConfiguration& ready, std::string& text) {
  text += fmt::format("\n  For {} ({}):\n\n", ready.host, ready.title);
  for (size_t begin = 0; begin < ready.text.size();) {
    const size_t end = std::min(ready.text.find('\n', begin), ready.text.size());
    text += "    " + ready.text.substr(begin, end - begin) + "\n";
    begin = end + 1;
  }
}

void AddConfigurations(const Fitness& fitness, bool is_one_of_a_site, std::string& text) {
  if (!fitness.recommended) return;
  for (const ReadyConfiguration& ready :
       ReadyConfigurations(*fitness.subject, *fitness.recommended)) {
    if (!is_one_of_a_site || !ready.is_directives) AddConfiguration(ready, text);
  }
}

void AddCompany(const record::Record& record, int columns, std::string& text) {
  const Company company = CompanyOf(record);
  const auto say = [&](const char* how, const std::vector<Company::Trouble>& troubles) {
    if (troubles.empty()) {
      text += fmt::format("  {}: each answers as it does alone\n", how);
      return;
    }
    text += fmt::format(
        "  {}: {}\n",
        how,
        notation::Plural(std::ssize(troubles), "answer") + " that it does not give alone");
    for (const Company::Trouble& trouble : troubles)
      text += Wrapped(fmt::format("{}: {}: {}", trouble.app, trouble.request, trouble.detail),
                      "    - ",
                      "      ",
                      columns);
  };
  if (!company.was_tried_as_configured && !company.was_tried_as_advised) return;
  text += "\nTogether\n";
  if (company.was_tried_as_configured) say("as it is configured now", company.as_configured);
  if (company.was_tried_as_advised)
    say("each in groups of its own, as advised", company.as_advised);
}

Json ToJson(const ModeFitness& mode) {
  Json json{{"mode", mode.mode}, {"verdict", InWords(mode.verdict)}};
  Json reasons = Json::array();
  for (const Reason& reason : mode.reasons) {
    const char* weight = reason.weight == Weight::Breaks   ? "breaks"
                         : reason.weight == Weight::Caveat ? "caveat"
                                                           : "note";
    Json entry{{"weight", weight}, {"text", reason.text}};
    if (!reason.rule.empty()) entry["rule"] = reason.rule;
    if (!reason.evidence.empty()) entry["log"] = reason.evidence;
    reasons.push_back(std::move(entry));
  }
  json["reasons"] = std::move(reasons);
  if (mode.first_request_ms) json["first_request_ms"] = *mode.first_request_ms;
  if (mode.median_us) json["median_us"] = *mode.median_us;
  if (mode.memory_kib) json["memory_kib"] = *mode.memory_kib;
  return json;
}

Json ToJson(const Fitness& fitness) {
  Json json{{"app", fitness.subject->app},
            {"script", fitness.subject->script},
            {"headline", fitness.headline}};
  if (fitness.subject->mode) json["configured"] = *fitness.subject->mode;
  if (fitness.recommended) json["recommended"] = *fitness.recommended;
  json["modes"] = Json::array();
  for (const ModeFitness& mode : fitness.modes)
    json["modes"].push_back(ToJson(mode));
  json["why"] = fitness.why;
  json["findings"] = fitness.findings;
  json["look_at_again"] = fitness.look_at_again;
  json["configurations"] = Json::array();
  if (fitness.recommended) {
    for (const ReadyConfiguration& ready :
         ReadyConfigurations(*fitness.subject, *fitness.recommended))
      json["configurations"].push_back(
          {{"host", ready.host}, {"title", ready.title}, {"text", ready.text}});
  }
  return json;
}

Json ToJson(const std::vector<Company::Trouble>& troubles) {
  Json json = Json::array();
  for (const Company::Trouble& trouble : troubles)
    json.push_back(
        {{"app", trouble.app}, {"request", trouble.request}, {"detail", trouble.detail}});
  return json;
}

}  // namespace

std::string RenderFitness(const record::Record& record, int columns) {
  std::string text;
  for (const Fitness& fitness : FitnessOf(record)) {
    text += Wrapped(fitness.headline, "", "  ", columns) + "\n";
    AddModes(fitness, columns, text);
    AddSentences("Why", fitness.why, columns, text);
    AddSentences("In any mode", fitness.findings, columns, text);
    AddImports(record, fitness, columns, text);
    AddConfigurations(fitness, record.subjects.size() > 1, text);
    if (fitness.recommended && fitness.modes.size() > 1)
      text += "\n  For another mode: the same command with --mode and its name.\n";
    AddSentences("Look at it again after an upgrade of", fitness.look_at_again, columns, text);
    text += "\n";
  }
  AddCompany(record, columns, text);
  if (text.find(" [") != std::string::npos)
    text += Wrapped(
        "The names in brackets are rules of hosting: suites/rules.md has them.", "", "", columns);
  if (const std::string site = SiteAsAdvised(record); !site.empty()) {
    AddConfiguration({.host = "engine and Apache, all applications together",
                      .title = "site.conf",
                      .text = site,
                      .is_directives = true},
                     text);
  }
  return text;
}

std::string RenderFitnessJson(const record::Record& record) {
  Json json{{"schema", "wsgilab-check/1"}, {"run", record.header.run}};
  json["applications"] = Json::array();
  for (const Fitness& fitness : FitnessOf(record))
    json["applications"].push_back(ToJson(fitness));
  const Company company = CompanyOf(record);
  if (company.was_tried_as_configured) json["as_configured"] = ToJson(company.as_configured);
  if (company.was_tried_as_advised) json["as_advised"] = ToJson(company.as_advised);
  if (const std::string site = SiteAsAdvised(record); !site.empty()) json["site"] = site;
  if (record.footer) json["exit_code"] = record.footer->exit_code;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace reports::fitness
