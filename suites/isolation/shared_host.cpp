#include "suites/isolation/shared_host.h"

#include <fmt/format.h>

namespace suites::isolation {

using harness::adapters::GroupsBy;
using harness::adapters::ServedScript;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts_under_test::EndCheck;
using hosts_under_test::Execute;
using hosts_under_test::HostUnderTest;
using hosts_under_test::Need;
using hosts_under_test::ProbeAnswer;
using hosts_under_test::Stage;
using hosts_under_test::Where;

namespace {

ServedScript ScriptAt(const Seat& seat, std::string url, std::filesystem::path file) {
  ServedScript script;
  script.url = std::move(url);
  script.script = std::move(file);
  script.process_group = seat.process_group;
  script.application_group = seat.application_group;
  return script;
}

HostUnderTest StartHost(const Pairing& pairing, const Stage& stage) {
  auto deployment = GroupsOf(pairing);
  auto c = ScriptAt(pairing.c, "/c", Need(stage.Copy("probe.wsgi", "cold/c.wsgi")));
  c.groups_by = GroupsBy::Directives;
  deployment.scripts = {
      ScriptAt(pairing.a, "/a", Need(stage.Copy("probe.wsgi", "a.wsgi"))),
      ScriptAt(pairing.b, "/b", Need(stage.Copy("probe.wsgi", "b.wsgi"))),
      c,
  };
  return Need(HostUnderTest::Start(stage, deployment));
}

}  // namespace

SharedHost::SharedHost(Pairing pairing)
    : pairing_(std::move(pairing)),
      stage_(Need(Stage::Make())),
      host_(StartHost(pairing_, stage_)),
      client_(host_.NewClient()),
      a_(Need(Where(client_, "/a"))),
      b_(Need(Where(client_, "/b"))) {
  const std::string wrong = Misplacement(pairing_, a_, b_);
  if (!wrong.empty()) EndCheck({ErrorKind::InvalidInput, wrong});
}

SharedHost::~SharedHost() {
  StopAndLookAfter(host_, crashes_);
}

ProbeAnswer SharedHost::Run(const std::string& url,
                            const std::string& python,
                            const std::string& token) {
  const ProbeAnswer answer = Need(Execute(client_, url, python, token));
  const ProbeAnswer& before = url == "/a" ? a_ : b_;
  const bool is_known = url == "/a" || url == "/b";
  if (is_known && (answer.pid != before.pid || answer.interpreter != before.interpreter)) {
    EndCheck(
        {ErrorKind::InvalidInput,
         fmt::format("{} was found in {} before, now in {}", url, before.Place(), answer.Place())});
  }
  return answer;
}

}  // namespace suites::isolation
