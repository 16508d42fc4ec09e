// What is remembered is what FindRoute would find; whatever it depends on is asked again.

#include "hosts/deployment/remembered_routes.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>

namespace hosts::deployment {
namespace {

constexpr std::string_view kScript = "/srv/app.wsgi";

class Files final : public Surroundings {
 public:
  FileKind KindOf(const std::string& path) override {
    const auto found = kinds.find(path);
    return found == kinds.end() ? FileKind::Missing : found->second;
  }
  std::optional<std::string> Variable(const std::string& /*name*/) override { return environment; }
  OverrideFiles* override_files() override { return overrides; }
  std::optional<FileOwner> OwnerOf(const std::string& /*path*/) override { return owner; }

  FileOwner owner{7, 7, 0755};

  std::map<std::string, FileKind> kinds{{"/srv", FileKind::Directory},
                                        {std::string(kScript), FileKind::File}};
  std::optional<std::string> environment;
  OverrideFiles* overrides = nullptr;
};

PathSettings Requiring(Demand::Kind kind, std::vector<std::string> arguments = {}) {
  PathSettings settings;
  const Demand one{.kind = kind, .arguments = std::move(arguments)};
  settings.access =
      Written<Access>{{.demand = {.kind = Demand::Kind::AnyOf, .inner = {one}}, .old = {}}, {}};
  return settings;
}

VirtualHost Host(std::string name) {
  VirtualHost host;
  host.server_name = std::move(name);
  host.layers = {Requiring(Demand::Kind::AllGranted)};
  Mount mount;
  mount.url = "/app";
  mount.target = kScript;
  host.mounts = {mount};
  return host;
}

class Remembering : public testing::Test {
 protected:
  Remembering() {
    deployment_.virtual_hosts = {Host("one.example"), Host("two.example")};
    deployment_.virtual_hosts[1].mounts[0].url = "/app/x";
  }
  // What is remembered must be what is found anew.
  std::shared_ptr<const RoutingResult> Find(const RequestAddress& address) {
    auto found = routes_.Find(address, files_);
    const RoutingResult anew = FindRoute(deployment_, address, files_);
    EXPECT_EQ(found->refused_status, anew.refused_status);
    EXPECT_EQ(found->reason, anew.reason);
    EXPECT_EQ(found->route.virtual_host, anew.route.virtual_host);
    EXPECT_EQ(found->route.script_name, anew.route.script_name);
    EXPECT_EQ(found->route.path_info, anew.route.path_info);
    EXPECT_EQ(found->route.script, anew.route.script);
    EXPECT_EQ(found->route.application_group, anew.route.application_group);
    EXPECT_EQ(found->route.variables, anew.route.variables);
    return found;
  }
  [[nodiscard]] bool IsRemembered(const RequestAddress& address) {
    const auto first = Find(address);
    return Find(address) == first;
  }
  PathSettings& settings() { return deployment_.virtual_hosts[0].layers[0]; }

  static RequestAddress To(std::string_view path, std::string_view host = "one.example") {
    return {.local_address = "127.0.0.1", .local_port = 80, .host = host, .path = path};
  }

  Deployment deployment_;
  Files files_;
  RememberedRoutes routes_{deployment_};
};

}  // namespace

TEST_F(Remembering, FindsTheSameAgain) {
  EXPECT_TRUE(IsRemembered(To("/app/x")));
  EXPECT_TRUE(IsRemembered(To("/nowhere")));
}

// SEC-9: with every request.
TEST_F(Remembering, AsksEachTimeWhoseAScriptIs) {
  Mount& mount = deployment_.virtual_hosts[0].mounts[0];
  mount.options.process_group = Written<GroupName>{{GroupName::Kind::Literal, "d"}, {}};
  ProcessGroup group;
  group.name = "d";
  deployment_.process_groups = {group};
  deployment_.process_groups[0].script_owner.user = 7;
  EXPECT_EQ(Find(To("/app/x"))->refused_status, 0);
  files_.owner.user = 8;
  EXPECT_EQ(Find(To("/app/x"))->refused_status, 403);
  files_.owner.user = 7;
  EXPECT_EQ(Find(To("/app/x"))->refused_status, 0);
}

TEST_F(Remembering, TellsAddressesHostsAndPathsApart) {
  for (int round = 0; round < 2; ++round) {
    for (const std::string_view host : {"one.example", "two.example", ""}) {
      for (const std::string_view path : {"/app", "/app/", "/app/x", "/app/y", "/", "/app%"})
        (void)Find(To(path, host));
    }
    auto elsewhere = To("/app/x", "two.example");
    elsewhere.local_port = 81;
    (void)Find(elsewhere);
  }
  deployment_.virtual_hosts[0].port = 80;
  deployment_.virtual_hosts[1].port = 81;
  auto other_port = To("/app/x", "two.example");
  EXPECT_EQ(Find(To("/app/z"))->route.virtual_host, &deployment_.virtual_hosts[0]);
  other_port.local_port = 81;
  EXPECT_EQ(Find(other_port)->route.virtual_host, &deployment_.virtual_hosts[1]);
  deployment_.virtual_hosts[1].address = "127.0.0.2";
  other_port.path = "/app/x/1";
  EXPECT_EQ(Find(other_port)->refused_status, 404);
  other_port.local_address = "127.0.0.2";
  EXPECT_EQ(Find(other_port)->refused_status, 0);
}

TEST_F(Remembering, SeesThatAFileIsNoLongerThere) {
  EXPECT_TRUE(IsRemembered(To("/app")));
  files_.kinds.erase(std::string(kScript));
  EXPECT_EQ(Find(To("/app"))->refused_status, 404);
  EXPECT_TRUE(IsRemembered(To("/app")));
  files_.kinds[std::string(kScript)] = FileKind::Directory;
  EXPECT_EQ(Find(To("/app"))->route.answer, Answer::Slash);
  files_.kinds[std::string(kScript)] = FileKind::File;
  EXPECT_EQ(Find(To("/app"))->refused_status, 0);
}

TEST_F(Remembering, AsksEveryClientWhereAddressOrMethodCount) {
  settings() = Requiring(Demand::Kind::Address, {"10.0.0.1"});
  auto address = To("/app");
  address.remote_address = "10.0.0.1";
  EXPECT_EQ(Find(address)->refused_status, 0);
  address.remote_address = "10.0.0.2";
  EXPECT_EQ(Find(address)->refused_status, 403);
  settings() = Requiring(Demand::Kind::Method, {"GET"});
  EXPECT_EQ(Find(address)->refused_status, 0);
  address.method = "POST";
  EXPECT_EQ(Find(address)->refused_status, 403);
  settings() = Requiring(Demand::Kind::AllDenied);
  EXPECT_TRUE(IsRemembered(address));
}

TEST_F(Remembering, LooksAtHeadersAgainWhereSetEnvIfDoes) {
  settings().variables = {{.kind = VariableChange::Kind::Set, .name = "a", .value = "1"}};
  EXPECT_TRUE(IsRemembered(To("/app/1")));
  settings().variables.push_back({.kind = VariableChange::Kind::SetIf,
                                  .name = "b",
                                  .value = "$0",
                                  .attribute = "Request_Method",
                                  .pattern = base::Regex::Compile(".*").value()});
  auto address = To("/app/2");
  EXPECT_EQ(Find(address)->route.variables.back().second, "GET");
  address.method = "POST";
  EXPECT_EQ(Find(address)->route.variables.back().second, "POST");
}

TEST_F(Remembering, JudgesConditionsForEveryRequest) {
  Section section;
  const auto expression = expressions::Expression::Parse("%{REQUEST_METHOD} == 'POST'").value();
  section.conditions = {
      {.kind = Condition::Kind::If,
       .branch = std::make_shared<const Branch>(Branch{.expression = expression, .previous = {}})}};
  section.settings = Requiring(Demand::Kind::AllDenied);
  deployment_.virtual_hosts[0].sections = {section};
  auto address = To("/app");
  EXPECT_EQ(Find(address)->refused_status, 0);
  address.method = "POST";
  EXPECT_EQ(Find(address)->refused_status, 403);
}

// The settings of a directory decide too, though those of its index file come last.
TEST_F(Remembering, LooksAgainWhereADirectoryOnTheWayDependsOnTheRequest) {
  VirtualHost& host = deployment_.virtual_hosts[0];
  host.document_root = Written<std::string>{"/srv/www", {}};
  files_.kinds["/srv/www"] = files_.kinds["/srv/www/"] = FileKind::Directory;
  files_.kinds["/srv/www/index.html"] = FileKind::File;
  EXPECT_TRUE(IsRemembered(To("/")));
  Section directory;
  directory.conditions = {
      {.kind = Condition::Kind::LocationMatch, .regex = base::Regex::Compile("^/$").value()}};
  directory.settings = Requiring(Demand::Kind::Method, {"GET"});
  host.sections = {directory};
  auto address = To("/");
  address.local_address = "127.0.0.3";
  EXPECT_EQ(Find(address)->refused_status, 0);
  address.method = "POST";
  EXPECT_EQ(Find(address)->refused_status, 403);
}

TEST_F(Remembering, AsksTheEnvironmentAndOverrideFilesAgain) {
  settings().application_group =
      Written<GroupName>{{.kind = GroupName::Kind::Environment, .literal = "GROUP"}, {}};
  files_.environment = "first";
  EXPECT_EQ(Find(To("/app"))->route.application_group, "first");
  files_.environment = "second";
  EXPECT_EQ(Find(To("/app"))->route.application_group, "second");

  class Denying final : public OverrideFiles {
   public:
    std::shared_ptr<const OverrideFile> Read(const std::string& /*directory*/,
                                             const Overrides& /*allowed*/) override {
      return file;
    }
    std::shared_ptr<OverrideFile> file;
  } denying;
  settings() = Requiring(Demand::Kind::AllGranted);
  settings().allow_override = Written<Overrides>{{.auth_config = true}, {}};
  deployment_.virtual_hosts[0].may_have_override_files = true;
  files_.overrides = &denying;
  EXPECT_EQ(Find(To("/app/o"))->refused_status, 0);
  denying.file = std::make_shared<OverrideFile>();
  denying.file->settings = Requiring(Demand::Kind::AllDenied);
  EXPECT_EQ(Find(To("/app/o"))->refused_status, 403);
}

TEST_F(Remembering, KeepsWhatSomebodyHolds) {
  const auto held = Find(To("/app/held"));
  for (std::size_t i = 0; i < 16 * RememberedRoutes::kSlots; ++i)
    (void)Find(To(fmt::format("/app/{}", i)));
  EXPECT_EQ(held->route.path_info, "/held");
}

TEST_F(Remembering, DoesNotKeepWhatIsLong) {
  EXPECT_FALSE(IsRemembered(To("/app/" + std::string(RememberedRoutes::kLongestKey, 'x'))));
}

}  // namespace hosts::deployment
