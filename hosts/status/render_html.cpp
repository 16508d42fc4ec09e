#include <fmt/format.h>

#include <string_view>

#include "hosts/status/report.h"

namespace hosts::status {

namespace {

constexpr std::string_view kHead = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="10">
<title>wsgilab-host: status</title>
<style>
body { font: 15px/1.4 sans-serif; margin: 1.5em; color: #222; background: #fff; }
h1 { font-size: 1.4em; } h2 { font-size: 1.1em; margin-top: 1.6em; }
table { border-collapse: collapse; } caption { text-align: left; }
th, td { padding: .2em .8em .2em 0; text-align: left; vertical-align: top; border-bottom: 1px solid #ddd; }
.n { text-align: right; font-variant-numeric: tabular-nums; }
</style></head><body>
)";

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char one : text) {
    switch (one) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += one;
    }
  }
  return escaped;
}

std::string Cell(std::string_view text) {
  return fmt::format("<td>{}</td>", Escaped(text));
}

std::string Number(std::uint64_t number) {
  return fmt::format("<td class=\"n\">{}</td>", number);
}

// "mean / longest", in milliseconds.
std::string WaitCell(const Waits& waits, double per_millisecond) {
  if (waits.count == 0) return "<td class=\"n\">–</td>";
  const double mean = static_cast<double>(waits.total) / static_cast<double>(waits.count);
  return fmt::format("<td class=\"n\">{:.3f} / {:.3f}</td>",
                     mean / per_millisecond,
                     static_cast<double>(waits.longest) / per_millisecond);
}

std::string NameOf(const std::string& role, const std::string& group) {
  return group.empty() ? role : fmt::format("{} {}", role, group);
}

std::string FigureCells(const std::optional<ProcessFigures>& figures) {
  if (!figures) return "<td colspan=\"7\">–</td>";
  constexpr double kMicroseconds = 1e3;
  constexpr double kNanoseconds = 1e6;
  return Number(figures->answered) + Number(figures->in_flight) + Number(figures->forwarded) +
         Number(figures->forwarded_in_flight) + WaitCell(figures->queue_us, kMicroseconds) +
         WaitCell(figures->gil_ns, kNanoseconds) + Cell(figures->end_reason);
}

std::string RowOf(const ShownGeneration& generation, const ShownProcess& process) {
  const ProcessRow& row = process.row;
  return fmt::format("<tr>{}{}{}{}{}{}{}</tr>\n",
                     Number(generation.number),
                     Cell(NameOf(row.role, row.group)),
                     row.pid == 0 ? Cell("–") : Number(static_cast<std::uint64_t>(row.pid)),
                     Cell(row.state),
                     Cell(row.pid == 0 ? "–" : Instant(row.started_at_ms)),
                     Number(static_cast<std::uint64_t>(row.threads)),
                     FigureCells(process.figures));
}

std::string Processes(const Report& report) {
  std::string html =
      "<h2>Processes</h2>\n<table><tr><th>generation</th><th>process</th><th>pid</th>"
      "<th>state</th><th>started</th><th>threads</th><th>answered</th><th>in flight</th>"
      "<th>forwarded</th><th>forwarded, in flight</th><th>waited for a thread, ms: mean / max</th>"
      "<th>waited for the GIL, ms: mean / max</th><th>ends because of</th></tr>\n";
  for (const ShownGeneration& generation : report.generations) {
    for (const ShownProcess& process : generation.processes)
      html += RowOf(generation, process);
  }
  html += "</table>\n";
  if (report.supervision.is_cut) html += "<p>There are more processes than can be shown.</p>\n";
  return html;
}

std::string LoadedIn(const ShownProcess& process) {
  std::string html;
  for (const LoadedInterpreter& interpreter : process.figures->loaded.interpreters) {
    const std::string name = interpreter.name.empty() ? "the main one" : interpreter.name;
    for (const auto& [path, at_ms] : interpreter.scripts) {
      html += fmt::format("<tr>{}{}{}{}</tr>\n",
                          Number(static_cast<std::uint64_t>(process.row.pid)),
                          Cell(name),
                          Cell(path),
                          Cell(Instant(at_ms)));
    }
    if (interpreter.scripts.empty()) {
      html += fmt::format("<tr>{}{}<td>–</td><td></td></tr>\n",
                          Number(static_cast<std::uint64_t>(process.row.pid)),
                          Cell(name));
    }
  }
  if (process.figures->loaded.is_cut) {
    html += fmt::format("<tr>{}<td colspan=\"3\">and more</td></tr>\n",
                        Number(static_cast<std::uint64_t>(process.row.pid)));
  }
  return html;
}

std::string LoadedEverywhere(const Report& report) {
  std::string html =
      "<h2>What is loaded</h2>\n<table><tr><th>pid</th><th>interpreter</th><th>script</th>"
      "<th>loaded</th></tr>\n";
  for (const ShownGeneration& generation : report.generations) {
    for (const ShownProcess& process : generation.processes) {
      if (process.figures) html += LoadedIn(process);
    }
  }
  return html + "</table>\n";
}

std::string HowItEnded(const EndRow& row) {
  if (row.signal) return fmt::format("signal {}", *row.signal);
  return fmt::format("exit code {}", row.exit_code.value_or(0));
}

std::string WhyItEnded(const EndRow& row) {
  if (!row.reason.empty()) return row.reason;
  return row.was_told ? "it was told to" : "";
}

std::string Ended(const Report& report) {
  if (report.supervision.last_ended.empty()) return "";
  std::string html = fmt::format(
      "<h2>Processes that have ended: {}</h2>\n<table><tr><th>generation</th><th>process</th>"
      "<th>pid</th><th>started</th><th>ended</th><th>how</th><th>why</th><th>answered</"
      "th><th>lost</th></tr>\n",
      report.supervision.ended);
  for (const EndRow& row : report.supervision.last_ended) {
    html += fmt::format("<tr>{}{}{}{}{}{}{}{}{}</tr>\n",
                        Number(row.generation),
                        Cell(NameOf(row.role, row.group)),
                        Number(static_cast<std::uint64_t>(row.pid)),
                        Cell(Instant(row.started_at_ms)),
                        Cell(Instant(row.ended_at_ms)),
                        Cell(HowItEnded(row)),
                        Cell(WhyItEnded(row)),
                        Number(row.answered),
                        Number(row.in_flight));
  }
  return html + "</table>\n";
}

std::string Generations(const Report& report) {
  std::string html = "<p>";
  for (const ShownGeneration& generation : report.generations)
    html += fmt::format("Generation {} is {}. ", generation.number, Escaped(generation.state));
  return html + "</p>\n";
}

}  // namespace

std::string ToHtml(const Report& report) {
  std::string html(kHead);
  html += fmt::format(
      "<h1>wsgilab-host</h1>\n<p>Supervisor {} since {}; now it is {}. The same for machines: <a "
      "href=\"/status.json\">status.json</a></p>\n",
      report.supervision.pid,
      Instant(report.supervision.started_at_ms),
      Instant(report.at_ms));
  html += Generations(report) + Processes(report) + LoadedEverywhere(report) + Ended(report);
  return html + "</body></html>\n";
}

}  // namespace hosts::status
