#include "harness/adapters/directive_writer.h"

#include <gmock/gmock.h>

namespace harness::adapters {
namespace {

using testing::HasSubstr;
using testing::Not;

ServedScript Hello(GroupsBy groups_by) {
  ServedScript script;
  script.script = "/cell/scripts/hello/hello.wsgi";
  script.process_group = "accounts";
  script.groups_by = groups_by;
  return script;
}

TEST(WriteDirectives, ReadsAsAnAdministratorWouldWriteIt) {
  ServedDeployment deployment;
  deployment.python_home = "/srv/venv";
  deployment.python_path = {"/srv/a", "/srv/b"};
  DaemonGroup group;
  group.name = "accounts";
  group.home = "/srv/my project";
  group.python_home = "/srv/venv";
  deployment.daemon_groups = {group};
  deployment.scripts = {Hello(GroupsBy::BothOptions)};
  const auto text = WriteDirectives(deployment);
  ASSERT_TRUE(text) << text.error().Text();
  EXPECT_EQ(*text,
            "Listen 127.0.0.1:0\n"
            "ServerName localhost\n"
            "StartServers 1\n"
            "ThreadsPerChild 5\n"
            "WSGIPythonHome /srv/venv\n"
            "WSGIPythonPath /srv/a:/srv/b\n"
            "WSGIDaemonProcess accounts processes=1 threads=5 home=\"/srv/my project\" "
            "python-home=/srv/venv\n"
            "<Directory /cell/scripts/hello>\n"
            "  Require all granted\n"
            "</Directory>\n"
            "WSGIScriptAlias / /cell/scripts/hello/hello.wsgi process-group=accounts "
            "application-group=%{GLOBAL}\n");
}

TEST(WriteDirectives, LazyGroupsAreDirectivesOfTheScriptsDirectory) {
  ServedDeployment deployment;
  deployment.scripts = {Hello(GroupsBy::Directives)};
  deployment.scripts.front().application_group = "hello";
  const auto text = WriteDirectives(deployment);
  ASSERT_TRUE(text);
  EXPECT_THAT(*text, HasSubstr("  WSGIProcessGroup accounts\n  WSGIApplicationGroup hello\n"));
  EXPECT_THAT(*text, Not(HasSubstr("process-group=")));
}

TEST(WriteDirectives, OneOptionLeavesTheOtherToADirective) {
  ServedDeployment deployment;
  deployment.scripts = {Hello(GroupsBy::OneOption)};
  const auto text = WriteDirectives(deployment);
  ASSERT_TRUE(text);
  EXPECT_THAT(*text, HasSubstr("process-group=accounts\n"));
  EXPECT_THAT(*text, HasSubstr("  WSGIApplicationGroup %{GLOBAL}\n"));
}

TEST(WriteDirectives, AnOwnGilIsForTheInterpreterThatHasIt) {
  ServedDeployment deployment;
  for (const char* name : {"one", "one", "my other", ""}) {
    ServedScript script = Hello(GroupsBy::BothOptions);
    script.application_group = name;
    script.has_own_gil = !script.application_group.empty();
    deployment.scripts.push_back(script);
  }
  const auto text = WriteDirectives(deployment);
  ASSERT_TRUE(text);
  EXPECT_THAT(*text,
              HasSubstr("<WSGIInterpreterOptions process-group=accounts \"application-group=my "
                        "other\">\n"
                        "  WSGIPerInterpreterGIL On\n"
                        "</WSGIInterpreterOptions>\n"
                        "<WSGIInterpreterOptions process-group=accounts application-group=one>\n"
                        "  WSGIPerInterpreterGIL On\n"
                        "</WSGIInterpreterOptions>\n"
                        "<Directory"));
}

TEST(WriteDirectives, TwoGroupsInOneDirectoryAreRefused) {
  ServedDeployment deployment;
  deployment.scripts = {Hello(GroupsBy::Directives), Hello(GroupsBy::Directives)};
  deployment.scripts.back().process_group = "others";
  const auto text = WriteDirectives(deployment);
  ASSERT_FALSE(text);
  EXPECT_THAT(text.error().Text(), HasSubstr("/cell/scripts/hello"));
}

}  // namespace
}  // namespace harness::adapters
