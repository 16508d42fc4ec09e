// SecurityScriptOwner: script-user= and script-group=: whose scripts a group runs. SEC-9, ERR-29.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <regex>

#include "suites/security/security_check.h"

namespace suites::security {

namespace {

enum class Whose { Ours, Others };

struct Owned {
  std::string_view name;
  std::string_view option;  // script-user or script-group
  Whose script = Whose::Ours;
  Whose directory = Whose::Ours;
  mode_t script_mode = 0644;
  mode_t directory_mode = 0755;
  int status = 403;
  std::string_view words = {};  // mod_wsgi's in the log, a regular expression: of 4.9 or of 6
};

constexpr std::string_view kUser = "script-user";
constexpr std::string_view kGroup = "script-group";

constexpr Owned kOwned[] = {
    {.name = "RightUser", .option = kUser, .status = 200},
    {.name = "ScriptOfAnother",
     .option = kUser,
     .script = Whose::Others,
     .words = "Owner of WSGI script file does not match|: WSGI script file owner '"},
    {.name = "DirectoryOfAnother",
     .option = kUser,
     .directory = Whose::Others,
     .words = "Owner of parent directory of WSGI|: Parent directory of WSGI script file has owner"},
    {.name = "ScriptItsGroupMayWrite",
     .option = kUser,
     .script_mode = 0664,
     .words = "WSGI script file is writable to group"},
    {.name = "ScriptAllMayWrite",
     .option = kUser,
     .script_mode = 0646,
     .words = "WSGI script file is writable to world"},
    {.name = "DirectoryItsGroupMayWrite",
     .option = kUser,
     .directory_mode = 0775,
     .words = "Parent directory of WSGI script file is writable to group"},
    {.name = "DirectoryAllMayWrite",
     .option = kUser,
     .directory_mode = 0757,
     .words = "Parent directory of WSGI script file is writable to world"},
    {.name = "RightGroup", .option = kGroup, .status = 200},
    {.name = "RightGroupMayWrite",
     .option = kGroup,
     .script_mode = 0664,
     .directory_mode = 0775,
     .status = 200},
    {.name = "ScriptOfAnotherGroup",
     .option = kGroup,
     .script = Whose::Others,
     .words = "Group of WSGI script file does not match|: WSGI script file group '"},
    {.name = "DirectoryOfAnotherGroup",
     .option = kGroup,
     .directory = Whose::Others,
     .words = "Group of parent directory of WSGI|: Parent directory of WSGI script file has group"},
    {.name = "ScriptAllMayWriteToo",
     .option = kGroup,
     .script_mode = 0646,
     .words = "WSGI script file is writable to world"},
    {.name = "DirectoryAllMayWriteToo",
     .option = kGroup,
     .directory_mode = 0757,
     .words = "Parent directory of WSGI script file is writable to world"},
};

void PrintTo(const Owned& owned, std::ostream* out) {
  *out << owned.name;
}

class SecurityScriptOwner : public SecurityCheck {
 protected:
  // The group is another user's than its scripts: what counts is the option.
  void ServeDemanding(std::string_view option, const std::string& more = "") {
    const std::string wanted = option == kUser ? account(1).name : account(1).group;
    ServeAsRoot(
        GroupOf(account(0), {.name = "one", .options = fmt::format("{}={}", option, wanted)}) +
        more);
    GiveTo(home(), account(1));
    GiveTo(script(), account(1));
    LetTheGroupWrite();
  }
  // Nobody has asked for it yet; what is written there is the group's.
  void LetTheGroupWrite() const {
    (void)Need(stage().Write("one/events.jsonl", ""));
    SetMode(stage().path("one/events.jsonl"), 0666);
  }
  [[nodiscard]] std::filesystem::path home() const { return stage().path("one"); }
  [[nodiscard]] std::filesystem::path script() const { return home() / "subject.wsgi"; }
  [[nodiscard]] int StatusOf(const std::string& url) const {
    auto client = host().NewClient();
    return Need(client.Get(url)).status;
  }
};

class Ownership : public SecurityScriptOwner, public testing::WithParamInterface<Owned> {};

}  // namespace

TEST_P(Ownership, DecidesWhetherItRuns) {
  const Owned& owned = GetParam();
  About({.rule = owned.status == 200 ? "SEC-9" : "ERR-29",
         .title = "script-user and script-group: owner and modes of a script and of its directory",
         .expected = std::to_string(owned.status),
         .mode = "daemon/main"});
  ServeDemanding(owned.option);
  if (owned.script == Whose::Others) GiveTo(script(), other());
  if (owned.directory == Whose::Others) GiveTo(home(), other());
  SetMode(script(), owned.script_mode);
  SetMode(home(), owned.directory_mode);
  const int status = StatusOf("/one");
  Found(std::to_string(status));
  EXPECT_EQ(status, owned.status);
  if (owned.status == 403) {
    const std::regex words(std::string(IsEngineChosen() ? "script-user" : owned.words));
    EXPECT_TRUE(std::regex_search(host().Log(), words)) << "the log does not say why";
  }
}

INSTANTIATE_TEST_SUITE_P(SecurityScripts,
                         Ownership,
                         testing::ValuesIn(kOwned),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

TEST_F(SecurityScriptOwner, IsAskedWithEveryRequest) {
  About({.rule = "SEC-9",
         .title = "Owner and modes are looked at for each request, also of a script that is loaded",
         .expected = "200, 403, 200, 403, 200",
         .mode = "daemon/main"});
  ServeDemanding(kUser);
  std::string found = std::to_string(StatusOf("/one"));
  for (const mode_t mode : {0666U, 0644U}) {
    SetMode(script(), mode);
    found += fmt::format(", {}", StatusOf("/one"));
  }
  for (const Account* owner : {&other(), &account(1)}) {
    GiveTo(home(), *owner);
    found += fmt::format(", {}", StatusOf("/one"));
  }
  Found(found);
  EXPECT_EQ(found, "200, 403, 200, 403, 200");
}

TEST_F(SecurityScriptOwner, OtherGroupsAndEmbeddedApplicationsDoNotDemandIt) {
  About({.rule = "SEC-9",
         .title = "The demand is the group's own: the same script runs embedded",
         .expected = "403 in the group, 200 embedded",
         .mode = "daemon/main and embedded/main"});
  ServeDemanding(kUser,
                 "WSGIScriptAlias /embedded {stage}/one/subject.wsgi process-group=%{GLOBAL} "
                 "application-group=%{GLOBAL}\n");
  SetMode(script(), 0666);
  const std::string found = fmt::format("{}, {}", StatusOf("/one"), StatusOf("/embedded"));
  Found(found);
  EXPECT_EQ(found, "403, 200");
}

TEST_F(SecurityScriptOwner, TheServerMustReachTheScript) {
  About({.rule = "SEC-7",
         .title =
             "A script in a directory with mode 0700 of the group's user: the server may not look",
         .expected = "403 and 403, then 200 and 200 when others may pass through the directory",
         .mode = "daemon/main and embedded/main"});
  ServeAsRoot(GroupOf(account(0), {.name = "one"}) +
              "WSGIScriptAlias /embedded {stage}/one/subject.wsgi process-group=%{GLOBAL} "
              "application-group=%{GLOBAL}\n");
  LetTheGroupWrite();
  SetMode(home(), 0700);
  std::string found = fmt::format("{}, {}", StatusOf("/one"), StatusOf("/embedded"));
  SetMode(home(), 0755);
  found += fmt::format(", {}, {}", StatusOf("/one"), StatusOf("/embedded"));
  Found(found);
  EXPECT_EQ(found, "403, 403, 200, 200");
}

TEST_F(SecurityScriptOwner, RootMayOwnScripts) {
  About({.rule = "SEC-9",
         .title = "script-user=root: scripts that only root can write, run by another user",
         .expected = "200; 403 when another owns it",
         .mode = "daemon/main"});
  ServeAsRoot(GroupOf(account(0), {.name = "one", .options = "script-user=root"}));
  const Account root{"root", 0, "root", 0, "/root"};
  GiveTo(home(), root);
  GiveTo(script(), root);
  LetTheGroupWrite();
  const int own = StatusOf("/one");
  GiveTo(script(), account(0));
  const int others = StatusOf("/one");
  Found(fmt::format("{}; {}", own, others));
  EXPECT_EQ(own, 200);
  EXPECT_EQ(others, 403);
}

}  // namespace suites::security
