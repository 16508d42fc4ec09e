#pragma once
// Check: what every check is made of: a stage, a host on it, and what the record will say.
// Need:  the value of a Result, or the end of the check with its error as the reason.
//
// Everything that About() and Found() are told is kept as GoogleTest's properties of the test, from
// which suites/checks writes the record. The host is stopped after every check; a process, socket or
// sanitizer report that it leaves behind fails the check that used it. Where starting a host is all that a check
// would wait for, and it leaves the host as it was, it may share one (ServeShared, kept_host.h).

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "hosts/base/result.h"
#include "suites/hosts_under_test/host_under_test.h"
#include "suites/hosts_under_test/probe.h"
#include "suites/hosts_under_test/stage.h"

namespace suites::hosts_under_test {

class KeptHost;
struct Staging;

enum class Level { Must, Should };

struct Subject {
  std::string_view rule;      // "LOAD-10"
  std::string_view title;     // what is checked, as a sentence
  std::string_view expected;  // what the rule says
  std::string mode = {};      // "daemon/main/lazy", or as much of it as matters
  Level level = Level::Must;
};

// Ends the check: fails it with the error, whose kind decides the outcome that is recorded.
[[noreturn]] void EndCheck(const hosts::base::Error& error);

template <typename T>
[[nodiscard]] T Need(hosts::base::Result<T> result) {
  if (!result) EndCheck(result.error());
  return std::move(*result);
}
inline void Need(const hosts::base::Result<void>& result) {
  if (!result) EndCheck(result.error());
}

// Ends the check, as one that the host is not held to.
[[noreturn]] void NotApplicable(const std::string& why);
// Ends the check so on any other host than the engine: `what` is the engine's own ("its status page"), and nothing else is
// looked at.
void EndUnlessEngine(std::string_view what);
// Ends it so on an engine of a leg (chosen_host.h).
void EndIfFilesAreNotOurs();
// Ends it so on an Apache whose mod_wsgi is older: what is looked at came with this major version.
void EndIfModWsgiIsOlderThan(int major);

// The host, or the end of the check, which is then `setup_failed`. If the host cannot serve at all, the checks that come next
// end as `dependency_failed`: one cause is one failure.
[[nodiscard]] HostUnderTest NeedHost(hosts::base::Result<HostUnderTest> started);
// Ends the check if it has been found that the host cannot serve at all.
void EndIfHostIsUnusable();

[[nodiscard]] inline hosts::base::Deadline Soon() {
  return hosts::base::Deadline::After(client::Patience());
}

// From now on a check ends when it has said what it is About(): nothing is started, nothing is verified. So a program
// can tell which rules it holds hosts to.
void NameChecksOnly();
[[nodiscard]] bool AreChecksNamedOnly();
// Ends the check, as skipped, if it was to be named only.
void EndIfNamedOnly();

// What a host that does wrong may leave out, if a check crashes it on purpose.
enum class Crashes { Unexpected, OnPurpose };

// Stops the host and fails the running test for everything that it left behind.
void StopAndLookAfter(HostUnderTest& host, Crashes crashes);

class Check : public ::testing::Test {
 protected:
  // `own`: what is the engine's own in these checks ("its status page"); on other hosts About() ends them as not applicable.
  explicit Check(std::string_view suite, std::string_view own = {}) : suite_(suite), own_(own) {}
  void SetUp() override;
  void TearDown() override;

  void About(const Subject& subject) const;
  static void Found(std::string_view observed, std::string_view detail = "");

  [[nodiscard]] const Stage& stage() const;
  // Starts the host of this check, after stopping the one before.
  HostUnderTest& Serve(std::string configuration);
  HostUnderTest& Serve(const harness::adapters::ServedDeployment& deployment);
  HostUnderTest& Serve(const Staging& staging);
  // A host on a stage of its own, which it shares with the checks of this process that ask for the same.
  HostUnderTest& ServeShared(const Staging& staging);
  [[nodiscard]] HostUnderTest& host() const;
  // What the host has logged since this check began.
  [[nodiscard]] std::string Log() const;
  // Of a host of its own.
  harness::launch::StopReport StopHost();
  void WillCrash() { crashes_ = Crashes::OnPurpose; }

 private:
  void LookAfterHost();

  std::string_view suite_;
  std::string_view own_;
  std::unique_ptr<Stage> stage_;
  std::unique_ptr<HostUnderTest> host_;
  KeptHost* kept_ = nullptr;  // the keeper's
  Crashes crashes_ = Crashes::Unexpected;
};

}  // namespace suites::hosts_under_test
