#include "hosts/deployment/dump.h"

#include <gtest/gtest.h>

namespace hosts::deployment {

TEST(Dump, SaysWhatIsServedWhereAndWhichLineDecidedIt) {
  Deployment deployment;
  deployment.listens = {Listen{"::1", 8080, {"site.conf", 1}}};
  ProcessGroup group;
  group.name = "accounts";
  group.umask = 027;
  group.server_name = "";
  group.origin = {"site.conf", 2};
  deployment.process_groups = {group};
  VirtualHost host;
  host.server_name = "a.example";
  host.server_port = 8080;
  host.aliases = {"b.example", "*.c.example"};
  Mount mount;
  mount.url = "/";
  mount.target = "/srv/a.wsgi";
  mount.process_group = GroupName{GroupName::Kind::Literal, "accounts"};
  mount.process_group_origin = {"site.conf", 4};
  mount.preload = true;
  mount.chunked_request = true;
  mount.callable_object = "app";
  mount.origin = {"site.conf", 3};
  host.mounts = {mount};
  deployment.virtual_hosts = {host};
  EXPECT_EQ(Dump(deployment), R"(listen [::1]:8080 (site.conf:1)
server
  processes 1
  threads 15
process-group accounts (site.conf:2)
  processes 1 (default)
  threads 15
  umask 0027
  only for the virtual hosts named nothing
virtual-host *:* (default)
  name a.example:8080
  aliases b.example *.c.example
  mount / -> /srv/a.wsgi (site.conf:3)
    process-group accounts (site.conf:4)
    application-group %{RESOURCE} (default)
    loading preload
    access denied
    callable app
    chunked requests accepted
)");
}

}  // namespace hosts::deployment
