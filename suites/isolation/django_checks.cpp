// IsolationDjango: two Django projects whose packages have the same names, `config` and `pages`, hosted
// together in the ways an administrator may try. Who is served with whose settings?
//
// Both wsgi.py are Django's own template: they expect the project's folder on Python's path and ask
// for `config.settings`. A group has one python-path for all its applications, so in one group
// python-path cannot tell the projects apart; a script that puts its own folder in front can, as long
// as the interpreters are two. In one interpreter nothing can: the second project is served with the
// settings of the first, with status 200 and no word in the log.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "suites/hosts_under_test/check.h"
#include "suites/isolation/expectations.h"
#include "suites/isolation/pairing.h"

namespace suites::isolation {

using harness::adapters::ServedDeployment;
using harness::adapters::ServedScript;
using hosts_under_test::Need;

namespace {

constexpr const char* kFirst = "django_accounts";
constexpr const char* kSecond = "django_secondapp";

std::string_view TitleOf(std::string_view probe) {
  return probe == "django_python_path"
             ? "two Django projects, both roots on the python-path of their group"
             : "two Django projects whose packages have the same names";
}

// What /whoami/ of either project says.
struct Identity {
  std::string project;     // whose settings
  std::string utc_offset;  // of the process's clock
};

class IsolationDjango : public hosts_under_test::Check {
 protected:
  IsolationDjango() : Check("isolation") {}

  void SetUp() override {
    Check::SetUp();
    const auto python = hosts_under_test::VirtualEnvironment() / "bin" / "python";
    if (!std::filesystem::exists(python)) {
      GTEST_SKIP() << "there is no environment with Django in it: run scripts/setup";
    }
  }

  static std::filesystem::path RootOf(const char* project) {
    return hosts_under_test::AppsDirectory() / project;
  }

  // The project's own wsgi.py, where the groups' python-path names its folder.
  static std::filesystem::path OwnScript(const char* project) {
    return RootOf(project) / "config" / "wsgi.py";
  }

  // A script that puts the project's folder in front of its interpreter's path.
  std::filesystem::path PathSettingScript(const char* project) const {
    return Need(stage().Write(fmt::format("{}.wsgi", project),
                              fmt::format("import sys\n\n"
                                          "sys.path.insert(0, '{}')\n\n"
                                          "from config.wsgi import application\n",
                                          RootOf(project).string())));
  }

  // The two scripts in the seats of the pairing, the environment shared by python-home.
  ServedDeployment Together(const Pairing& pairing,
                            std::filesystem::path first,
                            std::filesystem::path second) const;

  void ServeAndCompare(std::string_view probe,
                       const Pairing& pairing,
                       const ServedDeployment& deployment);

 private:
  static Identity Whoami(client::HttpClient& client, const char* project) {
    const auto answer = Need(client.Get(fmt::format("/{}/whoami/", project)));
    if (answer.status != 200) {
      hosts_under_test::EndCheck({hosts::base::ErrorKind::InvalidInput,
                                  fmt::format("/{}/whoami/ answered {}", project, answer.status)});
    }
    const auto object = nlohmann::json::parse(answer.body);
    return {object.at("project"), object.at("utc_offset")};
  }
};

ServedDeployment IsolationDjango::Together(const Pairing& pairing,
                                           std::filesystem::path first,
                                           std::filesystem::path second) const {
  ServedDeployment deployment = GroupsOf(pairing);
  EXPECT_TRUE(CanReach(deployment, hosts_under_test::VirtualEnvironment()));
  for (auto& group : deployment.daemon_groups) {
    group.python_home = hosts_under_test::VirtualEnvironment();
  }
  deployment.environment.emplace_back("WSGILAB_DATA", stage().path().string());
  for (const auto& [project, script, seat] :
       {std::tuple{kFirst, first, pairing.a}, std::tuple{kSecond, second, pairing.b}}) {
    ServedScript served;
    served.url = fmt::format("/{}", project);
    served.script = script;
    served.process_group = seat.process_group;
    served.application_group = seat.application_group;
    deployment.scripts.push_back(served);
  }
  return deployment;
}

void IsolationDjango::ServeAndCompare(std::string_view probe,
                                      const Pairing& pairing,
                                      const ServedDeployment& deployment) {
  const Expectation expectation = ExpectationOf(probe, pairing.name);
  AboutProbe(probe, TitleOf(probe), pairing, expectation);
  Serve(deployment);
  auto client = host().NewClient();
  const Identity first = Whoami(client, kFirst);
  const Identity second = Whoami(client, kSecond);
  const Identity first_again = Whoami(client, kFirst);
  EXPECT_EQ(first.project, kFirst);
  EXPECT_EQ(first_again.project, kFirst);

  const std::string observed = second.project == kSecond ? "isolated" : "shared";
  std::string detail =
      fmt::format("{} was served with the settings of {}", kSecond, second.project);
  if (first_again.utc_offset == second.utc_offset) {
    detail += fmt::format("; the clock of their process shows {} to both", second.utc_offset);
  }
  RecordProperty("settings_asked", kSecond);
  RecordProperty("settings_served", second.project);
  Found(observed, detail);
  EXPECT_EQ(observed, expectation.warm) << detail;
}

}  // namespace

TEST_F(IsolationDjango, TwoGroupsKeepTheProjectsApart) {
  const Pairing& pairing = PairingNamed("daemon_two_groups");
  auto deployment = Together(pairing, OwnScript(kFirst), OwnScript(kSecond));
  deployment.daemon_groups.at(0).python_path = {RootOf(kFirst)};
  deployment.daemon_groups.at(1).python_path = {RootOf(kSecond)};
  ServeAndCompare("django_same_package", pairing, deployment);
}

TEST_F(IsolationDjango, TwoInterpretersKeepThemApartIfEachScriptSetsItsPath) {
  const Pairing& pairing = PairingNamed("daemon_two_subs");
  ServeAndCompare("django_same_package",
                  pairing,
                  Together(pairing, PathSettingScript(kFirst), PathSettingScript(kSecond)));
}

TEST_F(IsolationDjango, OnePythonPathForBothServesTheFirstTwice) {
  const Pairing& pairing = PairingNamed("daemon_two_subs");
  auto deployment = Together(pairing, OwnScript(kFirst), OwnScript(kSecond));
  deployment.daemon_groups.at(0).python_path = {RootOf(kFirst), RootOf(kSecond)};
  ServeAndCompare("django_python_path", pairing, deployment);
}

TEST_F(IsolationDjango, OneInterpreterIsCaught) {
  const Pairing& pairing = PairingNamed("daemon_main");
  ServeAndCompare("django_same_package",
                  pairing,
                  Together(pairing, PathSettingScript(kFirst), PathSettingScript(kSecond)));
}

}  // namespace suites::isolation
