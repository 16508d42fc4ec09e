#include <algorithm>
#include <string>
#include <variant>

#include "reports/samples/sample_cells.h"
#include "reports/samples/sample_experiments.h"
#include "reports/samples/sample_lines.h"
#include "reports/samples/samples.h"

namespace reports::samples {

using record::CellOutcome;
using record::CheckOutcome;
using record::Line;

namespace {

// An experiment and a micro-benchmark in which everything that is a text is one of these.
std::vector<Line> HostileComparison(const std::string& everything, const std::string& long_text) {
  std::vector<Line> lines;
  for (Line& line : SampleExperiments()) {
    if (auto* plan = std::get_if<record::Experiment>(&line)) {
      plan->experiment += everything;
      for (record::Arm& arm : plan->arms) {
        arm.name += everything;
        arm.host = arm.mode = arm.program = everything;
        arm.app = everything;
      }
    } else if (auto* sample = std::get_if<record::Sample>(&line)) {
      sample->experiment += everything;
      sample->arm += everything;
      if (sample->problem) sample->problem = everything;
    }
    lines.push_back(std::move(line));
  }
  record::Micro micro;
  micro.name = everything;
  micro.program = micro.problem = long_text;
  micro.real_ns = 5;
  lines.emplace_back(micro);
  return lines;
}

}  // namespace

std::vector<Line> HostileRun(std::size_t long_bytes) {
  const std::string script = "</script></style></title><script>window.broken=1</script>";
  const std::string image = "\"'><img src=x onerror=\"window.broken=1\">";
  const std::string control =
      std::string("nul\0bell\x07 esc\x1b[31m", 16) + "\u2028\u2029\u202E\u0085";
  const std::string markup = "<!-- --> ]]> &lt; &amp; &#x3c;script&#x3e; ${7*7} {{7*7}}";
  const std::string everything = script + image + control + markup;
  const std::string long_text(long_bytes, '<');

  std::vector<Line> lines = CompleteRun();
  auto& header = std::get<record::Header>(lines.front());
  header.run = header.command = header.profile = everything;
  header.revision = script;
  header.machine.cpu = header.machine.kernel = header.machine.distribution = everything;
  header.machine.fingerprint = header.machine.noise->word = everything;
  header.machine.facts = {everything, long_text};
  header.hosts[0].name = image;
  header.hosts[0].version = long_text;
  header.hosts[0].deviations = {{everything, image, "`" + script + "`", control, markup},
                                {long_text, long_text, long_text, "`" + long_text, long_text}};

  const std::string app = "app" + everything;
  SampleApp hostile = SampleApps()[0];
  hostile.name = app;
  hostile.first_page_ms = 5;  // so that its first requests import modules of its name
  hostile.title = long_text;
  hostile.tour = {everything, long_text};
  header.plan.apps = {app, "hello"};
  header.plan.modes = {"embedded/main/lazy", everything};
  std::ranges::move(SampleCell(SampleModes()[0], hostile, 1), std::back_inserter(lines));
  auto& cell = std::get<record::Cell>(lines.back());
  cell.outcome = CellOutcome::Crashed;
  cell.reason = everything + long_text;
  cell.log_tail = std::vector<std::string>(3000, everything);
  cell.log_tail.push_back(long_text);
  cell.reproduce = everything;
  auto& placement = LineAbout<record::Placement>(lines, cell.cell);
  placement.agrees = false;
  placement.differences = {everything, long_text};
  placement.found.application_group = everything;

  for (Line& line : lines) {
    auto* check = std::get_if<record::Check>(&line);
    if (check == nullptr || check->probe != "cwd") continue;
    check->title = check->check = check->mode = everything;
    check->pairing = *check->pairing + everything;
    check->probe = everything;
    check->expected = check->observed = check->detail = check->reproduce = everything;
    check->rule = image;
    check->settings_asked = script;
    check->settings_served = image;
  }
  for (Line& line : lines) {
    auto* interference = std::get_if<record::Interference>(&line);
    if (interference == nullptr) continue;
    interference->host = everything;
    interference->arrangement = interference->kind = everything + interference->kind;
    interference->beside.state = record::GeneratorState::Unverified;
    interference->beside.reason = everything;
  }
  std::ranges::move(HostileComparison(everything, long_text), std::back_inserter(lines));
  for (const std::string& host : {std::string("engine"), everything}) {
    record::Check check;
    check.suite = check.check = check.title = everything + "|;";
    check.host = host;
    check.mode = "main";
    check.outcome = host == "engine" ? CheckOutcome::Passed : CheckOutcome::Failed;
    if (host == "engine") check.transcript = everything + long_text;
    lines.emplace_back(check);
  }
  lines.emplace_back(record::NotMeasured{everything, long_text});
  lines.emplace_back(record::Rule{.name = everything,
                                  .expect = long_text,
                                  .standing = record::RuleStanding::Broken,
                                  .evidence = {everything, long_text},
                                  .where = everything});
  lines.emplace_back(FooterOf(lines, 1, everything));
  record::Subject subject;
  subject.app = app;
  subject.script = subject.callable = everything;
  subject.project = subject.venv = subject.mount = subject.server_name = everything;
  subject.environment = subject.requests = {everything, long_text};
  subject.reference = "daemon/main/lazy";
  lines.emplace_back(subject);
  record::Replay replay;
  replay.app = app;
  replay.arrangement = "daemon/main/lazy";
  replay.outcome = record::ReplayOutcome::Differs;
  replay.request = replay.detail.emplace(everything);
  replay.log_tail = {everything, long_text};
  lines.emplace_back(replay);
  replay.arrangement = "as configured";
  lines.emplace_back(replay);
  record::Import import;
  import.app = app;
  import.distribution = import.version = everything;
  import.interpreter = "main";
  import.outcome = record::ImportOutcome::Fails;
  import.is_used = true;
  import.module = import.error = everything;
  import.extensions = {{ everything, long_text }};
  lines.emplace_back(import);
  return lines;
}

}  // namespace reports::samples
