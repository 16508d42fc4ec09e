#include "suites/hosts_under_test/check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "hosts/base/check.h"
#include "suites/client/transcript.h"
#include "suites/hosts_under_test/kept_host.h"

namespace suites::hosts_under_test {

using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

namespace {

constexpr size_t kLogTail = 3000;

bool named_only = false;  // set before the first check
// What the host said when it could not serve; nothing as long as it can.
std::optional<std::string> unusable_since;
bool is_known_to_answer = false;
bool has_host = false;  // the check that runs has been given one

// A check that could not be made is no verdict on the host, unless the host's silence is one.
std::string_view OutcomeOf(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::Timeout:
      return "timed_out";
    case ErrorKind::Closed:
      return "crashed";
    case ErrorKind::InvalidInput:
      return "failed";
    default:
      return "error";
  }
}

// Fatal, so that a check that ends in SetUp() has no body.
void Fail(const Error& error) {
  FAIL() << error.Text();
}

void Skip(const std::string& why) {
  GTEST_SKIP() << why;
}

// GoogleTest knows this one as something that was reported already.
[[noreturn]] void End(testing::TestPartResult::Type type, const std::string& text) {
  throw testing::AssertionException(
      testing::TestPartResult(type, __FILE__, __LINE__, text.c_str()));
}

Result<HostUnderTest> StartSimplest(const Stage& stage) {
  if (ReadsDirectives()) return HostUnderTest::Start(stage, "");
  const auto script = stage.Write("simplest.wsgi",
                                  "def application(environ, start_response):\n"
                                  "    start_response('200 OK', [('Content-Length', '0')])\n"
                                  "    return []\n");
  if (!script) return script.error();
  harness::adapters::ServedDeployment deployment;
  deployment.scripts.emplace_back();
  deployment.scripts.back().script = *script;
  return HostUnderTest::Start(stage, deployment);
}

// Directives and options come with versions of mod_wsgi; what an older one does not know, it cannot do wrong.
bool IsUnknownToIt(std::string_view said) {
  constexpr std::string_view kSigns[] = {
      "Invalid command '", "Invalid option to WSGI", "Unrecognized LogFormat directive"};
  return std::ranges::any_of(
      kSigns, [&](std::string_view sign) { return said.find(sign) != std::string_view::npos; });
}

// A check did not get what it needs of the host. Does it start at all, and answer anything? Asked once; whoever has
// answered, or served a check that passed, is not asked again. A failure that finds it useless is never an expected one
// (suites/checks): what comes behind it says nothing.
void FindOutWhetherItServes(const Error& error) {
  if (unusable_since || is_known_to_answer) return;
  auto stage = Stage::Make();
  if (!stage) return;
  auto simplest = StartSimplest(*stage);
  std::optional<std::string> why;
  if (simplest) {
    const auto answer = simplest->NewClient().Get("/");
    if (!answer) why = answer.error().Text();
    simplest->Kill();
  } else {
    why = simplest.error().Text();
  }
  is_known_to_answer = !why;
  if (!why) return;
  unusable_since = fmt::format("{} (first seen as: {})", *why, error.Text());
  testing::Test::RecordProperty("host", "unusable");
}

}  // namespace

void EndCheck(const Error& error) {
  FindOutWhetherItServes(error);
  Fail(error);
  testing::Test::RecordProperty("outcome", std::string(OutcomeOf(error.kind)));
  testing::Test::RecordProperty("reason", error.Text());
  End(testing::TestPartResult::kFatalFailure, error.Text());
}

void NotApplicable(const std::string& why) {
  testing::Test::RecordProperty("outcome", "not_applicable");
  Skip(why);
  End(testing::TestPartResult::kSkip, why);
}

void EndUnlessEngine(std::string_view what) {
  if (IsEngineChosen()) return;
  NotApplicable(fmt::format("{} is wsgilab-host's own", what));
}

void EndIfFilesAreNotOurs() {
  if (const auto why = WhyFilesAreNotOurs()) NotApplicable(*why);
}

void EndIfModWsgiIsOlderThan(int major) {
  const auto its = MajorOfModWsgi();
  if (its && *its < major) {
    NotApplicable(fmt::format("it came with mod_wsgi {}, and this is {}", major, *its));
  }
}

HostUnderTest NeedHost(Result<HostUnderTest> started) {
  if (started) {
    has_host = true;
    return std::move(*started);
  }
  const Error& error = started.error();
  if (error.kind == ErrorKind::Unsupported) NotApplicable(error.Text());
  if (!IsEngineChosen() && IsUnknownToIt(error.message)) NotApplicable(error.message);
  FindOutWhetherItServes(error);
  Fail(error);
  testing::Test::RecordProperty("outcome", "setup_failed");
  testing::Test::RecordProperty("reason", error.Text());
  End(testing::TestPartResult::kFatalFailure, error.Text());
}

void EndIfHostIsUnusable() {
  if (!unusable_since) return;
  Skip("the host cannot serve at all: " + *unusable_since);
  testing::Test::RecordProperty("outcome", "dependency_failed");
  End(testing::TestPartResult::kSkip, "the host cannot serve at all");
}

void NameChecksOnly() {
  named_only = true;
}
bool AreChecksNamedOnly() {
  return named_only;
}
void EndIfNamedOnly() {
  if (!named_only) return;
  Skip("it was to be named only");
  End(testing::TestPartResult::kSkip, "named");
}

void StopAndLookAfter(HostUnderTest& host, Crashes crashes) {
  if (!IsEngineChosen()) {  // how others end is for the checks of that; it may take them many seconds
    host.Kill();
    return;
  }
  const auto report = host.Stop();
  EXPECT_TRUE(report.left_behind.empty())
      << fmt::format("the host left behind: {}", fmt::join(report.left_behind, "; "));
  const std::string log = host.Log();
  if (crashes == Crashes::Unexpected) {
    EXPECT_TRUE(report.status.is_success()) << "the host ended with " << report.status.Text();
    const auto reports = SanitizerReports(log);
    EXPECT_TRUE(reports.empty()) << fmt::format("{}", fmt::join(reports, "\n"));
  }
  if (testing::Test::HasFailure()) {
    ADD_FAILURE() << "the end of the host's log:\n"
                  << log.substr(log.size() - std::min(log.size(), kLogTail));
  }
}

void Check::SetUp() {
  EndIfHostIsUnusable();
  client::ClearTranscript();
  has_host = false;
  stage_ = std::make_unique<Stage>(Need(Stage::Make()));
}

void Check::TearDown() {
  if (HasFailure()) RecordProperty("transcript", client::Transcript());
  LookAfterHost();
  if (has_host && !HasFailure() && !IsSkipped()) is_known_to_answer = true;
  stage_.reset();
}

void Check::LookAfterHost() {
  if (host_) StopAndLookAfter(*host_, crashes_);
  host_.reset();
  if (std::exchange(kept_, nullptr) == nullptr) return;
  Keeper().LookAfterCheck(HasFailure() ? Verdict::Failed : Verdict::Passed);
}

const Stage& Check::stage() const {
  return kept_ == nullptr ? *stage_ : kept_->stage();
}

HostUnderTest& Check::host() const {
  return kept_ == nullptr ? *host_ : kept_->host();
}

std::string Check::Log() const {
  return kept_ == nullptr ? host_->Log() : kept_->Log();
}

void Check::About(const Subject& subject) const {
  RecordProperty("suite", std::string(suite_));
  RecordProperty("rule", std::string(subject.rule));
  RecordProperty("level", subject.level == Level::Must ? "must" : "should");
  RecordProperty("mode", subject.mode);
  RecordProperty("title", std::string(subject.title));
  RecordProperty("expected", std::string(subject.expected));
  EndIfNamedOnly();
  if (!own_.empty()) EndUnlessEngine(own_);
}

void Check::Found(std::string_view observed, std::string_view detail) {
  RecordProperty("observed", std::string(observed));
  if (!detail.empty()) RecordProperty("detail", std::string(detail));
}

HostUnderTest& Check::Serve(std::string configuration) {
  LookAfterHost();
  host_ = std::make_unique<HostUnderTest>(
      NeedHost(HostUnderTest::Start(*stage_, std::move(configuration))));
  return *host_;
}

HostUnderTest& Check::Serve(const harness::adapters::ServedDeployment& deployment) {
  LookAfterHost();
  host_ = std::make_unique<HostUnderTest>(NeedHost(HostUnderTest::Start(*stage_, deployment)));
  return *host_;
}

HostUnderTest& Check::Serve(const Staging& staging) {
  LookAfterHost();
  for (const StagedFile& file : staging.files)
    (void)Need(stage_->Write(file.name, file.text));
  host_ = std::make_unique<HostUnderTest>(NeedHost(StartStaged(*stage_, staging)));
  return *host_;
}

HostUnderTest& Check::ServeShared(const Staging& staging) {
  LookAfterHost();
  kept_ = &Keeper().For(staging);
  has_host = true;
  return kept_->host();
}

harness::launch::StopReport Check::StopHost() {
  CHECK(host_, "a host that is shared is stopped by its keeper");
  auto report = host_->Stop();
  host_.reset();
  return report;
}

}  // namespace suites::hosts_under_test
