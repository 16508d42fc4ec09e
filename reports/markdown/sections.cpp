#include "reports/markdown/sections.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <iterator>

#include "reports/characters/characters.h"
#include "reports/compare/compare.h"
#include "reports/compare/metrics.h"
#include "reports/compare/to_text.h"
#include "reports/fitness/company.h"
#include "reports/fitness/fitness.h"
#include "reports/fitness/ready_configuration.h"
#include "reports/markdown/text.h"
#include "reports/notation/notation.h"
#include "reports/overview/overview.h"
#include "reports/record/axes.h"
#include "reports/record/same_machine.h"
#include "reports/verdict/findings.h"
#include "reports/verdict/verdict.h"

namespace reports::markdown {

using cases::Case;
using record::Record;

namespace {

constexpr std::size_t kNameLimit = 200;    // of names, in a row that has several
constexpr std::size_t kBlockLimit = 4000;  // of what one of them has sent, received or logged

std::string Count(std::size_t count) {
  return notation::Count(static_cast<std::int64_t>(count));
}

// "| a | b |": what stands in it is Markdown already.
std::string RowOf(std::initializer_list<std::string> texts) {
  std::string row = "|";
  for (const std::string& text : texts)
    row += " " + text + " |";
  return row + "\n";
}

// The line of those that there was no room for; nothing when there was.
std::string AndMore(std::size_t all, std::size_t shown, std::string_view of_what) {
  if (all <= shown) return {};
  return fmt::format("\nand {} more {}\n", Count(all - shown), of_what);
}

// Those that failed and that no statement of the verdict names one by one.
std::vector<const Case*> Failed(const std::vector<Case>& all) {
  std::vector<const Case*> failed = cases::WorstFirst(all);
  std::erase_if(failed,
                [](const Case* one) { return one->suite == "run" || one->suite == "rules"; });
  return failed;
}

std::string NameOf(const Case& one) {
  return Prose(one.place.empty() ? one.name : one.place + ": " + one.name, kNameLimit);
}

std::string WordOf(const Case& one) {
  std::string word = one.word;
  std::ranges::replace(word, '_', ' ');
  return Prose(word, kNameLimit);
}

}  // namespace

std::string Verdict(const Record& record, const Room& room) {
  const verdict::Verdict verdict = verdict::Judge(record);
  std::string text = fmt::format(
      "## {} {}\n\n", overview::MarkOf(verdict.standing), Prose(verdict.headline, room.text));
  const std::size_t shown = std::min(room.statements, verdict.statements.size());
  for (std::size_t at = 0; at < shown; ++at) {
    const verdict::Statement& statement = verdict.statements[at];
    text += fmt::format(
        "- {} {}\n", overview::MarkOf(statement.standing), Prose(statement.text, room.text));
  }
  return text + AndMore(verdict.statements.size(), shown, "statements, none of them worse") + "\n";
}

std::string Modes(const Record& record, const Room& room) {
  const std::vector<fitness::Fitness> all = fitness::FitnessOf(record);
  const auto value = [](const std::optional<double>& number, std::string (*write)(double)) {
    return number ? write(*number) : std::string("–");
  };
  std::string text;
  const std::size_t shown = std::min(room.statements, all.size());
  for (std::size_t at = 0; at < shown; ++at) {
    const fitness::Fitness& found = all[at];
    text += fmt::format("### {}\n\n", Prose(found.subject->app, kNameLimit));
    text +=
        "| mode | verdict | first request | median | memory | why |\n"
        "|---|---|--:|--:|--:|---|\n";
    for (const fitness::ModeFitness& mode : found.modes) {
      const bool is_clear =
          mode.reasons.empty() || (mode.reasons.front().weight == fitness::Weight::Note &&
                                   (mode.verdict == fitness::Verdict::Recommended ||
                                    mode.verdict == fitness::Verdict::Works));
      text += RowOf(
          {Prose(mode.mode, kNameLimit) + (found.subject->mode == mode.mode ? " (configured)" : ""),
           std::string(fitness::InWords(mode.verdict)),
           value(mode.first_request_ms, notation::Milliseconds),
           value(mode.median_us, notation::Microseconds),
           value(mode.memory_kib, notation::Kibibytes),
           is_clear ? "" : Prose(mode.reasons.front().text, room.text)});
    }
    text += "\n";
    if (!found.recommended || all.size() > 1) continue;
    const auto ready = fitness::ReadyConfigurations(*found.subject, *found.recommended);
    text += fmt::format("<details><summary>What to write for {}</summary>\n\n{}\n</details>\n\n",
                        *found.recommended,
                        CodeBlock(ready.front().text, kBlockLimit));
  }
  if (const std::string site = fitness::SiteAsAdvised(record); !site.empty()) {
    text += fmt::format(
        "<details><summary>What to write for all of them</summary>\n\n{}\n</details>\n\n",
        CodeBlock(site, kBlockLimit));
  }
  if (!text.empty()) text += AndMore(all.size(), shown, "applications");
  return text;
}

std::string Circumstances(const Record& record, const Room& room) {
  const record::Header& header = record.header;
  std::string hosts;
  for (const record::HostVersion& host : header.hosts) {
    hosts += fmt::format("{}{} {}", hosts.empty() ? "" : ", ", host.name, host.version);
    if (host.python) hosts += fmt::format(" (Python {})", *host.python);
  }
  std::string text = fmt::format("Run {} of {}, profile {}",
                                 Prose(header.run, kNameLimit),
                                 notation::Instant(header.started_at),
                                 Prose(header.profile, kNameLimit));
  if (header.revision) text += ", revision " + Prose(*header.revision, kNameLimit);
  text += fmt::format(", on {}", Prose(record::Text(header.machine), room.text));
  if (!hosts.empty()) text += fmt::format("; {}", Prose(hosts, room.text));
  return text + ".\n\n";
}

std::string Failures(const std::vector<Case>& all, const Room& room) {
  const std::vector<const Case*> failed = Failed(all);
  if (failed.empty()) return {};
  std::string text = "### What failed\n\n";
  const std::size_t shown = std::min(room.failures, failed.size());
  for (std::size_t at = 0; at < shown; ++at) {
    const Case& one = *failed[at];
    text +=
        fmt::format("- **{}** {}: {}\n", WordOf(one), NameOf(one), Prose(one.message, room.text));
  }
  return text + AndMore(failed.size(), shown, "that failed") + "\n";
}

std::string Evidence(const std::vector<Case>& all, const Room& room) {
  std::string blocks;
  std::size_t left_out = 0;
  for (const Case* one : Failed(all)) {
    if (one->evidence.empty()) continue;
    std::string block = fmt::format(
        "**{}** {}\n\n{}\n", WordOf(*one), NameOf(*one), CodeBlock(one->evidence, kBlockLimit));
    if (left_out > 0 || blocks.size() + block.size() > room.evidence) {
      ++left_out;
      continue;
    }
    blocks += block;
  }
  if (blocks.empty()) return {};
  if (left_out > 0) blocks += fmt::format("and of {} more\n\n", Count(left_out));
  return "<details><summary>What was sent, received and logged</summary>\n\n" + blocks +
         "</details>\n\n";
}

std::string Compared(const Record& record, const Room& room) {
  std::string rows;
  std::size_t all = 0;
  for (const compare::ExperimentResult& result : compare::JudgeExperiments(record)) {
    for (const compare::Conclusion& conclusion : result.conclusions) {
      if (++all > room.compared) continue;
      const compare::Metric& metric = *compare::FindMetric(conclusion.metric);
      const auto& comparison = conclusion.first.comparison;
      const bool has_interval =
          std::isfinite(comparison.interval.high) && comparison.interval.low > 0;
      rows += RowOf({Prose(result.experiment, kNameLimit),
                     std::string(metric.title),
                     Written(metric, conclusion.first.base),
                     Written(metric, conclusion.first.value),
                     compare::ChangeText(comparison.ratio),
                     has_interval ? fmt::format("{} to {}",
                                                compare::ChangeText(comparison.interval.low),
                                                compare::ChangeText(comparison.interval.high))
                                  : "too few blocks",
                     std::string(Words(conclusion.finding))});
    }
  }
  if (rows.empty()) return {};
  return "### Against each other\n\n"
         "| comparison | metric | base | candidate | change | interval | |\n"
         "|---|---|--:|--:|--:|---|---|\n" +
         rows + AndMore(all, std::min(all, room.compared), "metrics") + "\n";
}

std::string Choices(const Record& record, const Room& room) {
  std::string rows;
  for (const verdict::Finding& finding : verdict::FindingsOf(record)) {
    const std::size_t shown = std::min(finding.apps.size(), room.compared);
    for (std::size_t at = 0; at < shown; ++at) {
      const verdict::FindingForApp& app = finding.apps[at];
      rows += RowOf({at == 0 ? Prose(finding.question, kNameLimit) : std::string(),
                     Prose(app.app, kNameLimit),
                     app.from,
                     app.to,
                     notation::Ratio(app.ratio)});
    }
  }
  if (rows.empty()) return {};
  return "### What the choices cost\n\n"
         "Medians of one run: what was measured, without an interval.\n\n"
         "| choice | application | from | to | ratio |\n|---|---|--:|--:|--:|\n" +
         rows + "\n";
}

std::string Cells(const Record& record, const Room& /*room*/) {
  std::string tables;
  for (const std::string& app : AxesOf(record).apps) {
    std::string head = "| " + Prose(app, kNameLimit) + " |";
    std::string rule = "|---|";
    for (const overview::Column& column : overview::Columns()) {
      head += fmt::format(" {} |", column.head);
      rule += column.is_number ? "--:|" : "---|";
    }
    std::string rows;
    for (const overview::Row& row : overview::RowsOf(record, app)) {
      rows += "| " + Prose(row.label, kNameLimit) + " |";
      for (const overview::Column& column : overview::Columns())
        rows += " " + column.write(record, row.cell) + " |";
      rows += '\n';
    }
    if (!rows.empty()) tables += fmt::format("{}\n{}\n{}\n", head, rule, rows);
  }
  if (tables.empty()) return {};
  return "<details><summary>Every cell</summary>\n\n"
         "The first request; then p50, p99, requests and processor time at full load, and the "
         "memory after it.\n\n" +
         tables + "</details>\n\n";
}

std::string NotMeasured(const Record& record, const Room& room) {
  if (record.not_measured.empty()) return {};
  std::string text = "### What was not measured\n\n| what | why |\n|---|---|\n";
  const std::size_t shown = std::min(room.not_measured, record.not_measured.size());
  for (std::size_t at = 0; at < shown; ++at) {
    const record::NotMeasured& line = record.not_measured[at];
    std::string what = Prose(line.what, kNameLimit);
    if (line.cells) what += fmt::format(" ({} cells)", *line.cells);
    text += RowOf({what, Prose(line.reason, room.text)});
  }
  return text + AndMore(record.not_measured.size(), shown, "reasons") + "\n";
}

std::string HowToReproduce(const Record& record, const std::vector<Case>& all, const Room& room) {
  std::vector<std::string> commands{record.header.command};
  std::size_t left_out = 0;
  for (const Case* one : Failed(all)) {
    if (one->reproduce.empty() || std::ranges::find(commands, one->reproduce) != commands.end())
      continue;
    if (commands.size() > room.commands) {
      ++left_out;
    } else {
      commands.push_back(one->reproduce);
    }
  }
  std::string text;
  for (const std::string& command : commands)
    text += characters::OneLine(command, room.text) + "\n";
  return "### How to reproduce it\n\nThe run, and what failed of it alone:\n\n" +
         CodeBlock(text, text.size()) + AndMore(left_out, 0, "commands") + "\n";
}

}  // namespace reports::markdown
