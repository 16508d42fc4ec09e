#include "harness/adapters/ask_program.h"

#include <fmt/format.h>

#include <cstdlib>

#include "hosts/base/child_process.h"
#include "hosts/base/files.h"

namespace harness::adapters {

namespace fs = std::filesystem;
using hosts::base::Deadline;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

namespace {

constexpr std::chrono::seconds kProbeWithin{20};

}  // namespace

Result<std::string> AskProgram(const fs::path& program,
                               const Environment& environment,
                               const std::vector<std::string>& words) {
  const auto directory = hosts::base::TemporaryDirectory::Make("wsgilab-probe");
  if (!directory) return directory.error();
  const fs::path answer = directory->path() / "answer";
  hosts::base::SpawnOptions options;
  options.argv = {program.string()};
  options.argv.insert(options.argv.end(), words.begin(), words.end());
  options.environment = environment;
  options.output = answer;
  auto child = hosts::base::ChildProcess::Start(std::move(options));
  if (!child) return child.error();
  const auto status = child->Wait(Deadline::After(kProbeWithin));
  if (!status) return status.error();
  auto text = hosts::base::ReadFile(answer);
  if (!text) return text.error();
  if (!status->is_success()) {
    return Error{ErrorKind::Unsupported, fmt::format("{}: {}", status->Text(), *text)};
  }
  return text;
}

fs::path ProgramFromEnvironment(const char* name, const fs::path& otherwise) {
  const char* told = std::getenv(name);
  return told == nullptr || *told == '\0' ? otherwise : fs::absolute(told);
}

}  // namespace harness::adapters
