#pragma once
// Staging:    what is on the stage and what the host is told; checks that ask for the same may share a host.
// KeptHost:   a host that stays, with its stage, for the checks of this process that come after the one that
//             started it.
// HostKeeper: has the few that were asked for last: stops one when there are too many, when a check has failed on
//             it, and all when the last check has ended. What a host leaves behind then fails the check that made
//             it stop, or the program, with words that say whose host it was.
//
// A check that is on a kept host is looked after like one on its own: if the host, or one of its processes, has
// ended, or a sanitizer complained, that check fails, and the next one begins with another host.
//
// Owns:    HostKeeper the kept hosts; GoogleTest the keeper, whose TearDown() comes after the last check.
// Threads: one.
// Fails:   a host that cannot be started ends the check (Need).

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "suites/hosts_under_test/host_under_test.h"
#include "suites/hosts_under_test/stage.h"

namespace suites::hosts_under_test {

struct StagedFile {
  std::string name;
  std::string text;
  bool operator==(const StagedFile&) const = default;
};

struct Staging {
  std::string configuration;
  std::vector<StagedFile> files = {};
  // What a host that reads no directives serves instead: one of the files, at a URL. "": nothing, it is not for them.
  std::string script = {};
  std::string url = {};
  std::string process_group = {};      // "" is embedded
  std::string application_group = {};  // "" is the main interpreter
  bool operator==(const Staging&) const = default;
};

[[nodiscard]] hosts::base::Result<HostUnderTest> StartStaged(const Stage& stage,
                                                             const Staging& staging);

class KeptHost {
 public:
  explicit KeptHost(Staging staging);
  KeptHost(const KeptHost&) = delete;
  KeptHost& operator=(const KeptHost&) = delete;

  [[nodiscard]] const Staging& staging() const { return staging_; }
  [[nodiscard]] const Stage& stage() const { return stage_; }
  [[nodiscard]] HostUnderTest& host() { return host_; }

  void BeginCheck();
  // Whether it runs in the processes that it was started with and no sanitizer has complained since the check
  // began; if not, whatever runs now fails.
  bool IsAsItWas();
  // What was logged since the check began.
  [[nodiscard]] std::string Log() const;
  // Which checks it has served: "the host of 7 checks, from A.B to C.D".
  [[nodiscard]] std::string InWords() const;

 private:
  Staging staging_;
  Stage stage_;
  HostUnderTest host_;
  std::vector<pid_t> processes_;
  size_t log_begin_ = 0;  // of the check that runs, or ran last
  size_t checks_ = 0;     // that it has served
  std::string first_;
  std::string last_;
};

enum class Verdict { Passed, Failed };

class HostKeeper : public testing::Environment {
 public:
  // A check begins: the host that was staged like this, if one is kept, or else another one.
  [[nodiscard]] KeptHost& For(const Staging& staging);
  // The check has ended: fails it for what has become of the host. Behind one that failed the host is stopped.
  void LookAfterCheck(Verdict verdict);
  // Stops all, and fails whatever runs for what they leave behind.
  void Stop();
  void TearDown() override { Stop(); }

 private:
  void StopThe(size_t index);

  std::vector<std::unique_ptr<KeptHost>>
      kept_;  // the one that a check is on, or was on last, comes last
};

// That of this process.
[[nodiscard]] HostKeeper& Keeper();

}  // namespace suites::hosts_under_test
