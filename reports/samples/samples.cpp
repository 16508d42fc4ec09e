#include "reports/samples/samples.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <variant>

#include "hosts/base/check.h"
#include "reports/record/json.h"
#include "reports/record/reader.h"
#include "reports/samples/sample_cells.h"
#include "reports/samples/sample_checks.h"
#include "reports/samples/sample_experiments.h"
#include "reports/samples/sample_hosts.h"
#include "reports/samples/sample_lines.h"
#include "reports/samples/sample_pythons.h"

namespace reports::samples {

using record::CellOutcome;
using record::CheckOutcome;
using record::Line;

namespace {

record::Header SampleHeader() {
  record::Header header;
  header.run = "2026-01-31T12-00-00Z-3f6cc1b";
  header.started_at = kRunStart;
  header.command = "wsgilab run --profile smoke -o out";
  header.profile = "smoke";
  header.revision = "3f6cc1b";
  header.machine = {"Example CPU @ 2.40GHz",
                    2,
                    8'131'584,
                    "6.1.0-18-amd64",
                    "Debian GNU/Linux 12 (bookworm)",
                    0.12,
                    "performance",
                    "release",
                    "5d1c0ffee5d1c0de",
                    {"cpu: Example CPU @ 2.40GHz", "cores: 2", "affinity: 0-1"},
                    record::Noise{0.012, 0.034, 0.001, 11.4, "quiet"}};
  header.hosts = {
      {"engine",
       "0.1.0",
       "3.11.2",
       "libpython3.11.so.1.0",
       {{"CFG-3",
         "on purpose",
         "numbers are read loosely: `threads=abc` is 0",
         "a number that is none is an error with its line",
         "a typing error must not change what runs"},
        {"DAEMON-14", "on purpose", "one connection for every request", "they are kept", "speed"},
        {"GIL-2",
         std::string(record::kNotYet),
         "`WSGIPerInterpreterGIL On` gives interpreters a GIL of their own",
         "not granted",
         "not yet"}}}};
  for (const SampleMode& mode : SampleModes()) {
    header.plan.modes.push_back(mode.Name());
    for (const SampleApp& app : SampleApps())
      header.plan.cells.push_back(CellId(mode, app));
  }
  for (const SampleApp& app : SampleApps())
    header.plan.apps.push_back(app.name);
  return header;
}

// What B sees when its median is `median_us` and its p99 so many times that.
record::Experience ExperienceOf(double median_us, double tail) {
  record::Experience experience;
  experience.planned = experience.done = 1250;
  experience.latency_us.min = median_us / 2;
  experience.latency_us.mean = median_us * 1.1;
  experience.latency_us.p50 = median_us;
  experience.latency_us.p90 = median_us * (1 + tail) / 3;
  experience.latency_us.p99 = median_us * tail;
  experience.latency_us.max = median_us * tail * 2;
  experience.state = record::GeneratorState::Verified;
  return experience;
}

std::vector<Line> SampleInterferences() {
  std::vector<Line> lines;
  const auto add = [&](const char* arrangement, bool same_process, bool same_interpreter) {
    for (const char* kind : {"cpu", "gil", "sleep", "allocate"}) {
      record::Interference line;
      line.host = "engine";
      line.arrangement = arrangement;
      line.kind = kind;
      line.same_process = same_process;
      line.same_interpreter = same_interpreter;
      line.rate_per_s = 500;
      line.alone = ExperienceOf(200, 4);
      const bool is_disturbed = same_process && std::string_view(kind) != "sleep";
      line.beside = is_disturbed ? ExperienceOf(9600, 6) : ExperienceOf(240, 5);
      line.neighbour_requests = 90;
      lines.emplace_back(line);
    }
  };
  add("embedded/main", true, true);
  add("embedded/sub", true, false);
  add("daemon/two-groups", false, false);
  return lines;
}

std::vector<Line> WithoutFooter() {
  std::vector<Line> lines{SampleHeader()};
  int index = 0;
  for (const SampleMode& mode : SampleModes()) {
    for (const SampleApp& app : SampleApps()) {
      std::ranges::move(SampleCell(mode, app, index++), std::back_inserter(lines));
    }
  }
  std::ranges::move(SampleChecks(), std::back_inserter(lines));
  std::ranges::move(SampleInterferences(), std::back_inserter(lines));
  lines.emplace_back(
      record::NotMeasured{"sub-interpreters with their own GIL",
                          "Python 3.11 has no such interpreters; they come with Python 3.12"});
  return lines;
}

// What remains of the cell is its last line, changed by `change`.
template <typename Change>
void LeaveOnlyTheCellLine(std::vector<Line>& lines, std::string_view cell, Change change) {
  std::erase_if(lines, [&](const Line& line) {
    return CellOf(line) == cell && !std::holds_alternative<record::Cell>(line);
  });
  for (Line& line : lines) {
    if (CellOf(line) == cell) change(std::get<record::Cell>(line));
  }
}

record::Check& CheckNamed(std::vector<Line>& lines,
                          std::string_view check,
                          std::string_view where) {
  const auto found = std::ranges::find_if(lines, [&](const Line& line) {
    const auto* candidate = std::get_if<record::Check>(&line);
    return candidate != nullptr && candidate->check == check &&
           (candidate->pairing == where || candidate->mode == where);
  });
  CHECK(found != lines.end(), "a sample asks for a check that no sample run has");
  return std::get<record::Check>(*found);
}

void BreakCells(std::vector<Line>& lines) {
  LeaveOnlyTheCellLine(lines, "engine/daemon/sub/lazy/django_accounts", [](record::Cell& cell) {
    cell.outcome = CellOutcome::Crashed;
    cell.reason =
        "process 4170 of group django_accounts ended with signal 11 during the first request";
    cell.log_tail = {
        "2026-01-31T12:01:22.114Z info H0201 [4168 supervisor] group django_accounts started: "
        "process 4170",
        "Fatal Python error: Segmentation fault",
        "Current thread 0x00007f3c (most recent call first):",
        "  File \"venv/lib/python3.11/site-packages/lxml/etree.so\", line 1 in <module>",
        "2026-01-31T12:01:22.530Z error H0203 [4168 supervisor] process 4170 ended: signal 11"};
  });
  LeaveOnlyTheCellLine(lines, "engine/embedded/sub/preload/flask_notes", [](record::Cell& cell) {
    cell.outcome = CellOutcome::TimedOut;
    cell.reason = "not ready within 10 s: the script's import did not return";
    cell.log_tail = {"2026-01-31T12:00:44.020Z info H0107 [4141 server] preloading notes.wsgi"};
  });
  for (const std::string_view cell :
       {"engine/embedded/sub/lazy/hello", "engine/embedded/sub/preload/hello"}) {
    LeaveOnlyTheCellLine(lines, cell, [](record::Cell& line) {
      line.outcome = CellOutcome::NotOffered;
      line.reason = "this host was built without sub-interpreters";
    });
  }

  const std::string_view moved = "engine/daemon/main/preload/django_secondapp";
  auto& placement = LineAbout<record::Placement>(lines, moved);
  placement.agrees = false;
  placement.found.application_group = "localhost|/second";
  placement.found.interpreter_id = 2;
  placement.found.is_main_interpreter = false;
  placement.differences = {
      "application group: asked for the main interpreter, found \"localhost|/second\"",
      "interpreter: asked for main, found sub-interpreter 2"};
  auto& misplaced = LineAbout<record::Cell>(lines, moved);
  misplaced.outcome = CellOutcome::Misconfigured;
  misplaced.reason = "ran in sub-interpreter 2 instead of the main interpreter";
  std::erase_if(lines, [&](const Line& line) {
    return CellOf(line) == moved && (std::holds_alternative<record::Load>(line) ||
                                     std::holds_alternative<record::Startup>(line));
  });

  const std::string_view wrong = "engine/daemon/main/lazy/flask_notes";
  auto& tour = LineAbout<record::Tour>(lines, wrong);
  tour.passed = false;
  tour.steps.back().passed = false;
  tour.steps.back().status = 500;
  tour.steps.back().problem = "expected status 200, found 500";
  auto& failed = LineAbout<record::Cell>(lines, wrong);
  failed.outcome = CellOutcome::Failed;
  failed.reason = "the tour failed at \"export, streamed\": expected status 200, found 500";
  failed.log_tail = {"Traceback (most recent call last):",
                     "  File \"apps/flask_notes/notes/views.py\", line 71, in export",
                     "RuntimeError: working outside of request context"};
}

void BreakChecks(std::vector<Line>& lines) {
  auto& settings = CheckNamed(lines, "isolation/django_assign", "one daemon group, two subs");
  settings.outcome = CheckOutcome::Failed;
  settings.observed = "shared";
  settings.settings_served = "accounts.settings";
  settings.detail =
      "GET /second/whoami/ answered with DJANGO_SETTINGS_MODULE=accounts.settings, "
      "SITE_NAME=\"Accounts\"; asked for secondapp.settings";

  auto& crash = CheckNamed(lines, "isolation/crash", "two daemon groups");
  crash.outcome = CheckOutcome::Failed;
  crash.observed = "crash";
  crash.detail = "A: signal 11; B answered 502 three times";

  auto& error = CheckNamed(lines, "isolation/locale", "embedded, main + sub");
  error.outcome = CheckOutcome::Error;
  error.observed = "error";
  error.detail = "A: locale.Error: unsupported locale setting";

  auto& preload = CheckNamed(lines, "loading/PRELOAD-5", "daemon/sub/preload");
  preload.outcome = CheckOutcome::Failed;
  preload.expected = "the import ended before the first answer";
  preload.observed = "the import ended 112 ms after the first answer";

  auto& skipped = CheckNamed(lines, "loading/PRELOAD-1", "embedded/main/preload");
  skipped.outcome = CheckOutcome::Skipped;
  skipped.detail = "needs a configuration that this host cannot read";
}

// 900 KiB in a thousand requests.
void LeakMemory(std::vector<Line>& lines, std::string_view cell) {
  for (Line& line : lines) {
    auto* resources = std::get_if<record::Resources>(&line);
    if (resources == nullptr || resources->cell != cell || !resources->requests) continue;
    *resources->pss_kib += *resources->requests * 900 / 1000;
  }
}

}  // namespace

std::vector<Line> CompleteRun() {
  std::vector<Line> lines = WithoutFooter();
  lines.emplace_back(FooterOf(lines, 0, "All 32 cells are ok."));
  return lines;
}

std::vector<Line> FailingRun() {
  std::vector<Line> lines = WithoutFooter();
  BreakCells(lines);
  BreakChecks(lines);
  auto& load = LineAbout<record::Load>(lines, "engine/embedded/main/lazy/hello");
  load.generator.state = record::GeneratorState::Unverified;
  load.generator.cpu_share = 0.97;
  load.generator.reason = "the load generator used 97 % of its core";
  load.failed = 3;
  load.wrong_answers = 1;
  LeakMemory(lines, "engine/daemon/main/preload/django_secondapp");
  LineAbout<record::Startup>(lines, "engine/daemon/main/lazy/hello")
      .workers.push_back({4799, 0, {}});
  LineAbout<record::Startup>(lines, "engine/embedded/main/preload/django_secondapp")
      .workers.push_back({4798, 3, 24.5});
  auto& noise = std::get<record::Header>(lines.front()).machine.noise;
  noise = record::Noise{0.41, 0.52, 0.07, 54.8, "noisy"};
  record::Footer footer = FooterOf(lines, 1, "6 of 32 cells are not ok.");
  footer.left_behind = {"process 4170 (wsgilab-host) was still there and was killed"};
  lines.emplace_back(footer);
  return lines;
}

namespace {

// What became of the rules of a gate, one for each way in which it can end.
std::vector<Line> SampleRules() {
  using record::RuleStanding;
  std::vector<Line> lines;
  const auto add = [&](std::string name,
                       std::string expect,
                       RuleStanding standing,
                       std::vector<std::string> evidence) {
    const auto line = 2 + 5 * lines.size();
    lines.emplace_back(record::Rule{.name = std::move(name),
                                    .expect = std::move(expect),
                                    .standing = standing,
                                    .evidence = std::move(evidence),
                                    .where = "gate.toml:" + std::to_string(line) + ":11"});
  };
  add("half of the requests are answered as fast as by the baseline",
      "latency: p(50) <= baseline * 1.02",
      RuleStanding::Broken,
      {"engine/embedded/main/preload/hello: latency p(50): regressed (1.061 times the baseline, "
       "between 1.043 and "
       "1.083; limit 1.020); measured again: regressed (1.058 times the baseline, between 1.041 "
       "and 1.079; limit "
       "1.020)"});
  add("it costs no more",
      "cpu: per_request <= baseline * 1.03",
      RuleStanding::Inconclusive,
      {"engine/daemon/main/preload/hello: cpu per_request: inconclusive (1.012 times the baseline, "
       "between 0.981 and "
       "1.044; limit 1.030)"});
  add("pss: total < 40 MiB",
      "pss: total < 40 MiB",
      RuleStanding::Held,
      {"pss total is 31 MiB; < 40 MiB is expected"});
  add("starts soon",
      "startup: ready < 2 s",
      RuleStanding::NothingMeasured,
      {"nothing in the record fits it"});
  add("what must be, is",
      "checks{level=must}: failed == 0",
      RuleStanding::LeftOut,
      {"this run has no checks"});
  return lines;
}

}  // namespace

std::vector<Line> ComparisonRun() {
  record::Header header = SampleHeader();
  header.command = "wsgilab gate engine-0.2.0 --baseline engine --run run -o out";
  header.profile = "quick";
  header.plan = {};
  header.plan.apps = {"hello"};
  header.plan.modes = {"embedded/main/preload", "daemon/main/preload"};
  for (const std::string& mode : header.plan.modes)
    header.plan.cells.push_back("engine/" + mode + "/hello");
  std::vector<Line> lines{header};
  std::ranges::move(SampleExperiments(), std::back_inserter(lines));
  std::ranges::move(SampleHistograms(), std::back_inserter(lines));
  std::ranges::move(SampleMicros(), std::back_inserter(lines));
  std::ranges::move(SampleRules(), std::back_inserter(lines));
  lines.emplace_back(FooterOf(lines, 1, "1 of 2 comparisons regressed."));
  return lines;
}

std::vector<Line> HostsRun(int subjects, std::size_t transcript_bytes) {
  record::Header header = SampleHeader();
  header.command = "wsgilab run --suite '*' --checks-only --host '*' -o out";
  header.plan = {};
  std::vector<std::string> names{"engine"};
  for (const char* name : {"apache", "gunicorn", "granian"}) {
    header.hosts.push_back({name, "1.0", "3.11.2", {}, {}});
    names.emplace_back(name);
  }
  std::vector<Line> lines{header};
  std::ranges::move(SampleHostChecks(names, subjects, transcript_bytes), std::back_inserter(lines));
  lines.emplace_back(FooterOf(lines, 1, "Hosts differ."));
  return lines;
}

std::vector<Line> PythonsRun() {
  record::Header header = SampleHeader();
  header.command =
      "wsgilab run --host engine --host engine-3.14 --suite isolation --import usual -o out";
  header.plan = {};
  header.plan.apps = {"hello", "django_accounts", "prices"};
  header.plan.modes = {"daemon/main/preload", "daemon/sub/preload", "daemon/sub-own-gil/preload"};
  header.hosts.push_back({"engine-3.14", "0.1.0", "3.14.8", "libpython3.14.so.1.0", {}});
  std::vector<Line> lines = LinesOfTwoPythons();
  for (const Line& line : lines) {
    if (const auto* cell = std::get_if<record::Cell>(&line))
      header.plan.cells.push_back(cell->cell);
  }
  lines.insert(lines.begin(), header);
  lines.emplace_back(FooterOf(lines, 1, "13 of 15 cells are ok."));
  return lines;
}

std::string CutOffText() {
  const std::string whole = TextOf(CompleteRun());
  const std::size_t third_mode =
      whole.find("engine/embedded/sub/lazy/django_accounts", whole.find("\"type\":\"placement\""));
  return whole.substr(0, whole.find("\"loop\"", third_mode));
}

std::string TextOf(const std::vector<Line>& lines) {
  std::string text;
  for (const Line& line : lines)
    text += record::ToJsonLine(line) + '\n';
  return text;
}

record::Record RecordOf(const std::vector<Line>& lines) {
  auto read = record::ReadRecordText(TextOf(lines), "sample");
  CHECK(read.has_value(), "a sample record is a record");
  return std::move(*read);
}

}  // namespace reports::samples
