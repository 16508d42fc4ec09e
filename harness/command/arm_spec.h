#pragma once
// ArmSpec: what `compare` and `gate` are told of a side, in one word:
//
//   daemon/sub/preload          a mode (of the engine)
//   apache, uwsgi               a host
//   apache:daemon/main/lazy     a host and a mode
//   build/old/bin/wsgilab-host  a program of the engine, or a folder with a checkout that has built one
//   venv                        a folder with the applications' Python environment
//   PROGRAM:MODE, VENV:MODE     with a mode
//   out, out/record.jsonl       the record of a run
//
// Fails:   InvalidInput with what it may be.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/base/result.h"
#include "hosts/deployment/modes.h"

namespace harness::command {

struct ArmSpec {
  std::string text;                             // as it was written
  std::optional<std::filesystem::path> record;  // then it is nothing else
  std::optional<std::string> host;
  std::optional<hosts::deployment::Mode> mode;
  std::optional<std::filesystem::path> program;
  std::optional<std::filesystem::path> venv;
};

// `hosts` are the names there are.
[[nodiscard]] hosts::base::Result<ArmSpec> ParseArmSpec(std::string_view text,
                                                        const std::vector<std::string>& hosts);

}  // namespace harness::command
