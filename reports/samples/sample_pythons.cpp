// A record of the engine with two Pythons that never took place: what the second one changes.

#include "reports/samples/sample_pythons.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "reports/samples/sample_cells.h"

namespace reports::samples {

using record::CheckOutcome;
using record::ImportOutcome;
using record::Line;

namespace {

constexpr std::string_view kFirst = "engine";
constexpr std::string_view kSecond = "engine-3.14";

struct SampleKind {
  std::string_view interpreter;
  double latency = 1;  // of main's
};

// What the cell's lines say of a mode that is its own only in the host and in the kind of interpreter.
void Rename(Line& line, std::string_view host, const SampleKind& kind, const std::string& id) {
  std::visit(
      [&](auto& of_cell) {
        if constexpr (requires { of_cell.cell = std::string(); }) of_cell.cell = id;
      },
      line);
  if (auto* cell = std::get_if<record::Cell>(&line)) {
    cell->host = host;
    cell->interpreter = kind.interpreter;
  } else if (auto* placement = std::get_if<record::Placement>(&line)) {
    placement->asked.interpreter = kind.interpreter;
    placement->found.python = host == kFirst ? "3.11.2" : "3.14.8";
    if (kind.interpreter == "sub-own-gil") placement->found.gil = "own";
  } else if (auto* load = std::get_if<record::Load>(&line)) {
    for (auto* figure : {&load->latency_us.p50, &load->latency_us.p90, &load->latency_us.p99}) {
      if (*figure) **figure *= kind.latency;
    }
  }
}

std::vector<Line> CellOf(std::string_view host,
                         const SampleKind& kind,
                         const SampleApp& app,
                         int index) {
  const SampleMode mode{
      .is_daemon = true, .is_sub = kind.interpreter != "main", .is_preload = true};
  const std::string id =
      std::string(host) + "/daemon/" + std::string(kind.interpreter) + "/preload/" + app.name;
  std::vector<Line> lines = SampleCell(mode, app, index);
  for (Line& line : lines)
    Rename(line, host, kind, id);
  return lines;
}

record::Check CheckOf(std::string_view host,
                      std::string_view probe,
                      std::string_view pairing,
                      std::string_view observed) {
  record::Check check;
  check.suite = "isolation";
  check.check = "Isolation.Probe/" + std::string(probe) + "." + std::string(pairing);
  if (host != kFirst) check.host = host;
  check.mode = "daemon/sub";
  check.title = probe;
  check.probe = probe;
  check.pairing = pairing;
  check.expected = check.observed = observed;
  check.outcome = CheckOutcome::Passed;
  check.ms = 120;
  return check;
}

void AddChecks(std::vector<Line>& lines, std::string_view host, bool is_second) {
  lines.emplace_back(CheckOf(host, "os.environ", "one daemon group, two subs", "shared"));
  lines.emplace_back(CheckOf(
      host, "decimal context", "one daemon group, two subs", is_second ? "isolated" : "shared"));
  if (is_second) {
    lines.emplace_back(
        CheckOf(host, "os.environ", "one daemon group, two subs with own GILs", "shared"));
  }
}

void AddImports(std::vector<Line>& lines, std::string_view host, bool is_second) {
  for (const std::string_view distribution : {"numpy", "_curses"}) {
    for (const std::string_view interpreter : {"main", "sub", "sub-own-gil"}) {
      if (interpreter == "sub-own-gil" && !is_second) continue;
      record::Import line;
      if (is_second) line.host = host;
      line.distribution = distribution;
      line.interpreter = interpreter;
      line.ms = 40;
      const bool refuses = interpreter == "sub-own-gil" ||
                           (is_second && interpreter == "sub" && distribution == "numpy");
      if (refuses) {
        line.outcome = ImportOutcome::Fails;
        line.module = distribution;
        line.error = "ImportError: module does not support loading in subinterpreters";
      }
      lines.emplace_back(std::move(line));
    }
  }
}

}  // namespace

std::vector<Line> LinesOfTwoPythons() {
  const std::vector<SampleKind> kinds{{"main"}, {"sub", 1.03}, {"sub-own-gil", 1.05}};
  std::vector<Line> lines;
  int index = 0;
  for (const std::string_view host : {kFirst, kSecond}) {
    const bool is_second = host == kSecond;
    for (const SampleKind& kind : kinds) {
      if (kind.interpreter == "sub-own-gil" && !is_second) continue;
      for (const SampleApp& app : SampleApps()) {
        if (app.name != "hello" && app.name != "django_accounts") continue;
        std::ranges::move(CellOf(host, kind, app, index++), std::back_inserter(lines));
      }
    }
    AddChecks(lines, host, is_second);
    AddImports(lines, host, is_second);
  }
  return lines;
}

}  // namespace reports::samples
