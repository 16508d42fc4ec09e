#include "harness/command/arm_spec.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>

namespace harness::command {

namespace fs = std::filesystem;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

namespace {

// The engine that a checkout has built, the one for speed first.
Result<fs::path> ProgramOfCheckout(const fs::path& checkout) {
  for (const char* preset : {"release", "dev"}) {
    fs::path program = checkout / "build" / preset / "bin" / "wsgilab-host";
    if (fs::exists(program)) return program;
  }
  return Error{
      ErrorKind::NotFound,
      fmt::format("{} has no build/release/bin/wsgilab-host: build it there with cmake "
                  "--preset release && cmake --build --preset release --target wsgilab-host",
                  checkout.string())};
}

bool IsCheckout(const fs::path& folder) {
  return fs::exists(folder / "CMakeLists.txt") && fs::is_directory(folder / "hosts");
}

// Takes the path for what it is; false: for nothing that we know.
Result<bool> TakePath(const fs::path& path, ArmSpec& spec) {
  std::error_code problem;
  const fs::path whole = fs::absolute(path, problem).lexically_normal();
  if (fs::is_directory(whole, problem)) {
    if (fs::exists(whole / "record.jsonl")) {
      spec.record = whole / "record.jsonl";
    } else if (fs::exists(whole / "bin" / "python")) {
      spec.venv = whole;
    } else if (IsCheckout(whole)) {
      auto program = ProgramOfCheckout(whole);
      if (!program) return program.error();
      spec.program = std::move(*program);
    } else {
      return false;
    }
    return true;
  }
  if (!fs::is_regular_file(whole, problem)) return false;
  if (whole.extension() == ".jsonl") {
    spec.record = whole;
  } else if (::access(whole.c_str(), X_OK) == 0) {
    spec.program = whole;
  } else {
    return false;
  }
  return true;
}

}  // namespace

Result<ArmSpec> ParseArmSpec(std::string_view text, const std::vector<std::string>& hosts) {
  ArmSpec spec;
  spec.text = text;
  std::string_view rest = text;
  if (spec.mode = hosts::deployment::ParseMode(rest); spec.mode) return spec;
  if (const size_t colon = rest.rfind(':'); colon != std::string_view::npos) {
    spec.mode = hosts::deployment::ParseMode(rest.substr(colon + 1));
    if (spec.mode) rest = rest.substr(0, colon);
  }
  if (std::ranges::find(hosts, rest) != hosts.end()) {
    spec.host = std::string(rest);
    return spec;
  }
  const auto is_path = TakePath(fs::path(rest), spec);
  if (!is_path) return is_path.error();
  if (*is_path && !(spec.record && spec.mode)) return spec;
  return Error{
      ErrorKind::InvalidInput,
      fmt::format("'{}' is nothing to compare: name a mode (daemon/main/lazy), a host ({}), "
                  "host:mode, a wsgilab-host program, a checkout that has built one, a venv, or a "
                  "run's record",
                  text,
                  fmt::join(hosts, ", "))};
}

}  // namespace harness::command
