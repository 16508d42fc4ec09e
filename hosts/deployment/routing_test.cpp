#include "hosts/deployment/routing.h"

#include <gtest/gtest.h>

#include <map>

namespace hosts::deployment {
namespace {

using Kind = GroupName::Kind;

// Files that exist, and how often somebody asked.
class FakeFiles : public Surroundings {
 public:
  explicit FakeFiles(std::map<std::string, FileKind> files) : files_(std::move(files)) {}

  FileKind KindOf(const std::string& path) override {
    ++questions;
    const auto found = files_.find(path);
    return found == files_.end() ? FileKind::Missing : found->second;
  }

  std::optional<std::string> Variable(const std::string& name) override {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  }

  std::optional<FileOwner> OwnerOf(const std::string& path) override {
    ++questions_about_owners;
    const auto found = owners.find(path);
    return found == owners.end() ? std::nullopt : std::optional(found->second);
  }

  int questions = 0;
  int questions_about_owners = 0;
  std::map<std::string, std::string> variables;
  std::map<std::string, FileOwner> owners;

 private:
  std::map<std::string, FileKind> files_;
};

PathSettings Granting() {
  PathSettings settings;
  settings.access = Written<Access>{{.demand = {.kind = Demand::Kind::AllGranted}}, {}};
  return settings;
}

Mount MakeMount(std::string url, std::filesystem::path target) {
  Mount mount;
  mount.url = std::move(url);
  mount.target = std::move(target);
  return mount;
}

VirtualHost MakeHost(std::string name, std::vector<Mount> mounts = {}) {
  VirtualHost virtual_host;
  virtual_host.server_name = std::move(name);
  virtual_host.mounts = std::move(mounts);
  virtual_host.layers = {Granting()};
  return virtual_host;
}

Deployment OneHost(std::vector<Mount> mounts) {
  Deployment deployment;
  deployment.virtual_hosts = {MakeHost("main.example", std::move(mounts))};
  return deployment;
}

RequestAddress To(std::string_view path, std::string_view host = "main.example") {
  return RequestAddress{"127.0.0.1", 80, host, path};
}

RoutingResult Find(const Deployment& deployment, const RequestAddress& address) {
  FakeFiles files({{"/srv", FileKind::Directory},
                   {"/srv/app.wsgi", FileKind::File},
                   {"/srv/first.wsgi", FileKind::File},
                   {"/srv/scripts", FileKind::Directory},
                   {"/srv/scripts/env.wsgi", FileKind::File},
                   {"/srv/scripts/sub", FileKind::Directory},
                   {"/srv/scripts/sub/deep.wsgi", FileKind::File}});
  return FindRoute(deployment, address, files);
}

std::string Where(const RoutingResult& result) {
  if (result.refused_status != 0) return std::to_string(result.refused_status);
  return result.route.script_filename + " [" + result.route.script_name + "][" +
         result.route.path_info + "]";
}

std::string Where(const Deployment& deployment, std::string_view path) {
  return Where(Find(deployment, To(path)));
}

// LOAD-1, LOAD-2: which mount.

TEST(Routing, TheFirstMountThatMatchesWinsEvenIfALaterOneIsLonger) {
  const auto deployment =
      OneHost({MakeMount("/o2", "/srv/first.wsgi"), MakeMount("/o2/x", "/srv/app.wsgi")});
  EXPECT_EQ(Where(deployment, "/o2/x"), "/srv/first.wsgi [/o2][/x]");
}

TEST(Routing, AUrlMatchesWholeSegmentsAndMindsCase) {
  const auto deployment = OneHost({MakeMount("/app", "/srv/app.wsgi")});
  EXPECT_EQ(Where(deployment, "/app"), "/srv/app.wsgi [/app][]");
  EXPECT_EQ(Where(deployment, "/app/"), "/srv/app.wsgi [/app][/]");
  EXPECT_EQ(Where(deployment, "/app/x"), "/srv/app.wsgi [/app][/x]");
  EXPECT_EQ(Where(deployment, "/appx"), "404");
  EXPECT_EQ(Where(deployment, "/App"), "404");
  EXPECT_EQ(Where(deployment, "/ap"), "404");
  EXPECT_EQ(Where(deployment, "*"), "404");
}

TEST(Routing, ARunOfSlashesIsOneSlash) {
  const auto deployment = OneHost({MakeMount("/a/emb", "/srv/app.wsgi")});
  EXPECT_EQ(Where(deployment, "//a///emb//x//y/"), "/srv/app.wsgi [/a/emb][/x/y/]");
  EXPECT_EQ(Find(deployment, To("/a//emb//x")).route.application_group, "main.example|/a/emb");
}

TEST(Routing, AnAliasWithATrailingSlashNeedsItInTheUrl) {
  const auto deployment = OneHost({MakeMount("/dir/", "/srv/scripts/")});
  EXPECT_EQ(Where(deployment, "/dir"), "404");
  EXPECT_EQ(Where(deployment, "/dir/env.wsgi"), "/srv/scripts/env.wsgi [/dir/env.wsgi][]");
  EXPECT_EQ(Where(deployment, "/dir//env.wsgi"), "/srv/scripts/env.wsgi [/dir/env.wsgi][]");
}

TEST(Routing, TheRootMountTakesEverythingAndHasAnEmptyScriptName) {
  const auto deployment = OneHost({MakeMount("/", "/srv/app.wsgi")});
  EXPECT_EQ(Where(deployment, "/"), "/srv/app.wsgi [][/]");
  EXPECT_EQ(Where(deployment, "/x//y"), "/srv/app.wsgi [][/x/y]");
  EXPECT_EQ(Find(deployment, To("/x")).route.application_group, "main.example|");
}

// LOAD-3, LOAD-7: which file.

TEST(Routing, AFileTargetIsAskedForOnce) {
  const auto deployment = OneHost({MakeMount("/", "/srv/app.wsgi")});
  FakeFiles files({{"/srv/app.wsgi", FileKind::File}});
  const auto result = FindRoute(deployment, To("/a/b/c"), files);
  EXPECT_EQ(result.refused_status, 0);
  EXPECT_EQ(files.questions, 1);
}

TEST(Routing, ADirectoryTargetTakesTheScriptFromTheUrl) {
  const auto deployment = OneHost({MakeMount("/dir", "/srv/scripts")});
  EXPECT_EQ(Where(deployment, "/dir/env.wsgi/foo"), "/srv/scripts/env.wsgi [/dir/env.wsgi][/foo]");
  EXPECT_EQ(Where(deployment, "/dir/sub/deep.wsgi/a/b"),
            "/srv/scripts/sub/deep.wsgi [/dir/sub/deep.wsgi][/a/b]");
  EXPECT_EQ(Find(deployment, To("/dir/env.wsgi/foo")).route.application_group,
            "main.example|/dir/env.wsgi");
}

TEST(Routing, ADirectoryTargetAtTheRootWorksLikewise) {
  const auto deployment = OneHost({MakeMount("/", "/srv/scripts")});
  EXPECT_EQ(Where(deployment, "/env.wsgi/foo"), "/srv/scripts/env.wsgi [/env.wsgi][/foo]");
}

TEST(Routing, ADirectoryIsRedirectedToItsSlashThenForbiddenAndAMissingFileIsNotFound) {
  auto deployment = OneHost({MakeMount("/dir", "/srv/scripts"), MakeMount("/m", "/srv/no")});
  EXPECT_EQ(Find(deployment, To("/dir")).route.answer, Answer::Slash);
  EXPECT_EQ(Find(deployment, To("/dir/sub")).route.answer, Answer::Slash);
  EXPECT_EQ(Find(deployment, To("/dir/")).reason, RefusalReason::ScriptIsDirectory);
  EXPECT_EQ(Where(deployment, "/dir/sub/"), "403");
  deployment.virtual_hosts[0].layers[0].directory_slash = Written<bool>{false, {}};
  EXPECT_EQ(Where(deployment, "/dir"), "403");
  EXPECT_EQ(Where(deployment, "/dir/none.wsgi"), "404");
  EXPECT_EQ(Find(deployment, To("/m/x")).reason, RefusalReason::ScriptMissing);
  EXPECT_EQ(Where(deployment, "/m/x"), "404");
}

TEST(Routing, NothingLeadsOutOfADirectoryTarget) {
  const auto deployment = OneHost({MakeMount("/dir", "/srv/scripts/sub")});
  FakeFiles files({{"/srv/scripts/sub", FileKind::Directory},
                   {"/srv/scripts/sub/..", FileKind::Directory},
                   {"/srv/scripts/sub/../env.wsgi", FileKind::File}});
  const auto result = FindRoute(deployment, To("/dir/../env.wsgi"), files);
  EXPECT_EQ(result.refused_status, 404);
}

TEST(Routing, AUrlWithANulByteIsNotFound) {
  const auto deployment = OneHost({MakeMount("/dir", "/srv/scripts")});
  EXPECT_EQ(Where(deployment, std::string_view("/dir/env.wsgi\0.txt", 18)), "404");
}

TEST(Routing, ATargetWithATrailingSlashMayBeAFile) {
  const auto deployment = OneHost({MakeMount("/app/", "/srv/app.wsgi/")});
  EXPECT_EQ(Where(deployment, "/app/foo"), "/srv/app.wsgi [/app][/foo]");
}

// LOAD-6.

TEST(Routing, AScriptOutsideGrantedDirectoriesIsForbiddenWhetherItExistsOrNot) {
  auto deployment = OneHost({MakeMount("/", "/srv/app.wsgi")});
  deployment.virtual_hosts[0].layers.clear();
  FakeFiles files({});
  const auto result = FindRoute(deployment, To("/"), files);
  EXPECT_EQ(result.refused_status, 403);
  EXPECT_EQ(result.reason, RefusalReason::AccessDenied);
}

// EXP-2 to EXP-7.

TEST(Routing, GroupNamesAreExpandedFromTheConfiguredNameAndPort) {
  VirtualHost host = MakeHost("main.example");
  const auto expand = [&host](Kind kind) {
    return ExpandGroupName(GroupName{kind, "literal"}, host, "/app", "UPPER.Example");
  };
  EXPECT_EQ(expand(Kind::Global), "");
  EXPECT_EQ(expand(Kind::Literal), "literal");
  EXPECT_EQ(expand(Kind::Server), "main.example");
  EXPECT_EQ(expand(Kind::Resource), "main.example|/app");
  EXPECT_EQ(expand(Kind::Host), "upper.example");
  host.server_port = 8080;
  EXPECT_EQ(expand(Kind::Server), "main.example:8080");
  EXPECT_EQ(expand(Kind::Resource), "main.example:8080|/app");
  EXPECT_EQ(expand(Kind::Host), "upper.example:8080");
  for (const int usual_port : {80, 443}) {
    host.server_port = usual_port;
    EXPECT_EQ(expand(Kind::Server), "main.example");
  }
}

TEST(Routing, TheScriptNameIsFoldedInANameWhereCaseDoesNotMatter) {
  Deployment deployment;
  deployment.virtual_hosts = {MakeHost("a.example", {MakeMount("/App", "/srv/app.wsgi")})};
  const auto group = [&] { return Find(deployment, To("/App/X", "a.example")).route; };
  EXPECT_EQ(group().application_group, "a.example|/App");
  deployment.is_case_sensitive = false;
  EXPECT_EQ(group().application_group, "a.example|/app");
  EXPECT_EQ(group().script_name, "/App");
}

TEST(Routing, ARequestWithoutHostUsesTheServerName) {
  EXPECT_EQ(ExpandGroupName(GroupName{Kind::Host, {}}, MakeHost("main.example"), "", ""),
            "main.example");
}

TEST(Routing, ARequestThatFallsIntoTheDefaultHostBearsItsName) {
  const auto deployment = OneHost({MakeMount("/app", "/srv/app.wsgi")});
  EXPECT_EQ(Find(deployment, To("/app", "other.example")).route.application_group,
            "main.example|/app");
}

// DAEMON-7, ERR-13, ERR-14.

class GroupRouting : public testing::Test {
 protected:
  GroupRouting() {
    Mount mount = MakeMount("/", "/srv/app.wsgi");
    mount.options.process_group = Written<GroupName>{{Kind::Literal, "d"}, {}};
    deployment_.virtual_hosts = {MakeHost("a.example", {mount}), MakeHost("b.example", {mount})};
  }

  void Declare(std::optional<std::string> server_name) {
    ProcessGroup group;
    group.name = "d";
    group.server_name = std::move(server_name);
    deployment_.process_groups = {group};
  }

  Deployment deployment_;
};

TEST_F(GroupRouting, AnUndeclaredGroupIsAServerError) {
  const auto result = Find(deployment_, To("/", "a.example"));
  EXPECT_EQ(result.refused_status, 500);
  EXPECT_EQ(result.reason, RefusalReason::UnknownGroup);
}

TEST_F(GroupRouting, AGroupOfTheServerServesEveryVirtualHost) {
  Declare(std::nullopt);
  EXPECT_EQ(Find(deployment_, To("/", "a.example")).route.process_group, "d");
  EXPECT_EQ(Find(deployment_, To("/", "b.example")).route.process_group, "d");
}

TEST_F(GroupRouting, AGroupOfAVirtualHostServesHostsOfThatNameOnly) {
  Declare("a.example");
  EXPECT_EQ(Find(deployment_, To("/", "a.example")).refused_status, 0);
  const auto result = Find(deployment_, To("/", "b.example"));
  EXPECT_EQ(result.refused_status, 500);
  EXPECT_EQ(result.reason, RefusalReason::GroupNotReachable);
}

// SEC-7.
TEST(Routing, WhatTheServerMayNotLookAtIsForbiddenAndNotMissing) {
  const auto deployment = OneHost({MakeMount("/app", "/srv/app.wsgi"), MakeMount("/dir", "/dir")});
  FakeFiles files({{"/srv/app.wsgi", FileKind::Unreachable},
                   {"/dir", FileKind::Directory},
                   {"/dir/inner", FileKind::Unreachable}});
  for (const char* path : {"/app", "/app/more", "/dir/inner", "/dir/inner/more"}) {
    const auto result = FindRoute(deployment, To(path), files);
    EXPECT_EQ(result.refused_status, 403) << path;
    EXPECT_EQ(result.reason, RefusalReason::FileUnreachable) << path;
  }
  EXPECT_EQ(FindRoute(deployment, To("/dir/none"), files).refused_status, 404);
}

// SEC-6.
TEST(BelowRoot, IsThePathAsSeenFromInside) {
  EXPECT_EQ(BelowRoot("/jail/app/x.wsgi", "/jail"), "/app/x.wsgi");
  EXPECT_EQ(BelowRoot("/jail/app/x.wsgi", "/jail/"), "/app/x.wsgi");
  EXPECT_EQ(BelowRoot("/jail", "/jail"), "");
  EXPECT_EQ(BelowRoot("/jailed/x.wsgi", "/jail"), std::nullopt);
  EXPECT_EQ(BelowRoot("/srv/x.wsgi", "/jail"), std::nullopt);
  EXPECT_EQ(BelowRoot("/srv/x.wsgi", ""), "/srv/x.wsgi");
}

class ScriptsOfGroups : public GroupRouting {
 protected:
  ScriptsOfGroups() { Declare(std::nullopt); }
  ProcessGroup& group() { return deployment_.process_groups.front(); }
  RoutingResult FindWithOwners(const FileOwner& script, const FileOwner& directory) {
    FakeFiles files({{"/srv/app.wsgi", FileKind::File}});
    files.owners = {{"/srv/app.wsgi", script}, {"/srv", directory}};
    return FindRoute(deployment_, To("/", "a.example"), files);
  }
};

TEST_F(ScriptsOfGroups, OutsideTheRootAreRefused) {
  group().chroot = "/srv";
  const auto inside = Find(deployment_, To("/", "a.example"));
  EXPECT_EQ(inside.refused_status, 0);
  EXPECT_EQ(inside.route.group, &group());
  EXPECT_EQ(inside.route.script, "/srv/app.wsgi") << "the server's own name of it";
  group().chroot = "/elsewhere";
  const auto outside = Find(deployment_, To("/", "a.example"));
  EXPECT_EQ(outside.refused_status, 502);
  EXPECT_EQ(outside.reason, RefusalReason::OutsideRoot);
}

TEST_F(ScriptsOfGroups, MustBeOwnedAsTheGroupDemands) {
  constexpr uid_t kUser = 7;
  const FileOwner script{kUser, 70, 0100644};
  const FileOwner directory{kUser, 70, 0040755};
  group().script_owner.user = kUser;
  EXPECT_EQ(FindWithOwners(script, directory).refused_status, 0);
  for (const auto& [one, other] : {std::pair(FileOwner{8, 70, 0100644}, directory),
                                   std::pair(script, FileOwner{8, 70, 0755}),
                                   std::pair(FileOwner{kUser, 70, 0664}, directory),
                                   std::pair(script, FileOwner{kUser, 70, 0757})}) {
    const auto refused = FindWithOwners(one, other);
    EXPECT_EQ(refused.refused_status, 403);
    EXPECT_EQ(refused.reason, RefusalReason::ScriptOwner);
  }
  group().script_owner = {.user = std::nullopt, .group = 70};
  EXPECT_EQ(FindWithOwners({8, 70, 0664}, {9, 70, 0775}).refused_status, 0);
  EXPECT_EQ(FindWithOwners({8, 71, 0664}, directory).refused_status, 403);
  EXPECT_EQ(FindWithOwners(script, {kUser, 70, 0757}).refused_status, 403);
}

// Who has no such option pays nothing for it.
TEST_F(ScriptsOfGroups, AreNotAskedForTheirOwnerWithoutADemand) {
  FakeFiles files({{"/srv/app.wsgi", FileKind::File}});
  EXPECT_EQ(FindRoute(deployment_, To("/", "a.example"), files).refused_status, 0);
  EXPECT_EQ(files.questions_about_owners, 0);
}

// LOAD-4: a mount by pattern.

// LOAD-20: a dispatch script has the last word, and what it says is checked as what is configured.

class DispatchRouting : public GroupRouting {
 protected:
  DispatchRouting() {
    Declare(std::nullopt);
    deployment_.virtual_hosts[0].layers.resize(1);
    deployment_.virtual_hosts[0].layers[0].dispatch_script = Written<DispatchScript>{
        {"/srv/dispatch.py", GroupName{Kind::Resource, {}}}, {"site.conf", 7}};
    deployment_.virtual_hosts[0].mounts[0].options.process_group =
        Written<GroupName>{{Kind::Literal, "nobody"}, {}};
  }
  RoutingResult FindWith(const DispatchChoice& choice) {
    auto address = To("/app", "a.example");
    address.choice = &choice;
    return Find(deployment_, address);
  }
};

TEST_F(DispatchRouting, FirstTheScriptIsToBeAsked) {
  const auto result = Find(deployment_, To("/app", "a.example"));
  EXPECT_EQ(result.refused_status, 0) << "the group that is configured is no matter yet";
  ASSERT_NE(result.route.dispatch_script, nullptr);
  EXPECT_EQ(result.route.dispatch_script->value.script, "/srv/dispatch.py");
  EXPECT_EQ(result.route.dispatch_group, "a.example|");
  EXPECT_EQ(Find(deployment_, To("/app", "b.example")).route.dispatch_script, nullptr);
}

TEST_F(DispatchRouting, ThenItsChoiceIsExpandedAndReplacesWhatIsConfigured) {
  const auto chosen = FindWith({"d", "%{SERVER}", "other"});
  EXPECT_EQ(chosen.refused_status, 0);
  EXPECT_EQ(chosen.route.process_group, "d");
  EXPECT_EQ(chosen.route.application_group, "a.example");
  EXPECT_EQ(chosen.route.callable_object, "other");
  EXPECT_EQ(FindWith({"", {}, {}}).route.process_group, "") << "no name is the server's own";
}

TEST_F(DispatchRouting, AGroupThatMayNotBeUsedIsRefusedWhoeverNamedIt) {
  EXPECT_EQ(FindWith({}).reason, RefusalReason::UnknownGroup);
  EXPECT_EQ(FindWith({"somebody", {}, {}}).reason, RefusalReason::UnknownGroup);
  Declare("b.example");
  EXPECT_EQ(FindWith({"d", {}, {}}).reason, RefusalReason::GroupNotReachable);
}

TEST(Routing, AMountByPatternPutsWhatItMatchedIntoTheTarget) {
  Mount mount = MakeMount("^/mm/(.*)$", "/srv/app.wsgi/$1");
  mount.pattern = base::Regex::Compile(mount.url).value();
  const auto deployment = OneHost({mount});
  EXPECT_EQ(Where(deployment, "/mm/foo"), "/srv/app.wsgi [/mm][/foo]");
  EXPECT_EQ(Where(deployment, "/other"), "404");
}

TEST(Routing, AMountByPatternLosesTheTailThatItDoesNotPutIntoTheTarget) {
  Mount mount = MakeMount("^/mm", "/srv/app.wsgi");
  mount.pattern = base::Regex::Compile(mount.url).value();
  EXPECT_EQ(Where(OneHost({mount}), "/mm/foo"), "/srv/app.wsgi [/mm][/foo]");
  mount.pattern = base::Regex::Compile("^/mm/.*").value();
  EXPECT_EQ(Where(OneHost({mount}), "/mm/foo"), "/srv/app.wsgi [/mm/foo][]");
}

// LOAD-1, LOAD-5: files, and what makes scripts of them.

class FileRouting : public testing::Test {
 protected:
  FileRouting() {
    deployment_ = OneHost({MakeMount("/", "/srv/app.wsgi")});
    host().file_aliases = {FileAlias{"/static", std::nullopt, "/srv/scripts", {}}};
  }

  VirtualHost& host() { return deployment_.virtual_hosts.front(); }
  PathSettings& settings() { return host().layers.front(); }

  Deployment deployment_;
};

TEST_F(FileRouting, AnAliasIsConsultedBeforeTheMounts) {
  const auto result = Find(deployment_, To("/static/env.wsgi"));
  EXPECT_EQ(result.route.answer, Answer::File);
  EXPECT_EQ(result.route.script_filename, "/srv/scripts/env.wsgi");
  EXPECT_EQ(Find(deployment_, To("/statics")).route.mount, host().mounts.data());
  EXPECT_EQ(Find(deployment_, To("/static/none.css")).reason, RefusalReason::FileMissing);
}

TEST_F(FileRouting, AHandlerMakesAScriptOfAFileWhereExecCgiIsGiven) {
  settings().handler_by_extension["wsgi"] = {"wsgi-script", {}};
  EXPECT_EQ(Find(deployment_, To("/static/env.wsgi")).reason, RefusalReason::NoExecCgi);
  settings().exec_cgi = Written<bool>{true, {}};
  EXPECT_EQ(Where(deployment_, "/static/env.wsgi/x"),
            "/srv/scripts/env.wsgi [/static/env.wsgi][/x]");
  settings().handler = Written<std::string>{"", {}};  // SetHandler None: AddHandler still counts
  EXPECT_EQ(Find(deployment_, To("/static/env.wsgi")).route.answer, Answer::Script);
  settings().handler = Written<std::string>{"default-handler", {}};
  EXPECT_EQ(Find(deployment_, To("/static/env.wsgi")).route.answer, Answer::File);
}

TEST_F(FileRouting, TheSourceOfAMountIsNeverAFile) {
  settings().handler = Written<std::string>{"default-handler", {}};
  EXPECT_EQ(Find(deployment_, To("/")).reason, RefusalReason::ForeignHandler);
}

TEST_F(FileRouting, ADirectoryIsAnsweredByItsIndexFile) {
  EXPECT_EQ(Find(deployment_, To("/static")).route.answer, Answer::Slash);
  EXPECT_EQ(Find(deployment_, To("/static/")).reason, RefusalReason::FileIsDirectory);
  settings().directory_index = Written<std::vector<std::string>>{{"none.html", "env.wsgi"}, {}};
  EXPECT_EQ(Find(deployment_, To("/static/")).route.script_filename, "/srv/scripts/env.wsgi");
}

TEST_F(FileRouting, AHandlerScriptAnswersForFilesThatNeedNotExist) {
  settings().handler_by_extension["bobo"] = {"bobo-script", {}};
  settings().handler_scripts["bobo-script"] = {{"/srv/bobo.wsgi", {}, {}, {}}, {}};
  const auto result = Find(deployment_, To("/static/some.bobo"));
  EXPECT_EQ(result.refused_status, 0);
  EXPECT_EQ(result.route.script, "/srv/bobo.wsgi");
  EXPECT_EQ(result.route.script_filename, "/srv/scripts/some.bobo");
  EXPECT_EQ(result.route.callable_object, "handle_request");
  EXPECT_EQ(result.route.handler, "bobo-script");
}

TEST_F(FileRouting, PathInfoBehindAFileIsRefusedAndBehindAScriptOnlyIfItIsSaid) {
  EXPECT_EQ(Find(deployment_, To("/static/env.wsgi/x")).reason, RefusalReason::NoPathInfo);
  EXPECT_EQ(Find(deployment_, To("/x")).refused_status, 0);
  settings().accept_path_info = Written<PathInfo>{PathInfo::Off, {}};
  EXPECT_EQ(Find(deployment_, To("/x")).reason, RefusalReason::NoPathInfo);
}

// EXP-8, EXP-9: names from variables.

class VariableRouting : public testing::Test {
 protected:
  VariableRouting() : files_({{"/srv/app.wsgi", FileKind::File}}) {
    deployment_ = OneHost({MakeMount("/", "/srv/app.wsgi")});
    settings().application_group = Written<GroupName>{{Kind::Environment, "AG"}, {}};
    settings().callable_object = Written<CallableName>{{CallableName::Kind::Environment, "CO"}, {}};
  }

  PathSettings& settings() { return deployment_.virtual_hosts.front().layers.front(); }
  void SetVariable(std::string name, std::string value) {
    settings().variables.push_back({.name = std::move(name), .value = std::move(value)});
  }
  Route Routed(std::string_view header = {}) {
    RequestAddress address = To("/");
    address.header = [header](const std::function<bool(std::string_view)>& fits) {
      return fits("X-Group") && !header.empty() ? std::optional(header) : std::nullopt;
    };
    return FindRoute(deployment_, address, files_).route;
  }

  FakeFiles files_;
  Deployment deployment_;
};

TEST_F(VariableRouting, AreTakenFromSetEnvThenFromTheServersEnvironment) {
  files_.variables = {{"AG", "from-outside"}, {"CO", "app"}};
  EXPECT_EQ(Routed().application_group, "from-outside");
  EXPECT_EQ(Routed().callable_object, "app");
  SetVariable("AG", "here");
  EXPECT_EQ(Routed().application_group, "here");
}

TEST_F(VariableRouting, AnUnsetVariableLeavesTheTextAndTheDefaultCallable) {
  EXPECT_EQ(Routed().application_group, "%{ENV:AG}");
  EXPECT_EQ(Routed().callable_object, "application");
}

TEST_F(VariableRouting, ATokenInTheValueIsExpandedOnceMore) {
  SetVariable("AG", "%{SERVER}");
  EXPECT_EQ(Routed().application_group, "main.example");
  SetVariable("AG", "%{GLOBAL}");
  EXPECT_EQ(Routed().application_group, "");
  SetVariable("AG", "%{ENV:CO}");
  EXPECT_EQ(Routed().application_group, "%{ENV:CO}");
}

TEST_F(VariableRouting, AHeaderMayDecide) {
  settings().variables.push_back({.kind = VariableChange::Kind::SetIf,
                                  .name = "AG",
                                  .value = "tenant-$1",
                                  .attribute = "X-Group",
                                  .pattern = base::Regex::Compile("^([a-z]+)$").value()});
  EXPECT_EQ(Routed("blue").application_group, "tenant-blue");
  EXPECT_EQ(Routed("BLUE").application_group, "%{ENV:AG}");
  EXPECT_EQ(Routed("blue").variables,
            (std::vector<std::pair<std::string, std::string>>{{"AG", "tenant-blue"}}));
}

// RESTRICT-1, RESTRICT-2.

TEST(Restrictions, ForbidEmbeddedModeAndGroupsThatAreNotListed) {
  auto deployment = OneHost({MakeMount("/", "/srv/app.wsgi")});
  deployment.restrict_embedded = true;
  EXPECT_EQ(Find(deployment, To("/")).reason, RefusalReason::EmbeddedForbidden);
  auto& settings = deployment.virtual_hosts.front().layers.front();
  settings.restrict_process = Written<std::vector<std::string>>{{"d"}, {}};
  EXPECT_EQ(Find(deployment, To("/")).reason, RefusalReason::GroupForbidden);
  deployment.process_groups.emplace_back().name = "D";
  settings.process_group = Written<GroupName>{{Kind::Literal, "D"}, {}};
  EXPECT_EQ(Find(deployment, To("/")).refused_status, 0);  // RESTRICT-3: letter case is no matter
}

// Virtual hosts.

TEST(VirtualHosts, AreChosenByNameAndTheFirstIsTheDefault) {
  Deployment deployment;
  deployment.virtual_hosts = {MakeHost("a.example"), MakeHost("b.example")};
  deployment.virtual_hosts[1].aliases = {"www.b.example", "*.c.example", "x?.example"};
  const auto name = [&deployment](std::string_view host) {
    return FindVirtualHost(deployment, To("/", host))->server_name;
  };
  EXPECT_EQ(name("b.example"), "b.example");
  EXPECT_EQ(name("B.EXAMPLE"), "b.example");
  EXPECT_EQ(name("b.example."), "b.example");
  EXPECT_EQ(name("www.b.example"), "b.example");
  EXPECT_EQ(name("deep.down.c.example"), "b.example");
  EXPECT_EQ(name("x1.example"), "b.example");
  EXPECT_EQ(name("x12.example"), "a.example");
  EXPECT_EQ(name("c.example"), "a.example");
  EXPECT_EQ(name("unknown.example"), "a.example");
  EXPECT_EQ(name(""), "a.example");
}

TEST(VirtualHosts, TheNameIsSoughtAmongThoseOfTheBestAddressOnly) {
  Deployment deployment;
  deployment.virtual_hosts = {
      MakeHost("any"), MakeHost("port"), MakeHost("address"), MakeHost("both")};
  deployment.virtual_hosts[1].port = 80;
  deployment.virtual_hosts[2].address = "127.0.0.1";
  deployment.virtual_hosts[3].address = "127.0.0.1";
  deployment.virtual_hosts[3].port = 80;
  const auto name = [&deployment](std::string_view address, int port) {
    return FindVirtualHost(deployment, RequestAddress{address, port, "any", "/"})->server_name;
  };
  EXPECT_EQ(name("127.0.0.1", 80), "both");
  EXPECT_EQ(name("::ffff:127.0.0.1", 80), "both");
  EXPECT_EQ(name("127.0.0.1", 81), "address");
  EXPECT_EQ(name("10.0.0.1", 80), "port");
  EXPECT_EQ(name("10.0.0.1", 81), "any");
}

TEST(VirtualHosts, WhereNoneListensThereIsNone) {
  Deployment deployment;
  deployment.virtual_hosts = {MakeHost("a.example", {MakeMount("/", "/srv/app.wsgi")})};
  deployment.virtual_hosts[0].port = 81;
  EXPECT_EQ(FindVirtualHost(deployment, To("/")), nullptr);
  EXPECT_EQ(Find(deployment, To("/")).refused_status, 404);
}

}  // namespace
}  // namespace hosts::deployment
