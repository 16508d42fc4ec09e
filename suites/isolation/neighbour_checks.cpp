// Isolation/Neighbours: two applications of the kind that people host together, in every pairing: who is served by what,
// and what to do about it.
//
// A is asked, then B, then A again; the answers say whose settings, modules or packages were in force.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "suites/hosts_under_test/check.h"
#include "suites/isolation/expectations.h"
#include "suites/isolation/neighbours.h"
#include "suites/isolation/pairing.h"

namespace suites::isolation {

namespace fs = std::filesystem;
using harness::adapters::GroupsBy;
using harness::adapters::ServedDeployment;
using harness::adapters::ServedScript;
using hosts_under_test::Need;

namespace {

// What one of them answered.
struct Served {
  int status = 0;
  std::string by;  // "one", "two", or "" if it was no answer of theirs
  std::string words;
};

class NeighbourCheck : public hosts_under_test::Check,
                       public testing::WithParamInterface<std::tuple<Pairing, Neighbours>> {
 protected:
  NeighbourCheck() : Check("isolation") {}

  void Serve(const Neighbours& neighbours, const Pairing& pairing) {
    const Folders folders{stage().path("one"), stage().path("two")};
    ServedDeployment deployment = GroupsOf(pairing);
    AddPaths(deployment, neighbours, folders);
    if (neighbours.needs_venv && !CanReach(deployment, hosts_under_test::VirtualEnvironment())) {
      GTEST_SKIP() << "its user may not read the environment with Django and Flask in it";
    }
    for (const auto& [which, url, seat] :
         {std::tuple{"one", "/a", pairing.a}, std::tuple{"two", "/b", pairing.b}}) {
      neighbours.write(stage(), which);
      ServedScript script;
      script.url = url;
      script.script = Need(stage().Write(fmt::format("{}/served/{}.wsgi", which, which),
                                         neighbours.script(which, folders)));
      script.process_group = seat.process_group;
      script.application_group = seat.application_group;
      script.groups_by = neighbours.is_preloaded ? GroupsBy::BothOptions : GroupsBy::Directives;
      deployment.scripts.push_back(script);
    }
    Check::Serve(deployment);
  }

  Served Ask(const char* url) {
    auto client = host().NewClient();
    const auto answer = Need(client.Get(fmt::format("{}/", url)));
    const auto object = nlohmann::json::parse(answer.body, nullptr, false);
    const bool is_theirs = answer.status == 200 && object.is_object();
    return {answer.status,
            is_theirs ? object.value("serves", "") : "",
            fmt::format("{} {}", answer.status, is_theirs ? answer.body : "")};
  }

 private:
  static void AddPaths(ServedDeployment& deployment,
                       const Neighbours& neighbours,
                       const Folders& folders) {
    const fs::path home =
        neighbours.needs_venv ? hosts_under_test::VirtualEnvironment() : fs::path();
    deployment.python_home = home;
    for (auto& group : deployment.daemon_groups) {
      group.python_home = home;
      if (!neighbours.is_path_of_group) continue;
      // Two groups have a path each; one has both, as there is one list.
      if (deployment.daemon_groups.size() == 1) {
        group.python_path = {folders.one, folders.two};
      } else {
        group.python_path = {&group == &deployment.daemon_groups.front() ? folders.one
                                                                         : folders.two};
      }
    }
  }
};

std::string NameOf(const testing::TestParamInfo<NeighbourCheck::ParamType>& parameter) {
  return fmt::format("{}_{}", std::get<1>(parameter.param).name, std::get<0>(parameter.param).name);
}

std::string WhyNotServed(const Neighbours& neighbours) {
  if (!neighbours.needs_venv) return {};
  const fs::path venv = hosts_under_test::VirtualEnvironment();
  if (!fs::exists(venv / "bin" / "python")) {
    return "there is no environment with Django and Flask in it: run scripts/setup";
  }
  return {};
}

}  // namespace

TEST_P(NeighbourCheck, AreServedAsOnRealModWsgi) {
  const auto& [pairing, neighbours] = GetParam();
  const auto found = FindExpectation(neighbours.name, pairing.name);
  if (!found) GTEST_SKIP() << "nobody has measured it";
  AboutProbe(neighbours.name, neighbours.title, pairing, *found);
  if (const auto why = WhyNotHere(pairing); !why.empty()) GTEST_SKIP() << why;
  if (const auto why = WhyNotServed(neighbours); !why.empty()) GTEST_SKIP() << why;

  Serve(neighbours, pairing);
  if (IsSkipped()) return;
  const Served first = Ask("/a");
  const Served second = Ask("/b");
  const Served again = Ask("/a");
  EXPECT_EQ(first.by, "one") << first.words;
  EXPECT_EQ(again.by, "one") << again.words;
  const std::string observed = second.status != 200 ? "error"
                               : second.by == "two" ? "isolated"
                                                    : "shared";
  const std::string words =
      fmt::format("A: {}; B: {}; A again: {}", first.words, second.words, again.words);
  Found(observed, fmt::format("{}; {}", words, neighbours.advice));
  EXPECT_EQ(observed, found->warm) << words;
}

INSTANTIATE_TEST_SUITE_P(Isolation,
                         NeighbourCheck,
                         testing::Combine(testing::ValuesIn(AllPairings()),
                                          testing::ValuesIn(AllNeighbours())),
                         NameOf);

}  // namespace suites::isolation
