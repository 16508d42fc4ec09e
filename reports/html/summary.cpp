#include "reports/html/summary.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <string>

#include "reports/html/blocks.h"
#include "reports/notation/notation.h"
#include "reports/verdict/findings.h"
#include "reports/verdict/verdict.h"

namespace reports::html {

using record::Record;
using verdict::Standing;

namespace {

constexpr std::size_t kStatementLimit = 500;
constexpr std::int64_t kFirstStatements = 9;  // worst first; the others are folded away
constexpr std::int64_t kMostStatements = 150;
constexpr std::size_t kMostForeign = 30;
constexpr std::size_t kLogLines = 40;  // of one cell; the end of a log is what matters

Markup LogTail(const std::vector<std::string>& lines) {
  if (lines.empty()) return {};
  const std::size_t first = lines.size() > kLogLines ? lines.size() - kLogLines : 0;
  Markup text;
  if (first > 0) text += Text(fmt::format("({} lines before)\n", first));
  for (std::size_t at = first; at < lines.size(); ++at) {
    text += Text(lines[at], 500) + Markup("\n");
  }
  return Element(
      "pre", {{"class", "log"}, {"tabindex", "0"}, {"role", "group"}, {"aria-label", "log"}}, text);
}

Markup FailedCell(const record::Cell& cell) {
  const Markup name = Element("span", {{"class", "outcome bad"}}, verdict::Words(cell.outcome)) +
                      Markup(" ") + Element("code", cell.cell);
  Markup inner = Element("summary", name);
  if (cell.reason) inner += Element("p", *cell.reason);
  inner += LogTail(cell.log_tail);
  if (cell.reproduce) {
    inner += Element("p", {{"class", "again"}}, Text("Again: ") + Command(*cell.reproduce));
  }
  return Element("details", {{"class", "failed"}, {"open", ""}}, inner);
}

// The Pythons that the applications really ran in; the hosts' own when no placement says.
std::string Pythons(const Record& record) {
  std::set<std::string> versions;
  for (const record::Placement& placement : record.placements) {
    if (placement.found.python) versions.insert(*placement.found.python);
  }
  for (const record::HostVersion& host : record.header.hosts) {
    if (versions.empty() && host.python) versions.insert(*host.python);
  }
  return notation::List(versions);
}

std::string Hosts(const Record& record) {
  std::vector<std::string> hosts;
  for (const record::HostVersion& host : record.header.hosts) {
    hosts.push_back(host.name + " " + host.version);
  }
  return notation::List(hosts);
}

std::string MachineText(const record::Machine& machine) {
  return fmt::format("{}, {}, {}",
                     machine.cpu,
                     notation::Plural(machine.cores, "core"),
                     notation::Kibibytes(static_cast<double>(machine.memory_kib)));
}

std::string ConditionText(const record::Machine& machine) {
  std::vector<std::string> words;
  if (machine.load_1min) words.push_back(fmt::format("load {:.2f} before", *machine.load_1min));
  if (machine.governor) words.push_back("governor " + *machine.governor);
  if (machine.build_type) words.push_back(*machine.build_type + " build");
  if (machine.noise) {
    words.push_back(
        fmt::format("{} before (score {:.0f})", machine.noise->word, machine.noise->score));
  }
  return fmt::format("{}", fmt::join(words, ", "));
}

// "2 of 3"; of a merged record what each shard took, and on what machine.
std::string ShardsText(const record::Header& header) {
  if (header.shard) return fmt::format("{} of {}", header.shard->index, header.shard->count);
  if (!header.merged) return {};
  std::vector<std::string> parts;
  for (const record::Part& part : header.merged->parts) {
    parts.push_back(fmt::format("{}: {}{}, {}",
                                part.shard,
                                part.seconds ? notation::Span(*part.seconds) : "cut off",
                                part.complete ? "" : ", not finished",
                                MachineText(part.machine)));
  }
  return fmt::format("{} of {} merged; {}",
                     header.merged->parts.size(),
                     header.merged->shards,
                     fmt::join(parts, "; "));
}

std::string ResumedText(const Record& record) {
  std::vector<std::string> instants;
  for (const record::Instant instant : record.resumed_at)
    instants.push_back(notation::Instant(instant));
  return notation::List(instants);
}

// Where it was, what was asked for and what was served.
Markup ServedSettings(const record::Check& check) {
  Markup inner = Element("summary",
                         Text(check.pairing.value_or(check.mode), 200) + Text(": asked for ") +
                             Element("code", check.settings_asked.value_or("?")) +
                             Text(", served with ") + Element("code", *check.settings_served));
  if (check.detail) inner += Element("p", *check.detail);
  if (check.reproduce) {
    inner += Element("p", {{"class", "again"}}, Text("Again: ") + Command(*check.reproduce));
  }
  return Element("details", inner);
}

Markup StatementItem(const verdict::Statement& statement) {
  return Element("li",
                 {{"class", ClassOf(statement.standing)}},
                 Mark(statement.standing) + Element("span", Text(statement.text, kStatementLimit)));
}

Markup Box(std::string_view name, std::string_view title, const Markup& inner) {
  return Element("div", {{"class", name}, {"role", "note"}}, Element("strong", title) + inner);
}

}  // namespace

Markup VerdictSection(const Record& record) {
  const verdict::Verdict verdict = verdict::Judge(record);
  Markup first;
  Markup others;
  std::int64_t count = 0;
  for (const verdict::Statement& statement : verdict.statements)
    if (++count <= kMostStatements)
      (count > kFirstStatements ? others : first) += StatementItem(statement);
  Markup list = Element("ul", {{"class", "statements"}}, first);
  if (!others.is_empty()) {
    list += Element("details",
                    Element("summary", fmt::format("{} more", count - kFirstStatements)) +
                        Element("ul", {{"class", "statements"}}, others) +
                        LeftOut(count - kMostStatements, "statement", "any"));
  }
  return Element("h1", {{"class", ClassOf(verdict.standing)}}, verdict.headline) + list;
}

Markup FactsPanel(const Record& record) {
  const record::Header& header = record.header;
  std::string when = notation::Instant(header.started_at);
  if (record.footer) when += ", " + notation::Span(record.footer->seconds);
  Markup facts = Term("Synthetic", header.synthetic.value_or("")) + Term("Host", Hosts(record)) +
                 Term("Python", Pythons(record)) + Term("Machine", MachineText(header.machine)) +
                 Term("System", header.machine.distribution + ", " + header.machine.kernel) +
                 Term("Conditions", ConditionText(header.machine)) +
                 Term("Fingerprint", header.machine.fingerprint.value_or("")) + Term("When", when) +
                 Term("Gone on with", ResumedText(record)) + Term("Shards", ShardsText(header)) +
                 Term("Profile", header.profile) + Term("Revision", header.revision.value_or("")) +
                 Element("dt", "Command") + Element("dd", Command(header.command));
  return Element("dl", {{"class", "facts"}}, facts);
}

Markup ForeignSettingsBox(const Record& record) {
  Markup expected;
  Markup unexpected;
  std::size_t shown = 0;
  for (const verdict::ForeignSettings& found : verdict::FindForeignSettings(record)) {
    if (shown++ == kMostForeign) break;  // the grid of isolation has the others
    (found.is_expected ? expected : unexpected) += ServedSettings(*found.check);
  }
  Markup boxes;
  if (!unexpected.is_empty()) {
    boxes += Box("box bad", "A Django project was served with another’s settings", unexpected);
  }
  if (!expected.is_empty()) {
    boxes += Box("box caution",
                 "Put into one interpreter, a Django project is served with another’s settings",
                 expected);
  }
  return boxes;
}

Markup FailedCellsSection(const Record& record, Detail detail) {
  Markup cells;
  std::int64_t left_out =
      -static_cast<std::int64_t>(std::min(MostFailures(detail), record.cells.size()));
  for (const record::Cell& cell : record.cells) {
    if (verdict::StandingOf(cell.outcome) != Standing::Bad) continue;
    if (++left_out <= 0) cells += FailedCell(cell);
  }
  if (cells.is_empty()) return {};
  return Section("failed", "What did not work", cells + LeftOut(left_out, "cell", "cell"));
}

Markup FindingsSection(const Record& record) {
  Markup tiles;
  for (const verdict::Finding& finding : verdict::FindingsOf(record)) {
    Markup rows;
    for (const verdict::FindingForApp& app : finding.apps) {
      rows += Element("tr",
                      Element("th", {{"scope", "row"}}, app.app) +
                          Element("td", app.from + " → " + app.to) +
                          Element("td", notation::Ratio(app.ratio)));
    }
    tiles += Element("div",
                     {{"class", "tile"}},
                     Element("h3", finding.question) +
                         Element("p", {{"class", "answer"}}, finding.answer) +
                         Element("table", Element("tbody", rows)));
  }
  if (tiles.is_empty()) return {};
  return Section("findings",
                 "What each choice cost",
                 Element("div", {{"class", "tiles"}}, tiles) +
                     Element("p",
                             {{"class", "muted"}},
                             "Medians over the cells that differ in that choice alone. One run, "
                             "not repeated: read "
                             "small differences as none."));
}

Markup NotMeasuredSection(const Record& record) {
  Markup list;
  for (const record::NotMeasured& line : record.not_measured) {
    list += Element("li", Element("strong", line.what) + Text(": ") + Text(line.reason));
  }
  for (const record::Cell& cell : record.cells) {
    if (cell.outcome != record::CellOutcome::NotOffered) continue;
    list += Element("li",
                    Element("code", cell.cell) + Text(": not offered: ") +
                        Text(cell.reason.value_or("no reason given")));
  }
  for (const std::string& planned : record.header.plan.cells) {
    if (FindCell(record, planned) != nullptr) continue;
    list += Element("li", Element("code", planned) + Text(": the run ended before it"));
  }
  if (list.is_empty()) list = Element("li", "Nothing that was planned was left out.");
  return Section("not-measured", "Not measured, and why", Element("ul", list));
}

}  // namespace reports::html
