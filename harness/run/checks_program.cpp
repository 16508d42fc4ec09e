#include "harness/run/checks_program.h"

#include <fmt/format.h>

#include <sstream>

#include "harness/launch/cell_directory.h"
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
  options.argv.push_back("--gtest_filter=" + FilterOf(order.suite));
  options.environment = order.environment;
  options.output = log;
  return ChildProcess::Start(std::move(options));
}

Error EndedBadly(const std::string& how, const fs::path& log) {
  return {ErrorKind::System,
          fmt::format("wsgilab-checks: {}: {}", how, fmt::join(launch::LastLines(log, 5), " | "))};
}

}  // namespace

std::optional<Suite> FindSuite(std::string_view name) {
  if (name == "none") return Suite::None;
  if (name == "isolation") return Suite::Isolation;
  if (name == "hosting") return Suite::Hosting;
  if (name == "all") return Suite::All;
  return std::nullopt;
}

std::string FilterOf(Suite suite) {
  switch (suite) {
    case Suite::Isolation:
      return "Isolation*";
    case Suite::Hosting:
      return "Hosting*";
    case Suite::All:
      return "*";
    case Suite::None:
      break;
  }
  return "-*";
}

Result<void> RunChecks(const ChecksOrder& order, const ChecksObserver& observer) {
  const auto folder = hosts::base::TemporaryDirectory::Make("wsgilab-checks");
  if (!folder) return folder.error();
  if (const auto names = ListChecks(order)) observer.announced(static_cast<int>(names->size()));
  const fs::path log = folder->path() / "log";
  const fs::path lines = folder->path() / "checks.jsonl";
  auto child = StartProgram(order, {"--records", lines.string()}, log);
  if (!child) return child.error();
  GrowingFile records(lines);
  const Deadline deadline = Deadline::After(order.within);
  while (true) {
    const auto ended = child->Wait(Deadline::After(kGlance));
    if (const auto handed_on = HandOn(records, observer); !handed_on) return handed_on;
    if (ended) {
      // GoogleTest: 0 all passed, 1 some failed; the lines have said which.
      const bool is_usual = !ended->signaled && (ended->value == 0 || ended->value == 1);
      return is_usual ? Result<void>() : EndedBadly(ended->Text(), log);
    }
    if (observer.is_interrupted()) return Error{ErrorKind::Closed, "interrupted"};
    if (deadline.has_passed()) {
      return EndedBadly(fmt::format("not finished within {} s", order.within.count()), log);
    }
  }
}

Result<std::vector<std::string>> ListChecks(const ChecksOrder& order) {
  const auto folder = hosts::base::TemporaryDirectory::Make("wsgilab-checks");
  if (!folder) return folder.error();
  const fs::path log = folder->path() / "log";
  auto child = StartProgram(order, {"--gtest_list_tests"}, log);
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
