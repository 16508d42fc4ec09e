#include <random>
#include <string_view>

#include "reports/samples/samples.h"

namespace reports::samples {

namespace {

class Texts {
 public:
  explicit Texts(std::uint32_t seed) : random_(seed) {}

  std::size_t Below(std::size_t limit) { return random_() % limit; }

  // Up to some forty pieces; now and then a long one.
  std::string Some() {
    static constexpr std::string_view kPieces[] = {"\n",
                                                   "\r\n",
                                                   "\t",
                                                   "\0",
                                                   "\x1b[31m",
                                                   "<",
                                                   ">",
                                                   "&",
                                                   "\"",
                                                   "'",
                                                   "]]>",
                                                   "<!--",
                                                   "-->",
                                                   "`",
                                                   "```",
                                                   "~~~~",
                                                   "|",
                                                   "\\",
                                                   "*",
                                                   "_",
                                                   "[a](b)",
                                                   "![",
                                                   "](",
                                                   "@name",
                                                   "#12",
                                                   "!3",
                                                   "://",
                                                   "http://x.",
                                                   "www.",
                                                   "<b>",
                                                   "</details>",
                                                   "::error::",
                                                   "::",
                                                   "%0A",
                                                   "%",
                                                   ",",
                                                   "=1+1",
                                                   "+1",
                                                   "-1",
                                                   "@SUM(1)",
                                                   "ü",
                                                   "\xe2\x80\xae",
                                                   "\u2028",
                                                   "\uFFFE",
                                                   "\xff",
                                                   "\xc3",
                                                   "\xed\xa0\x80",
                                                   "$$",
                                                   "/close",
                                                   "&#64;",
                                                   "&commat;",
                                                   " ",
                                                   "a",
                                                   "plain",
                                                   "1",
                                                   "\f",
                                                   "$(id)",
                                                   "{{7*7}}",
                                                   ":",
                                                   "\U0001F600"};
    std::string text;
    const std::size_t pieces = Below(40);
    for (std::size_t piece = 0; piece < pieces; ++piece) {
      if (Below(3) == 0) {
        text += static_cast<char>(Below(256));
      } else {
        const std::string_view one = kPieces[Below(std::size(kPieces))];
        text += one.empty() ? std::string(1, '\0') : std::string(one);
      }
    }
    if (Below(60) == 0) text += std::string(100'000, "<&`|\n\x01"[Below(6)]);
    return text;
  }

  std::optional<std::string> Perhaps() {
    if (Below(4) == 0) return std::nullopt;
    return Some();
  }
  double Number() {
    static constexpr double kNumbers[] = {0, 1, -1, 0.1, 1e-300, 1e300, 12345.678, 3};
    return kNumbers[Below(std::size(kNumbers))];
  }

 private:
  std::mt19937 random_;
};

template <typename Enum>
Enum Any(Texts& texts) {
  return static_cast<Enum>(texts.Below(record::Words<Enum>().size()));
}

record::Header AnyHeader(Texts& texts) {
  record::Header header;
  header.run = texts.Some();
  header.started_at = texts.Number() * 1e9;
  header.command = texts.Some();
  header.profile = texts.Some();
  header.revision = texts.Perhaps();
  header.machine.cpu = texts.Some();
  header.machine.kernel = texts.Some();
  header.machine.distribution = texts.Some();
  header.machine.fingerprint = texts.Perhaps();
  header.hosts = {{texts.Some(), texts.Some(), texts.Perhaps(), texts.Perhaps(), {}},
                  {"engine", texts.Some(), texts.Perhaps(), texts.Perhaps(), {}}};
  header.plan.cells = {texts.Some(), texts.Some() + "/" + texts.Some()};
  header.plan.apps = {texts.Some()};
  header.plan.modes = {texts.Some()};
  return header;
}

void AddCell(Texts& texts, record::Record& record) {
  record::Cell cell;
  cell.host = texts.Some();
  cell.process = texts.Some();
  cell.interpreter = texts.Some();
  cell.loading = texts.Some();
  cell.app = texts.Some();
  cell.cell = texts.Below(2) == 0 ? texts.Some()
                                  : cell.host + "/" + cell.process + "/" + cell.interpreter + "/" +
                                        cell.loading + "/" + cell.app;
  cell.title = texts.Some();
  cell.outcome = Any<record::CellOutcome>(texts);
  cell.reason = texts.Perhaps();
  cell.seconds = texts.Number();
  cell.log_tail = {texts.Some(), texts.Some()};
  cell.reproduce = texts.Perhaps();
  record::Placement placement;
  placement.cell = cell.cell;
  placement.differences = {texts.Some()};
  record::Load load;
  load.cell = cell.cell;
  load.loop = Any<record::Loop>(texts);
  load.done = 1000;
  load.latency_us.p50 = texts.Number();
  load.latency_us.p99 = texts.Number();
  load.requests_per_s = texts.Number();
  load.generator.state = Any<record::GeneratorState>(texts);
  load.generator.reason = texts.Perhaps();
  record::Startup startup;
  startup.cell = cell.cell;
  startup.first_request_ms = texts.Number();
  Add(record, std::move(cell));
  Add(record, std::move(placement));
  Add(record, std::move(load));
  Add(record, std::move(startup));
}

record::Check AnyCheck(Texts& texts) {
  record::Check check;
  check.suite = texts.Below(2) == 0 ? "hosting" : texts.Some();
  check.check = texts.Some();
  check.host = texts.Perhaps();
  check.rule = texts.Perhaps();
  check.level = Any<record::Level>(texts);
  check.mode = texts.Some();
  check.title = texts.Some();
  check.expected = texts.Perhaps();
  check.observed = texts.Perhaps();
  check.outcome = Any<record::CheckOutcome>(texts);
  check.detail = texts.Perhaps();
  check.ms = texts.Number();
  check.reproduce = texts.Perhaps();
  check.transcript = texts.Perhaps();
  check.probe = texts.Perhaps();
  check.pairing = texts.Perhaps();
  check.settings_asked = texts.Perhaps();
  check.settings_served = texts.Perhaps();
  return check;
}

void AddExperiment(Texts& texts, record::Record& record) {
  record::Experiment plan;
  plan.experiment = texts.Some();
  plan.blocks = 8;
  plan.margin = 0.02;
  plan.alpha = 0.05;
  for (const record::ArmRole role : {record::ArmRole::Baseline, record::ArmRole::Candidate}) {
    plan.arms.push_back({texts.Some() + std::string(Name(role)),
                         role,
                         texts.Some(),
                         texts.Some(),
                         texts.Some(),
                         texts.Some(),
                         texts.Perhaps(),
                         {}});
  }
  for (int block = 1; block <= plan.blocks; ++block) {
    for (const record::Arm& arm : plan.arms) {
      record::Sample sample;
      sample.experiment = plan.experiment;
      sample.block = block;
      sample.arm = arm.name;
      sample.values = {{"latency_p50_us", 100 + texts.Number()}, {texts.Some(), texts.Number()}};
      if (texts.Below(9) == 0) sample.problem = texts.Some();
      Add(record, sample);
    }
  }
  Add(record, std::move(plan));
}

}  // namespace

record::Record AnyBytes(std::uint32_t seed) {
  Texts texts(seed);
  record::Record record;
  record.header = AnyHeader(texts);
  for (std::size_t left = 1 + texts.Below(4); left > 0; --left)
    AddCell(texts, record);
  for (std::size_t left = texts.Below(12); left > 0; --left)
    Add(record, AnyCheck(texts));
  if (texts.Below(2) == 0) AddExperiment(texts, record);
  record::Micro micro;
  micro.name = texts.Some();
  micro.program = texts.Perhaps();
  micro.real_ns = texts.Number();
  micro.problem = texts.Perhaps();
  Add(record, std::move(micro));
  Add(record, record::NotMeasured{texts.Some(), texts.Some()});
  for (std::size_t left = texts.Below(4); left > 0; --left) {
    Add(record,
        record::Rule{.name = texts.Some(),
                     .expect = texts.Some(),
                     .standing = Any<record::RuleStanding>(texts),
                     .evidence = {texts.Some(), texts.Some()},
                     .where = texts.Perhaps()});
  }
  record.problems = {texts.Some()};
  return record;
}

}  // namespace reports::samples
