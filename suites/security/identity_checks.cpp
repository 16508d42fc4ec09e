// SecurityIdentity: who a process is when Python starts in it. SEC-1 to SEC-5, CFG-67, DAEMON-5.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/stat.h>

#include "suites/hosts_under_test/eventually.h"
#include "suites/security/security_check.h"

namespace suites::security {

namespace {

class SecurityIdentity : public SecurityCheck {
 protected:
  // Loaded before there are requests: writes down who it is, and leaves a file.
  void WriteRecorder(std::string_view name) const {
    const auto script = Need(stage().Write(fmt::format("{}/subject.wsgi", name), R"(
import json, os
HERE = os.path.dirname(__file__)
def umask():
    old = os.umask(0)
    os.umask(old)
    return '%04o' % old
SEEN = json.dumps([os.getresuid(), os.getresgid(), os.getgroups(), os.getcwd(), umask(),
                   os.environ.get('LANG'), os.environ.get('LC_ALL')])
with open(os.path.join(HERE, 'left-behind'), 'w') as file:
    file.write(SEEN)
def application(environ, start_response):
    body = SEEN.encode()
    start_response('200 OK', [('Content-Length', str(len(body)))])
    return [body]
)"));
    EXPECT_TRUE(std::filesystem::exists(script));
  }
  // What it wrote down. The engine serves when all is preloaded, others sooner.
  [[nodiscard]] std::filesystem::path LeftBehindBy(std::string_view name) const {
    const auto path = stage().path(fmt::format("{}/left-behind", name));
    const auto is_written = [&path] {
      std::error_code problem;
      const auto size = std::filesystem::file_size(path, problem);
      return !problem && size > 0;
    };
    if (!IsEngineChosen()) {
      EXPECT_TRUE(hosts_under_test::Eventually(is_written, Soon())) << name;
    }
    return path;
  }
};

std::string Thrice(unsigned id) {
  return fmt::format("[{0}, {0}, {0}]", id);
}

}  // namespace

TEST_F(SecurityIdentity, PreloadedCodeSeesAllOfIt) {
  About({.rule = "DAEMON-5",
         .title = "A preloaded script sees the final user, groups, directory, umask and language",
         .expected = "they are those of the options",
         .mode = "daemon/main/preload"});
  const std::string text =
      GroupOf(account(0),
              {.name = "one",
               .options = fmt::format("supplementary-groups={},{} umask=0027 lang=C locale=C.UTF-8",
                                      account(1).group,
                                      other().group)});
  WriteRecorder("one");
  ServeAsRoot(text);
  auto seen = Need(hosts::base::ReadFile(LeftBehindBy("one")));
  Found(seen);
  auto groups = fmt::format("{}, {}, {}", account(0).gid, account(1).gid, other().gid);
  std::vector<unsigned> sorted{account(0).gid, account(1).gid, other().gid};
  std::ranges::sort(sorted);
  groups = fmt::format("[{}, {}, {}]", sorted[0], sorted[1], sorted[2]);
  EXPECT_EQ(seen,
            fmt::format(R"([{}, {}, {}, "{}", "0027", "C", "C.UTF-8"])",
                        Thrice(account(0).uid),
                        Thrice(account(0).gid),
                        groups,
                        stage().path("one").string()));
}

TEST_F(SecurityIdentity, FilesOfTwoGroupsBelongToTheirUsers) {
  About({.rule = "SEC-1",
         .title = "Files that two groups write belong to their users, with modes after their umask",
         .expected = "0640 of the first, 0600 of the second",
         .mode = "daemon/main/preload"});
  const std::string text = GroupOf(account(0), {.name = "one", .options = "umask=0027"}) +
                           GroupOf(account(1), {.name = "two", .options = "umask=0077"});
  WriteRecorder("one");
  WriteRecorder("two");
  ServeAsRoot(text);
  std::string found;
  for (const auto& [name, owner, mode] :
       {std::tuple("one", account(0), 0640U), std::tuple("two", account(1), 0600U)}) {
    struct stat status {};
    ASSERT_EQ(::stat(LeftBehindBy(name).c_str(), &status), 0) << name;
    found += fmt::format(
        "{} {}:{} {:04o}; ", name, status.st_uid, status.st_gid, status.st_mode & 07777);
    EXPECT_EQ(status.st_uid, owner.uid) << name;
    EXPECT_EQ(status.st_gid, owner.gid) << name;
    EXPECT_EQ(status.st_mode & 07777, mode) << name;
  }
  Found(found);
}

TEST_F(SecurityIdentity, TheServersProcessesAreItsUser) {
  About({.rule = "SEC-1",
         .title = "Embedded applications run as User and Group",
         .expected = "all three ids are those of User and Group",
         .mode = "embedded/main/preload"});
  MakeHome("mine", server());
  ServeAsRoot(EmbeddedIn("mine"));
  const std::string found =
      ResultOf("mine", "import os; result = [*os.getresuid(), *os.getresgid()]");
  Found(found);
  EXPECT_EQ(found, fmt::format("[{0},{0},{0},{1},{1},{1}]", server().uid, server().gid));
}

TEST_F(SecurityIdentity, TheGroupIsTheServersWithoutTheOption) {
  About({.rule = "SEC-2",
         .title = "user= without group=: the group is the server's Group, not the user's own",
         .expected = "the server's Group",
         .mode = "daemon/main"});
  MakeHome("one", account(0));
  ServeAsRoot(
      fmt::format("WSGIDaemonProcess one user={} home={{stage}}/one\n"
                  "WSGIScriptAlias /one {{stage}}/one/subject.wsgi process-group=one "
                  "application-group=%{{GLOBAL}}\n",
                  account(0).name));
  const std::string found = ResultOf("one", "import os; result = [os.getuid(), os.getgid()]");
  Found(found);
  EXPECT_EQ(found, fmt::format("[{},{}]", account(0).uid, server().gid));
}

TEST_F(SecurityIdentity, TheSupplementaryGroupsAreExactlyThoseWritten) {
  About({.rule = "SEC-3",
         .title = "supplementary-groups=: the primary group and the listed ones, no other",
         .expected = "three groups",
         .mode = "daemon/main"});
  ServeAsRoot(GroupOf(
      account(0),
      {.name = "one",
       .options = fmt::format("supplementary-groups={},#{}", account(1).group, other().gid)}));
  const std::string found = ResultOf("one", "import os; result = sorted(os.getgroups())");
  Found(found);
  std::vector<unsigned> sorted{account(0).gid, account(1).gid, other().gid};
  std::ranges::sort(sorted);
  EXPECT_EQ(found, fmt::format("[{},{},{}]", sorted[0], sorted[1], sorted[2]));
}

TEST_F(SecurityIdentity, WithoutTheOptionTheGroupsAreTheUsersOwn) {
  About({.rule = "SEC-3",
         .title = "Without supplementary-groups= a process has the user's groups, never root's",
         .expected = "what the system says of the user",
         .mode = "daemon/main"});
  ServeAsRoot(GroupOf(account(0), {.name = "one"}));
  const std::string found =
      ResultOf("one",
               "import os, pwd\n"
               "of_user = os.getgrouplist(pwd.getpwuid(os.getuid()).pw_name, os.getgid())\n"
               "result = [sorted(os.getgroups()) == sorted(of_user), 0 in os.getgroups()]");
  Found(found);
  EXPECT_EQ(found, "[true,false]");
}

TEST_F(SecurityIdentity, WithoutHomeItStartsInTheUsersHome) {
  About({.rule = "SEC-4",
         .title = "Without home=, a group of another user starts in that user's home directory",
         .expected = "the directory of the account",
         .mode = "daemon/main/preload"});
  hosts_under_test::EndIfFilesAreNotOurs();
  const auto accounts = OrdinaryAccounts();
  const auto usable = std::ranges::find_if(accounts, [this](const Account& one) {
    struct stat status {};
    return one.uid != server().uid && ::stat(one.home.c_str(), &status) == 0 &&
           S_ISDIR(status.st_mode) && (status.st_mode & S_IXOTH) != 0;
  });
  if (usable == accounts.end()) GTEST_SKIP() << "no account here has a home directory";
  MakeHome("one", *usable);
  ServeAsRoot(
      fmt::format("WSGIDaemonProcess one user={} group={}\n"
                  "WSGIScriptAlias /one {{stage}}/one/subject.wsgi process-group=one "
                  "application-group=%{{GLOBAL}}\n",
                  usable->name,
                  usable->group));
  const std::string found = ResultOf("one", "import os; result = os.getcwd()");
  Found(found);
  EXPECT_EQ(found, fmt::format("\"{}\"", std::filesystem::canonical(usable->home).string()));
}

TEST_F(SecurityIdentity, TheEnvironmentIsTheUsers) {
  About({.rule = "INTERP-7",
         .title = "HOME is the user's; LANG and LC_ALL are as lang= and locale= say",
         .expected = "the account's directory, C, C.UTF-8",
         .mode = "daemon/main"});
  ServeAsRoot(GroupOf(account(0), {.name = "one", .options = "lang=C locale=C.UTF-8"}));
  const std::string found = ResultOf(
      "one", "import os; result = [os.environ.get(n) for n in ('HOME', 'LANG', 'LC_ALL')]");
  Found(found);
  EXPECT_EQ(found, fmt::format(R"(["{}","C","C.UTF-8"])", account(0).home));
}

TEST_F(SecurityIdentity, LocaleIsSetAndNotOnlyNamed) {
  About({.rule = "CFG-67",
         .title = "locale= also sets the locale of the process: every category of it",
         .expected = "C.UTF-8, also for times",
         .mode = "daemon/main"});
  ServeAsRoot(GroupOf(account(0), {.name = "one", .options = "locale=C.UTF-8"}) +
              GroupOf(account(1), {.name = "two"}));
  const std::string ask = "import locale; result = locale.setlocale(locale.LC_TIME)";
  const std::string found = ResultOf("one", ask);
  Found(found, "without it: " + ResultOf("two", ask));
  EXPECT_EQ(found, "\"C.UTF-8\"");
}

TEST_F(SecurityIdentity, AnUnknownLocaleIsLogged) {
  About({.rule = "CFG-67",
         .title = "A locale that the machine does not have: logged, and the process goes on",
         .expected = "a line in the log, 200",
         .mode = "daemon/main"});
  ServeAsRoot(GroupOf(account(0), {.name = "one", .options = "locale=xx_XX.NOWHERE"}));
  const std::string found = ResultOf("one", "import os; result = os.environ['LC_ALL']");
  const std::string_view words = IsEngineChosen() ? "H0151" : "Unsupported locale setting";
  const bool is_logged = host().Log().find(words) != std::string::npos;
  Found(fmt::format("{}, {}", is_logged ? "a line in the log" : "nothing in the log", found));
  EXPECT_TRUE(is_logged);
  EXPECT_EQ(found, "\"xx_XX.NOWHERE\"");
}

}  // namespace suites::security
