#include "suites/isolation/discovery.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "hosts/base/check.h"
#include "hosts/base/files.h"
#include "suites/hosts_under_test/chosen_host.h"
#include "suites/isolation/expectations.h"

namespace suites::isolation {

namespace fs = std::filesystem;
using harness::adapters::GroupsBy;
using harness::adapters::ServedScript;
using hosts_under_test::HostUnderTest;
using hosts_under_test::IsEngineChosen;
using hosts_under_test::Need;
using hosts_under_test::NeedHost;
using hosts_under_test::Stage;

namespace {

constexpr std::string_view kMeasuredWith = "3.11";
constexpr std::string_view kStagePlace = "{stage}";

// As the embedded one of that name, in a daemon group.
Pairing InOneGroup(std::string_view name, std::string_view title, const char* embedded) {
  Pairing pairing = PairingNamed(embedded);
  pairing.name = name;
  pairing.title = title;
  pairing.mode = pairing.b.application_group.empty() ? "daemon/main/preload" : "daemon/sub/preload";
  for (Seat* seat : {&pairing.a, &pairing.b, &pairing.c})
    seat->process_group = "one";
  return pairing;
}

std::string OnStage(std::string directive, const Stage& stage) {
  for (size_t at = 0; (at = directive.find(kStagePlace, at)) != std::string::npos;)
    directive.replace(at, kStagePlace.size(), stage.path().string());
  return directive;
}

ServedScript Served(const Seat& seat, const char* url, fs::path script, bool is_preloaded) {
  ServedScript served;
  served.url = url;
  served.script = std::move(script);
  served.process_group = seat.process_group;
  served.application_group = seat.application_group;
  served.has_own_gil = seat.has_own_gil;
  served.groups_by = is_preloaded ? GroupsBy::BothOptions : GroupsBy::Directives;
  return served;
}

fs::path PutScript(const Stage& stage, const std::string& name, const std::string& text) {
  const fs::path script =
      text.empty() ? Need(stage.Copy("probe.wsgi", name)) : Need(stage.Write(name, text));
  fs::permissions(script.parent_path(),
                  fs::perms::all);  // it notes its events there, whoever it runs as
  const fs::path events = script.parent_path() / "events.jsonl";
  if (!fs::exists(events)) Need(hosts::base::WriteFile(events, ""));
  fs::permissions(events, fs::perms::all);
  return script;
}

void CopyLibrary(const Stage& stage) {
  fs::create_directory(stage.path("modules"));
  fs::copy_file(hosts_under_test::ForPythonOfHost(WSGILAB_EXTENSIONS) / "lab_library.so",
                stage.path("modules/lab_library.so"));
}

HostUnderTest StartHost(const Stage& stage, const Pairing& pairing, const Choices& choices) {
  CopyLibrary(stage);
  auto deployment = GroupsOf(pairing, choices.threads);
  for (const std::string& directive : choices.directives)
    deployment.extra_directives.push_back(OnStage(directive, stage));
  const bool preload = choices.are_preloaded;
  deployment.scripts = {
      Served(pairing.a,
             "/a",
             PutScript(stage, preload ? "a.wsgi" : "a/a.wsgi", choices.script_of_a),
             preload),
      Served(pairing.b, "/b", PutScript(stage, preload ? "b.wsgi" : "b/b.wsgi", ""), preload)};
  return NeedHost(HostUnderTest::Start(stage, deployment));
}

}  // namespace

namespace {

// 14 of Python 3.14.8.
int MinorOfHost() {
  int minor = 0;
  CHECK(std::sscanf(hosts_under_test::PythonOfHost().c_str(), "3.%d", &minor) == 1,
        "a host says which Python it has");
  return minor;
}

}  // namespace

std::string NameOfExpected(const testing::TestParamInfo<Expected>& parameter) {
  return std::string(parameter.param.pairing);
}

void Discovery::SetUp() {
  if (hosts_under_test::AreChecksNamedOnly()) return;
  if (!IsEngineChosen() && !hosts_under_test::PythonOfHost().starts_with(kMeasuredWith)) {
    GTEST_SKIP() << "what is expected of mod_wsgi was measured with Python " << kMeasuredWith;
  }
  if (const auto why = WhyNotHere(pairing()); !why.empty()) GTEST_SKIP() << why;
}

void Discovery::About(std::string_view probe, std::string_view title, std::string_view because) {
  const Expected& row = GetParam();
  const bool is_known = !hosts_under_test::AreChecksNamedOnly();
  const bool has_no_gil =
      !row.without_gil.empty() && is_known && hosts_under_test::IsServedWithoutGil();
  const bool is_newer = !row.on_newer.empty() && is_known && MinorOfHost() >= 12;
  const bool differs = !has_no_gil && !is_newer && IsEngineChosen() && !row.on_engine.empty();
  expected_ = has_no_gil ? row.without_gil
              : is_newer ? row.on_newer
              : differs  ? row.on_engine
                         : row.on_mod_wsgi;
  because_ = differs ? because : "";
  AboutProbe(probe,
             title,
             pairing(),
             {.warm = std::string(expected_), .cold = {}, .deviation = std::string(because_)});
}

Pairing Discovery::pairing() const {
  const std::string_view name = GetParam().pairing;
  if (name == "daemon_main_and_sub") {
    return InOneGroup(name, "one daemon group, main + sub", "embedded_main_and_sub");
  }
  if (name == "daemon_sub_and_main") {
    return InOneGroup(name, "one daemon group, sub + main", "embedded_sub_and_main");
  }
  return PairingNamed(name);
}

void Discovery::Conclude(std::string_view observed, const std::string& detail) const {
  RecordProperty("observed", std::string(observed));
  RecordProperty("detail",
                 because_.empty() ? detail : fmt::format("{}; deviation: {}", detail, because_));
  EXPECT_EQ(observed, expected_) << detail;
}

PlainHost::PlainHost(const Pairing& pairing, const Choices& choices)
    : stage_(Need(Stage::Make())), host_(StartHost(stage_, pairing, choices)) {}

PlainHost::~PlainHost() {
  if (!is_stopped_) StopAndLookAfter(host_, crashes_);
}

harness::launch::StopReport PlainHost::Stop() {
  is_stopped_ = true;
  auto report = host_.Stop();
  if (IsEngineChosen()) {
    EXPECT_TRUE(report.left_behind.empty())
        << fmt::format("the host left behind: {}", fmt::join(report.left_behind, "; "));
  }
  return report;
}

}  // namespace suites::isolation
