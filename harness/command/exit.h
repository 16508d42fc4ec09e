#pragma once
// Exit codes of wsgilab (DESIGN.md, "The command line") and the one line that an error is.

#include <string_view>

#include "hosts/base/result.h"

namespace harness::command {

constexpr int kPass = 0;
constexpr int kFailed = 1;
constexpr int kMisuse = 2;
constexpr int kInconclusive = 3;
constexpr int kNothingMatched = 4;
constexpr int kHarnessFault = 70;
constexpr int kBadConfiguration = 78;
constexpr int kThresholdBroken = 99;
constexpr int kInterrupted = 130;

// "wsgilab: what: why" on standard error; returns the exit code.
int Complain(std::string_view text, int exit_code);
// InvalidInput and NotFound are the caller's slip (2), everything else is ours (70).
int Complain(const hosts::base::Error& error);

}  // namespace harness::command
