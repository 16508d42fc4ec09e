#include "harness/run/checks_program.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <signal.h>

#include <sstream>

#include "harness/launch/cell_directory.h"
#include "harness/launch/descendants.h"
#include "harness/launch/keeper.h"
#include "hosts/base/child_process.h"
#include "hosts/base/files.h"
#include "reports/record/json.h"

namespace harness::run {

namespace fs = std::filesystem;
using hosts::base::ChildProcess;
using hosts::base::Deadline;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

namespace {

constexpr std::chrono::milliseconds kGlance{50};

// The lines that a file has grown by since the last look; half a line waits for its other half.
class GrowingFile {
 public:
  explicit GrowingFile(fs::path path) : path_(std::move(path)) {}

  [[nodiscard]] std::vector<std::string> NewLines() {
    std::vector<std::string> lines;
    const auto text = hosts::base::ReadFile(path_);
    if (!text) return lines;
    for (size_t end = text->find('\n', read_); end != std::string::npos;
         end = text->find('\n', read_)) {
      lines.push_back(text->substr(read_, end - read_));
      read_ = end + 1;
    }
    return lines;
  }

 private:
  fs::path path_;
  size_t read_ = 0;
};

Result<void> HandOn(GrowingFile& records, const ChecksObserver& observer) {
  for (const std::string& text : records.NewLines()) {
    auto line = reports::record::ParseLine(text);
    if (!line) return line.error().While("wsgilab-checks wrote a line that is no check");
    if (auto* check = std::get_if<reports::record::Check>(&*line)) {
      observer.finished(std::move(*check));
    }
  }
  return {};
}

Result<ChildProcess> StartProgram(const ChecksOrder& order,
                                  std::vector<std::string> words,
                                  const fs::path& log) {
  if (!fs::exists(order.program)) {
    return Error{ErrorKind::NotFound,
                 fmt::format("there is no {}: build wsgilab-checks", order.program.string())};
  }
  hosts::base::SpawnOptions options;
  options.argv = std::move(words);
  options.argv.insert(options.argv.begin(), order.program.string());
  options.argv.push_back("--host");
  options.argv.push_back(order.host);
  options.environment = order.environment;
  launch::AddKeeperMark(options.environment);
  options.output = log;
  return ChildProcess::Start(std::move(options));
}

std::string FilterWord(const ChecksOrder& order) {
  return "--gtest_filter=" + (order.filter.empty() ? FilterOf(order.suite) : order.filter);
}

// Names may be more than one word of a command can hold: GoogleTest reads its options from a file, too.
Result<std::string> SelectionWord(const ChecksOrder& order, const fs::path& folder) {
  if (!order.only) return FilterWord(order);
  const fs::path file = folder / "only";
  const auto written =
      hosts::base::WriteFile(file, fmt::format("--gtest_filter={}\n", fmt::join(*order.only, ":")));
  if (!written) return written.error();
  return "--gtest_flagfile=" + file.string();
}

Error EndedBadly(const std::string& how, const fs::path& log) {
  return {ErrorKind::System,
          fmt::format("wsgilab-checks: {}: {}", how, fmt::join(launch::LastLines(log, 5), " | "))};
}

struct NamedSuite {
  std::string_view name;
  Suite suite;
  std::string_view filter;  // of GoogleTest
};

constexpr NamedSuite kSuites[] = {
    {"none", Suite::None, "-*"},
    {"isolation", Suite::Isolation, "Isolation*"},
    {"pep3333", Suite::Pep3333, "*/Pep3333*"},
    {"http1", Suite::Http1, "*/Http1*"},
    {"hosting", Suite::Hosting, "Hosting*:Kinds/Hosting*:Interpreter*:Suite/Interpreter*"},
    {"security", Suite::Security, "Security*"},
    {"containment", Suite::Containment, "*/Containment*"},
    {"endurance", Suite::Endurance, "*/Endurance*"},
    {"all", Suite::All, "*"},
};

// One of the programs, with its share.
struct Share {
  ChildProcess program;
  GrowingFile records;
  fs::path log;
  std::optional<hosts::base::ExitStatus> ended = std::nullopt;
};

// What checks put into temporary files lies in `folder`, and goes with it, however they end. Hosts have users of their own, who
// must get through.
Result<fs::path> MakeRoomForStages(const fs::path& folder) {
  const fs::path stages = folder / "stages";
  std::error_code problem;
  fs::create_directory(stages, problem);
  for (const fs::path& path : {folder, stages}) {
    if (!problem) {
      fs::permissions(
          path, fs::perms::group_exec | fs::perms::others_exec, fs::perm_options::add, problem);
    }
  }
  if (problem) return hosts::base::SystemError("make " + stages.string(), problem.value());
  return stages;
}

Result<Share> StartShare(const ChecksOrder& order, const fs::path& folder, int number) {
  const auto stages = MakeRoomForStages(folder);
  if (!stages) return stages.error();
  const fs::path log = folder / fmt::format("log{}", number);
  const fs::path lines = folder / fmt::format("checks{}.jsonl", number);
  ChecksOrder part = order;
  part.environment.emplace_back("GTEST_TOTAL_SHARDS", std::to_string(order.programs));
  part.environment.emplace_back("GTEST_SHARD_INDEX", std::to_string(number));
  std::erase_if(part.environment, [](const auto& variable) { return variable.first == "TMPDIR"; });
  part.environment.emplace_back("TMPDIR", stages->string());
  const auto selection = SelectionWord(order, folder);
  if (!selection) return selection.error();
  auto program = StartProgram(part, {*selection, "--records", lines.string()}, log);
  if (!program) return program.error();
  return Share{std::move(*program), GrowingFile(lines), log};
}

// Those that still run are stopped before their time, and the hosts that they had started with them.
void EndAll(std::vector<Share>& shares) {
  for (Share& share : shares) {
    if (share.ended) continue;
    const auto family = launch::FamilyOf(share.program.pid());
    share.program.Stop();
    for (const launch::ProcessId& process :
         launch::WaitUntilGone(family, Deadline::After(kGlance))) {
      ::kill(process.pid, SIGKILL);
    }
  }
}

// Whether all of them have ended. GoogleTest: 0 all passed, 1 some failed; the lines have said which.
Result<bool> LookAt(std::vector<Share>& shares, const ChecksObserver& observer) {
  bool has_ended = true;
  for (Share& share : shares) {
    if (!share.ended) {
      if (const auto ended = share.program.Wait(Deadline::After(kGlance))) share.ended = *ended;
    }
    if (const auto handed_on = HandOn(share.records, observer); !handed_on)
      return handed_on.error();
    has_ended = has_ended && share.ended;
    const bool is_usual = !share.ended || (!share.ended->signaled && share.ended->value <= 1);
    if (!is_usual) return EndedBadly(share.ended->Text(), share.log);
  }
  return has_ended;
}

}  // namespace

std::optional<Suite> FindSuite(std::string_view name) {
  for (const NamedSuite& suite : kSuites) {
    if (suite.name == name) return suite.suite;
  }
  return std::nullopt;
}

std::string SuitesInWords() {
  std::string words;
  for (const NamedSuite& suite : kSuites)
    words += fmt::format("{}{}", words.empty() ? "" : ", ", suite.name);
  return words;
}

std::string FilterOf(Suite suite) {
  for (const NamedSuite& named : kSuites) {
    if (named.suite == suite) return std::string(named.filter);
  }
  return "-*";
}

Result<void> RunChecks(const ChecksOrder& order, const ChecksObserver& observer) {
  const auto folder = hosts::base::TemporaryDirectory::Make("wsgilab-checks");
  if (!folder) return folder.error();
  if (order.only && order.only->empty()) return {};
  launch::TellKeeper(folder->path());
  if (observer.announced) {
    if (const auto names = ListChecks(order)) observer.announced(static_cast<int>(names->size()));
  }
  std::vector<Share> shares;
  for (int number = 0; number < order.programs; ++number) {
    auto share = StartShare(order, folder->path(), number);
    if (!share) return share.error();
    shares.push_back(std::move(*share));
  }
  const Deadline deadline = Deadline::After(order.within);
  while (true) {
    const auto has_ended = LookAt(shares, observer);
    if (has_ended && *has_ended) return {};
    const bool is_to_end = !has_ended || observer.is_interrupted() || deadline.has_passed();
    if (is_to_end) EndAll(shares);
    if (!has_ended) return has_ended.error();
    if (observer.is_interrupted()) return Error{ErrorKind::Closed, "interrupted"};
    if (is_to_end) {
      return EndedBadly(fmt::format("not finished within {} s", order.within.count()),
                        shares.front().log);
    }
  }
}

Result<std::vector<std::string>> ListChecks(const ChecksOrder& order) {
  const auto folder = hosts::base::TemporaryDirectory::Make("wsgilab-checks");
  if (!folder) return folder.error();
  const fs::path log = folder->path() / "log";
  auto child = StartProgram(order, {FilterWord(order), "--gtest_list_tests"}, log);
  if (!child) return child.error();
  const auto ended = child->Wait(Deadline::After(std::chrono::seconds(30)));
  if (!ended || !ended->is_success()) {
    return EndedBadly(ended ? ended->Text() : ended.error().Text(), log);
  }
  const auto text = hosts::base::ReadFile(log);
  if (!text) return text.error();
  // "Suite." at the margin, "  name  # GetParam() = ..." below it.
  std::vector<std::string> names;
  std::string suite;
  std::istringstream listed(*text);
  for (std::string line; std::getline(listed, line);) {
    line = line.substr(0, line.find('#'));
    while (!line.empty() && line.back() == ' ')
      line.pop_back();
    if (line.empty()) continue;
    if (line.front() != ' ') {
      suite = line.back() == '.' ? line : std::string();
    } else if (!suite.empty()) {
      names.push_back(suite + line.substr(line.find_first_not_of(' ')));
    }
  }
  return names;
}

}  // namespace harness::run
