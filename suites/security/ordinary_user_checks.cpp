// SecurityOrdinaryUser: the server is started by somebody who is not root. SEC-1, SEC-3, SEC-6, CFG-93,
// CFG-95.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "suites/hosts_under_test/eventually.h"
#include "suites/security/security_check.h"

namespace suites::security {

namespace {

struct Demand {
  std::string_view name;
  std::string_view rule;
  std::string_view option;                    // {user} and {group} are another one's
  std::string_view refused_by_mod_wsgi = {};  // with these words; "" where it ignores the option
};

constexpr Demand kDemands[] = {
    {"user", "SEC-1", "user={user}"},
    {"group", "SEC-2", "group={group}"},
    {"supplementary_groups", "SEC-3", "supplementary-groups={group}"},
    {"chroot", "SEC-6", "chroot={stage}/tmp", "Cannot chroot WSGI daemon process when not root"},
    {"socket_user", "CFG-93", "socket-user={user}"},
};

void PrintTo(const Demand& demand, std::ostream* out) {
  *out << demand.name;
}

std::string Filled(std::string text, std::string_view place, std::string_view value) {
  for (size_t at = text.find(place); at != std::string::npos; at = text.find(place, at)) {
    text.replace(at, place.size(), value);
  }
  return text;
}

// Whether anybody may run it.
bool IsForAll(std::filesystem::path path) {
  struct stat status {};
  for (; ::stat(path.c_str(), &status) == 0 && (status.st_mode & S_IXOTH) != 0;
       path = path.parent_path()) {
    if (path == path.root_path()) return true;
  }
  return false;
}

class SecurityOrdinaryUser : public hosts_under_test::Check {
 protected:
  SecurityOrdinaryUser() : Check("security") {}

  void SetUp() override {
    if (hosts_under_test::AreChecksNamedOnly()) return Check::SetUp();
    accounts_ = OrdinaryAccounts();
    if (accounts_.size() < 2) GTEST_SKIP() << "this machine has too few ordinary accounts";
    if (const auto why = hosts_under_test::WhyFilesAreNotOurs()) GTEST_SKIP() << *why;
    Check::SetUp();
    const auto program = hosts_under_test::PlanFor(stage(), "").argv.front();
    if (::geteuid() == 0 && !IsForAll(std::filesystem::absolute(program))) {
      GTEST_SKIP() << program << " lies where only root comes";
    }
  }

  // Who starts the server, and somebody else.
  [[nodiscard]] const Account& starter() const { return accounts_[0]; }
  [[nodiscard]] static bool IsRoot() { return ::geteuid() == 0; }
  [[nodiscard]] uid_t StartingUser() const { return IsRoot() ? starter().uid : ::geteuid(); }
  [[nodiscard]] gid_t StartingGroup() const { return IsRoot() ? starter().gid : ::getegid(); }
  [[nodiscard]] const Account& another() const {
    return accounts_[1].uid == ::geteuid() ? accounts_[0] : accounts_[1];
  }

  // As the one who runs the checks, or, when that is root, as somebody who is not.
  [[nodiscard]] harness::launch::LaunchPlan Plan(std::string_view text) const {
    std::string filled = Filled(std::string(text), "{user}", another().name);
    filled = Filled(std::move(filled), "{group}", another().group);
    auto plan = hosts_under_test::PlanFor(stage(), std::move(filled));
    std::erase_if(plan.environment, [](const auto& one) { return one.first == "XDG_RUNTIME_DIR"; });
    if (!IsRoot()) return plan;
    if (!IsEngineChosen()) {  // others open their log by its name
      (void)Need(hosts::base::WriteFile(plan.log, ""));
      GiveTo(plan.log, starter());
    }
    const std::vector<std::string> as_starter{"setpriv",
                                              fmt::format("--reuid={}", starter().uid),
                                              fmt::format("--regid={}", starter().gid),
                                              "--clear-groups"};
    plan.argv.insert(plan.argv.begin(), as_starter.begin(), as_starter.end());
    return plan;
  }
  [[nodiscard]] std::string Log() const {
    return Need(hosts::base::ReadFile(stage().path("host.log")));
  }

 private:
  std::vector<Account> accounts_;
};

class WhatNeedsRoot : public SecurityOrdinaryUser, public testing::WithParamInterface<Demand> {
 protected:
  // By mod_wsgi: the process is who starts the server, as without the option.
  void ExpectThatItIsIgnored() {
    (void)Need(stage().Copy("probe.wsgi", "subject.wsgi"));
    auto host = Need(harness::launch::HostProcess::Start(
        Plan(fmt::format("WSGIDaemonProcess one threads=2 {}\n"
                         "WSGIScriptAlias /one {{stage}}/subject.wsgi process-group=one "
                         "application-group=%{{GLOBAL}}\n",
                         GetParam().option))));
    client::HttpClient client(host.ready().port());
    const auto answer = Execute(client, "/one", "import os; result = [os.getuid(), os.getgid()]");
    (void)host.Stop();
    Found(Need(answer).result);
    EXPECT_EQ(Need(answer).result, fmt::format("[{},{}]", StartingUser(), StartingGroup()));
  }

  struct Refusal {
    std::string place;  // of the option, "PATH:LINE"
    std::string said;
  };
  [[nodiscard]] Refusal RefusalOf(std::string_view option) {
    const auto plan = Plan(fmt::format("WSGIDaemonProcess one \\\n  threads=2 \\\n  {}\n", option));
    const auto line = std::ranges::count(plan.files.front().text, '\n');
    Refusal refusal{fmt::format("{}:{}", plan.files.front().path.string(), line), {}};
    auto started = harness::launch::HostProcess::Start(plan);
    if (!started) refusal.said = started.error().message;
    if (started) {
      (void)started->Stop();
      ADD_FAILURE() << "it started";
    }
    return refusal;
  }
};

}  // namespace

// hosts/deviations.md: mod_wsgi ignores them, but for chroot=.
TEST_P(WhatNeedsRoot, IsRefusedWithItsLine) {
  const Demand& demand = GetParam();
  About({.rule = demand.rule,
         .title = "An ordinary user starts a server with an option that only root can obey",
         .expected = "it does not start, and names option, file and line; mod_wsgi ignores all but "
                     "chroot=",
         .mode = "daemon"});
  if (!IsEngineChosen() && demand.refused_by_mod_wsgi.empty()) return ExpectThatItIsIgnored();
  const auto& [place, said] = RefusalOf(demand.option);
  Found(said);
  if (!IsEngineChosen()) {
    EXPECT_NE(said.find(demand.refused_by_mod_wsgi), std::string::npos) << said;
    return;
  }
  const std::string option(demand.option.substr(0, demand.option.find('=') + 1));
  EXPECT_NE(said.find(place), std::string::npos) << place << "\n" << said;
  EXPECT_NE(said.find(option), std::string::npos) << said;
  EXPECT_NE(said.find("start the server as root"), std::string::npos) << said;
}

INSTANTIATE_TEST_SUITE_P(SecurityOrdinary,
                         WhatNeedsRoot,
                         testing::ValuesIn(kDemands),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

TEST_F(SecurityOrdinaryUser, MayNameItself) {
  About({.rule = "SEC-1",
         .title = "user=, group= and socket-user= that name who starts the server are no change",
         .expected = "it serves as that user",
         .mode = "daemon/main"});
  (void)Need(stage().Copy("probe.wsgi", "subject.wsgi"));
  const auto uid = StartingUser();
  const auto gid = StartingGroup();
  auto host = Need(harness::launch::HostProcess::Start(
      Plan(fmt::format("WSGIDaemonProcess one user=#{0} group=#{1} socket-user=#{0} threads=2\n"
                       "WSGIScriptAlias /one {{stage}}/subject.wsgi process-group=one "
                       "application-group=%{{GLOBAL}}\n",
                       uid,
                       gid))));
  client::HttpClient client(host.ready().port());
  const auto answer = Execute(client, "/one", "import os; result = [os.getuid(), os.getgid()]");
  const auto report = host.Stop();
  Found(Need(answer).result);
  EXPECT_EQ(Need(answer).result, fmt::format("[{},{}]", uid, gid));
  EXPECT_TRUE(report.status.is_success()) << report.status.Text();
}

TEST_F(SecurityOrdinaryUser, UserAndGroupOfTheServerAreIgnored) {
  About({.rule = "SEC-1",
         .title = "User and Group, which every site of a distribution has, are told and ignored",
         .expected = "it serves as who started it, and the log says so",
         .mode = "daemon/main"});
  (void)Need(stage().Copy("probe.wsgi", "subject.wsgi"));
  auto host = Need(harness::launch::HostProcess::Start(
      Plan("User {user}\nGroup {group}\nWSGIDaemonProcess one threads=2 home={stage}/tmp\n"
           "WSGIScriptAlias /one {stage}/subject.wsgi process-group=one "
           "application-group=%{GLOBAL}\n")));
  client::HttpClient client(host.ready().port());
  const auto answer = Execute(client, "/one", "import os; result = os.getuid()");
  const std::string log = Log();
  const auto report = host.Stop();
  Found(Need(answer).result);
  EXPECT_EQ(Need(answer).result, std::to_string(StartingUser()));
  if (IsEngineChosen()) {  // Apache says nothing
    EXPECT_NE(log.find("H0111"), std::string::npos);
  }
  EXPECT_TRUE(report.status.is_success()) << report.status.Text();
}

TEST_F(SecurityOrdinaryUser, APriorityThatOnlyRootCanHaveIsLogged) {
  About({.rule = "CFG-95",
         .title = "cpu-priority=-5 without the right to it: logged, and the process goes on",
         .expected = "a line in the log; 0",
         .mode = "daemon/main"});
  (void)Need(stage().Copy("probe.wsgi", "subject.wsgi"));
  auto host = Need(harness::launch::HostProcess::Start(
      Plan("WSGIDaemonProcess one threads=2 cpu-priority=-5\n"
           "WSGIScriptAlias /one {stage}/subject.wsgi process-group=one "
           "application-group=%{GLOBAL}\n")));
  client::HttpClient client(host.ready().port());
  const auto answer =
      Execute(client, "/one", "import os; result = os.getpriority(os.PRIO_PROCESS, 0)");
  const std::string log = Log();
  const auto report = host.Stop();
  const std::string found = Need(answer).result;
  Found(found);
  const bool is_told = log.find(WordsOfPriority()) != std::string::npos;
  EXPECT_TRUE(is_told || found == "-5") << "some may";
  EXPECT_EQ(found == "-5", !is_told);
  EXPECT_TRUE(report.status.is_success()) << report.status.Text();
}

}  // namespace suites::security
