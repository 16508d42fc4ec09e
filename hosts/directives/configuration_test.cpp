#include "hosts/directives/configuration.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cstdlib>
#include <limits>

#include "hosts/base/files.h"

namespace hosts::directives {
namespace {

using base::ErrorKind;
using testing::HasSubstr;

std::string ErrorOf(std::string_view text) {
  const auto deployment = ReadConfigurationText(text, "site.conf");
  return deployment ? "accepted" : deployment.error().Text();
}

std::string Repeated(std::string_view text, int times) {
  std::string repeated;
  for (int i = 0; i < times; ++i) {
    repeated += text;
  }
  return repeated;
}

}  // namespace

TEST(Configuration, IsReadFromAFile) {
  auto directory = base::TemporaryDirectory::Make("wsgilab-directives");
  ASSERT_TRUE(directory);
  const auto file = directory->path() / "site.conf";
  ASSERT_TRUE(base::WriteFile(file, "Listen 8080\nWSGIScriptAlias / /srv/app.wsgi\n"));
  const auto deployment = ReadConfiguration(file);
  ASSERT_TRUE(deployment) << deployment.error().Text();
  EXPECT_EQ(deployment->listens.at(0).port, 8080);
  const auto& mount = deployment->virtual_hosts.at(0).mounts.at(0);
  EXPECT_EQ(mount.target, "/srv/app.wsgi");
  EXPECT_EQ(mount.origin.file, file.string());
  EXPECT_EQ(mount.origin.line, 2);
}

TEST(Configuration, ADistributionsVariablesAndFolderCount) {
  auto directory = base::TemporaryDirectory::Make("wsgilab-directives");
  ASSERT_TRUE(directory);
  const auto& folder = directory->path();
  ASSERT_TRUE(base::WriteFile(folder / "envvars",
                              "SUFFIX=\nexport OURS_USER=daemon\nexport BAD=`id`\n"
                              "export OURS_DIR='/srv/x$SUFFIX'\nexport LOOP=$LOOP\n"));
  ASSERT_TRUE(base::WriteFile(folder / "ports.conf", "Listen 8081\n"));
  ASSERT_TRUE(base::WriteFile(folder / "main.conf",
                              "User ${OURS_USER}\nInclude ports.conf\n"
                              "WSGIScriptAlias / ${OURS_DIR}/app.wsgi\n"));
  const auto deployment = ReadConfiguration(folder / "main.conf");
  ASSERT_TRUE(deployment) << deployment.error().Text();
  EXPECT_EQ(deployment->server.user, "daemon");
  EXPECT_EQ(deployment->listens.at(0).port, 8081);
  EXPECT_EQ(deployment->virtual_hosts.at(0).mounts.at(0).target, "/srv/x/app.wsgi");
}

TEST(Configuration, AVirtualHostsLimitsAreLaidOverThoseOfTheServer) {
  auto directory = base::TemporaryDirectory::Make("wsgilab-directives");
  ASSERT_TRUE(directory);
  const auto file = directory->path() / "site.conf";
  ASSERT_TRUE(base::WriteFile(file,
                              "Listen 8080\nListenBacklog 7\nKeepAliveTimeout 500ms\n"
                              "LimitRequestFields 0\nTimeout 9\n"
                              "<VirtualHost *:8080>\nServerName a\nTimeout 3\nKeepAlive Off\n"
                              "RequestReadTimeout header=2-4,MinRate=10 body=0\n"
                              "LimitRequestLine 100\nLimitRequestFieldSize 200\n"
                              "MaxKeepAliveRequests 5\n</VirtualHost>\n"
                              "<VirtualHost *:8080>\nServerName b\n</VirtualHost>\n"));
  const auto deployment = ReadConfiguration(file);
  ASSERT_TRUE(deployment) << deployment.error().Text();
  EXPECT_EQ(deployment->listen_backlog, 7);
  using std::chrono::milliseconds;
  const deployment::HttpLimits& a = deployment->virtual_hosts.at(0).http;
  EXPECT_EQ(a.timeout, milliseconds(3'000));
  EXPECT_FALSE(a.keep_alive);
  EXPECT_EQ(a.keep_alive_timeout, milliseconds(500));
  EXPECT_EQ(a.fields, 0U);
  EXPECT_EQ(a.request_line, 100U);
  EXPECT_EQ(a.field_size, 200U);
  EXPECT_EQ(a.keep_alive_requests, 5U);
  EXPECT_EQ(a.head_timeout,
            (deployment::ReadTimeout{milliseconds(2'000), milliseconds(4'000), 10}));
  EXPECT_EQ(a.body_timeout, deployment::ReadTimeout{});
  const deployment::HttpLimits& b = deployment->virtual_hosts.at(1).http;
  EXPECT_EQ(b.timeout, milliseconds(9'000));
  EXPECT_TRUE(b.keep_alive);
  EXPECT_EQ(b.head_timeout, deployment::HttpLimits().head_timeout);
}

TEST(Configuration, AFileThatIsMissingOrNoFileIsAnErrorThatNamesIt) {
  const auto missing = ReadConfiguration("/nonexistent/site.conf");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::NotFound);
  EXPECT_EQ(missing.error().Text(),
            "cannot read /nonexistent/site.conf: No such file or directory");
  EXPECT_EQ(ReadConfiguration("/").error().Text(), "cannot read /: not a regular file");
  EXPECT_EQ(ReadConfiguration("/dev/zero").error().Text(),
            "cannot read /dev/zero: not a regular file");
}

TEST(Configuration, APipeIsRefusedAndNotWaitedFor) {
  auto directory = base::TemporaryDirectory::Make("wsgilab-directives");
  ASSERT_TRUE(directory);
  const auto pipe = directory->path() / "pipe.conf";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(ReadConfiguration(pipe).error().kind, ErrorKind::InvalidInput);
}

TEST(Configuration, ABinaryFileIsRefusedAtItsFirstNul) {
  EXPECT_EQ(ErrorOf(std::string_view("Listen 80\nUser \0x\n", 18)),
            "site.conf:2:6: a NUL byte: a configuration is text; is this the right file?");
}

TEST(Configuration, ALineWithoutEndIsRefused) {
  EXPECT_EQ(ErrorOf("Listen 80\n" + std::string((1 << 20) + 1, 'x')),
            "site.conf:2:1: the line is longer than 1 MiB: is this the right file?");
  EXPECT_EQ(ErrorOf(Repeated("xxxxxxx\\\n", 200'000)),
            "site.conf:149797:1: the line is longer than 1 MiB: is this the right file?");
}

TEST(Configuration, AMessageNeverShowsAWholeLongWord) {
  EXPECT_LT(ErrorOf(std::string(1 << 20, 'x')).size(), 200u);
  EXPECT_EQ(ErrorOf("Li\x1b[31m 80"),
            "site.conf:1:1: unknown directive Li\\x1b[31m: neither Apache's "
            "modules nor mod_wsgi have it; remove it");
}

std::string Numbered(std::string_view before, std::string_view after, int times) {
  std::string text;
  for (int i = 0; i < times; ++i)
    text += std::string(before) + std::to_string(i) + std::string(after);
  return text;
}

TEST(Configuration, AFileThatWouldGrowBeyondMeasureIsRefused) {
  EXPECT_THAT(
      ErrorOf(Numbered("WSGIDaemonProcess g", "\n", 11'000)),
      HasSubstr("site.conf:10001:19: more than 10000 process groups: is this the right file?"));
  EXPECT_THAT(ErrorOf(Numbered("Listen ", "\n", 2'000).substr(9)),
              HasSubstr("more than 1000 addresses to listen on: is this the right file?"));
  EXPECT_THAT(ErrorOf(Numbered("WSGIScriptAlias /a", " /srv/a.wsgi\n", 2'000) +
                      Numbered("<VirtualHost *:80>\n ServerName h", "\n</VirtualHost>\n", 2'000)),
              HasSubstr("the virtual hosts come to more than 1000000 mounts and sections, with the "
                        "server's in each of them: is this the right file?"));
  EXPECT_THAT(
      ErrorOf(Numbered("WSGIScriptAlias /a", " /srv/a.wsgi\n", 21'000)),
      HasSubstr("site.conf:20001:1: more than 20000 of WSGIScriptAlias: is this the right file?"));
  EXPECT_THAT(ErrorOf(Numbered("<Directory /a", ">\n</Directory>\n", 21'000)),
              HasSubstr("more than 20000 of Directory"));
  EXPECT_THAT(ErrorOf(Numbered("SetEnv a", " b\n", 21'000)),
              HasSubstr("site.conf:20001:1: more than 20000 of SetEnv"));
  EXPECT_THAT(ErrorOf(Numbered("WSGIHandlerScript a", " /srv/b\n", 21'000)),
              HasSubstr("site.conf:20001:1: more than 20000 of WSGIHandlerScript"));
  EXPECT_THAT(ErrorOf("<Location />\n" + Repeated("Require local\n", 21'000) + "</Location>\n"),
              HasSubstr("site.conf:20002:1: more than 20000 of Require"));
  EXPECT_THAT(ErrorOf(Repeated("SetEnvIf Host (a{1,900}){1,900} a\n", 1'000)),
              HasSubstr(":15: the regular expressions come to more than 4 MiB when they are "
                        "compiled: is this the right file?"));
  EXPECT_THAT(ErrorOf("<If true>\n</If>\n" + Repeated("<ElseIf true>\n</ElseIf>\n", 1'001)),
              HasSubstr("site.conf:2001:2: there are more than 1000 cases of one <If>"));
}

TEST(Configuration, DeepNestingIsRefused) {
  EXPECT_EQ(ErrorOf(Repeated("<Directory /x>\n", 100)),
            "site.conf:65:2: sections are nested more than 64 deep: close some");
}

TEST(Configuration, IncludesOtherFilesAndSaysWhoIncludedWhatIsWrong) {
  auto directory = base::TemporaryDirectory::Make("wsgilab-directives");
  ASSERT_TRUE(directory);
  const std::string root = directory->path().string();
  const auto file = directory->path() / "main.conf";
  ASSERT_TRUE(std::filesystem::create_directory(directory->path() / "sites"));
  ASSERT_TRUE(base::WriteFile(file, "ServerRoot " + root + "\nIncludeOptional sites/*.conf\n"));
  ASSERT_TRUE(base::WriteFile(directory->path() / "sites/a.conf", "Listen 8080\n"));
  const auto deployment = ReadConfiguration(file);
  ASSERT_TRUE(deployment) << deployment.error().Text();
  EXPECT_EQ(deployment->listens.at(0).origin.file, root + "/sites/a.conf");
  ASSERT_TRUE(base::WriteFile(directory->path() / "sites/b.conf", "Lisen 8081\n"));
  const auto refused = ReadConfiguration(file);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().Text(),
            root +
                "/sites/b.conf:1:1: unknown directive Lisen: did you mean Listen? (included by " +
                root + "/main.conf:2)");
}

TEST(Configuration, TakesVariablesFromTheEnvironmentAndNotesThoseThatNobodyKnows) {
  auto directory = base::TemporaryDirectory::Make("wsgilab-directives");
  ASSERT_TRUE(directory);
  const auto file = directory->path() / "site.conf";
  ASSERT_TRUE(base::WriteFile(file, "ErrorLog ${WSGILAB_TEST_LOG}/${no-such-variable}\n"));
  ASSERT_EQ(::setenv("WSGILAB_TEST_LOG", "/var/log", 1), 0);
  const auto configuration = ReadConfigurationWithNotes(file);
  ::unsetenv("WSGILAB_TEST_LOG");
  ASSERT_TRUE(configuration) << configuration.error().Text();
  EXPECT_EQ(configuration->deployment.error_logs.at(0).file, "/var/log/${no-such-variable}");
  ASSERT_EQ(configuration->notes.size(), 1u);
  EXPECT_EQ(configuration->notes[0].text,
            "${no-such-variable} is not defined and stays as it is: Define it");
  EXPECT_EQ(configuration->notes[0].where.column, 30);
}

// Where it is false the server's processes start no Python, and could not answer such a request.
TEST(Configuration, SaysWhetherARequestCouldRunEmbedded) {
  const std::string group = "WSGIDaemonProcess d\n";
  const std::string mount = "WSGIScriptAlias /a /srv/a/app.wsgi\n";
  const auto may = [](const std::string& text) {
    const auto deployment = ReadConfigurationText(text, "site.conf");
    EXPECT_TRUE(deployment) << deployment.error().Text();
    return deployment && deployment->may_run_embedded;
  };
  const auto within = [](const std::string& section) {
    const std::string name = section.substr(0, section.find(' '));
    return "<" + section + ">\nWSGIProcessGroup d\n</" + name + ">\n";
  };
  EXPECT_TRUE(may(group + mount));
  EXPECT_FALSE(may(group + "WSGIProcessGroup d\n" + mount));
  EXPECT_FALSE(may(group + "WSGIScriptAlias /a /srv/a/app.wsgi process-group=d\n"));
  // A section counts if it is around all of the mount.
  EXPECT_FALSE(may(group + mount + within("Directory /srv/a")));
  EXPECT_FALSE(may(group + mount + within("Location /a")));
  EXPECT_TRUE(may(group + mount + within("LocationMatch ^/a$")));
  EXPECT_TRUE(may(group + mount + within("Location /a/deep")));
  EXPECT_TRUE(may(group + mount + within("Files app.wsgi")));
  // What requests decide may come to embedded mode.
  EXPECT_TRUE(may(group + "WSGIProcessGroup %{ENV:X}\n" + mount));
  EXPECT_TRUE(may(group + "WSGIProcessGroup %{SERVER}\n" + mount));
  EXPECT_TRUE(may(group + "WSGIProcessGroup d\n" + mount +
                  "<Location /a/x>\nWSGIProcessGroup %{GLOBAL}\n</Location>\n"));
  EXPECT_TRUE(may(group + "WSGIProcessGroup d\nWSGIHandlerScript h /srv/h.wsgi "
                          "process-group=%{GLOBAL}\n"));
  EXPECT_FALSE(may("WSGIRestrictEmbedded On\n" + mount));
}

// DOC-10: every directive of the server may stand in a container, and acts as if it stood outside.
TEST(Configuration, AContainerIsOnlyForWhatInterpretersCanBeTold) {
  const auto deployment = ReadConfigurationText(
      "<WSGIInterpreterOptions application-group=a>\n"
      "WSGIRestrictStdout On\n"
      "WSGIPythonPath /srv/a\n"
      "WSGIPythonOptimize 1\n"
      "StartServers 3\n"
      "</WSGIInterpreterOptions>\n"
      "WSGIPythonPath /srv/all\n"
      "WSGIRestrictStdin On\n",
      "site.conf");
  ASSERT_TRUE(deployment) << deployment.error().Text();
  ASSERT_EQ(deployment->interpreter_options.size(), 1U);
  const auto& of_container = deployment->interpreter_options.front().settings;
  ASSERT_TRUE(of_container.restrict_stdout);
  EXPECT_EQ(of_container.restrict_stdout->origin.line, 2);
  EXPECT_EQ(of_container.python_path->value, deployment::Paths{"/srv/a"});
  EXPECT_FALSE(of_container.restrict_stdin);
  const deployment::ServerProcesses& server = deployment->server;
  EXPECT_FALSE(server.interpreters.restrict_stdout);
  EXPECT_TRUE(server.interpreters.restrict_stdin);
  EXPECT_EQ(server.python_path, deployment::Paths{"/srv/all"});
  EXPECT_EQ(server.python.optimize->value, 1);
  EXPECT_EQ(server.processes, 3);
  EXPECT_EQ(server.options.front().name, "StartServers");
}

// GIL-10: the outer selector has no say inside, and is in force again behind.
TEST(Configuration, ANestedContainerIsOneOfItsOwn) {
  const auto deployment = ReadConfigurationText(
      "<WSGIInterpreterOptions application-group=outer>\n"
      "<WSGIInterpreterOptions Process-Group=inner>\n"
      "WSGIRestrictStdin On\n"
      "</WSGIInterpreterOptions>\n"
      "WSGIRestrictStdout On\n"
      "</WSGIInterpreterOptions>\n",
      "site.conf");
  ASSERT_TRUE(deployment) << deployment.error().Text();
  ASSERT_EQ(deployment->interpreter_options.size(), 2U);
  const auto& outer = deployment->interpreter_options[0];
  const auto& inner = deployment->interpreter_options[1];
  EXPECT_EQ(outer.application_group, "outer");
  EXPECT_TRUE(outer.settings.restrict_stdout);
  EXPECT_FALSE(outer.settings.restrict_stdin);
  EXPECT_EQ(inner.process_group, "inner");
  EXPECT_FALSE(inner.application_group);
  EXPECT_TRUE(inner.settings.restrict_stdin);
  EXPECT_FALSE(inner.settings.restrict_stdout);
}

TEST(Configuration, KeepsHowPythonIsToStart) {
  const auto deployment = ReadConfigurationText(
      "WSGIPythonWarnings error\n"
      "WSGIPythonOptimize 2\n"
      "WSGIPythonWarnings ignore::UserWarning\n"
      "WSGIPythonOptimize -1\n"
      "WSGIPythonHashSeed random\n"
      "WSGIPythonEggs /srv/eggs\n"
      "WSGIDaemonProcess d python-eggs=/srv/own switch-interval=0.25\n",
      "site.conf");
  ASSERT_TRUE(deployment) << deployment.error().Text();
  const deployment::PythonStart& python = deployment->server.python;
  ASSERT_EQ(python.warnings.size(), 2U);
  EXPECT_EQ(python.warnings[0].value, "error");
  EXPECT_EQ(python.warnings[1].value, "ignore::UserWarning");
  EXPECT_EQ(python.optimize->value, -1);
  ASSERT_TRUE(python.hash_seed);
  EXPECT_FALSE(python.hash_seed->value);
  EXPECT_EQ(deployment->server.python_eggs->value, "/srv/eggs");
  EXPECT_EQ(deployment->process_groups.front().python_eggs->value, "/srv/own");
  EXPECT_EQ(deployment->process_groups.front().switch_interval->value, 0.25);
}

TEST(Configuration, KeepsWhatHoldsBetweenServerAndProcesses) {
  const auto deployment = ReadConfigurationText(
      "WSGIDaemonProcess plain header-buffer-size=0\n"
      "WSGIDaemonProcess d connect-timeout=2 socket-timeout=3 header-buffer-size=8192\n",
      "site.conf");
  ASSERT_TRUE(deployment) << deployment.error().Text();
  const auto& plain = deployment->process_groups.front();
  EXPECT_EQ(plain.connect_timeout, std::chrono::seconds(15));
  EXPECT_EQ(plain.socket_timeout, std::chrono::seconds(0));
  EXPECT_EQ(plain.header_buffer_size, 32768U);
  const auto& group = deployment->process_groups.back();
  EXPECT_EQ(group.connect_timeout, std::chrono::seconds(2));
  EXPECT_EQ(group.socket_timeout, std::chrono::seconds(3));
  EXPECT_EQ(group.header_buffer_size, 8192U);
  EXPECT_TRUE(deployment->not_obeyed.empty());
}

TEST(Configuration, KeepsWhoProcessesAreAndWhatTheyMayUse) {
  const auto deployment = ReadConfigurationText(
      "WSGIDaemonProcess plain\n"
      "WSGIDaemonProcess d supplementary-groups=daemon,#60 chroot=/srv/jail/ socket-user=root "
      "listen-backlog=0 send-buffer-size=512 receive-buffer-size=4294967296 script-user=root "
      "cpu-priority=-5 memory-limit=1073741824 virtual-memory-limit=0 stack-size=1048576\n",
      "site.conf");
  ASSERT_TRUE(deployment) << deployment.error().Text();
  const auto& plain = deployment->process_groups.front();
  EXPECT_FALSE(plain.supplementary_groups);
  EXPECT_EQ(plain.chroot, "");
  EXPECT_EQ(plain.socket.backlog, 100);
  EXPECT_FALSE(plain.script_owner.user);
  const auto& group = deployment->process_groups.back();
  EXPECT_EQ(*group.supplementary_groups, (std::vector<std::string>{"daemon", "#60"}));
  EXPECT_EQ(group.chroot, "/srv/jail/");
  EXPECT_EQ(group.working_directory, "/") << "inside the root";
  EXPECT_EQ(group.socket.user, "root");
  EXPECT_EQ(group.socket.backlog, 0);
  EXPECT_EQ(group.socket.send_buffer, 512);
  EXPECT_EQ(group.socket.receive_buffer, std::numeric_limits<int>::max());
  EXPECT_EQ(group.script_owner.user, 0U);
  EXPECT_EQ(group.limits.priority, -5);
  EXPECT_EQ(group.limits.memory, 1073741824U);
  EXPECT_EQ(group.limits.virtual_memory, 0U);
  EXPECT_EQ(group.limits.stack, 1048576U);
  EXPECT_TRUE(deployment->not_obeyed.empty());
}

TEST(Configuration, LogsWhatLogLevelSaysOfAllModulesOrOfWsgi) {
  using base::LogLevel;
  const std::pair<const char*, LogLevel> kLevels[] = {
      {"", LogLevel::Info},
      {"LogLevel emerg\n", LogLevel::Critical},
      {"LogLevel Crit\n", LogLevel::Critical},
      {"LogLevel error\n", LogLevel::Error},
      {"LogLevel warn\n", LogLevel::Warning},
      {"LogLevel notice\n", LogLevel::Warning},
      {"LogLevel debug\n", LogLevel::Debug},
      {"LogLevel trace8\n", LogLevel::Debug},
      {"LogLevel warn wsgi:info\n", LogLevel::Info},
      {"LogLevel warn mod_wsgi.c:error ssl:debug\n", LogLevel::Error},
      {"LogLevel wsgi:crit warn\n", LogLevel::Warning},
      {"LogLevel ssl:warn\n", LogLevel::Info},
      {"LogLevel warn\n<VirtualHost *>\nLogLevel debug\n</VirtualHost>\n", LogLevel::Warning},
      {"LogLevel warn\n<Location /x>\nLogLevel debug\n</Location>\n", LogLevel::Warning},
  };
  for (const auto& [text, level] : kLevels) {
    const auto deployment = ReadConfigurationText(text, "site.conf");
    ASSERT_TRUE(deployment) << deployment.error().Text();
    EXPECT_EQ(deployment->error_logs.at(0).level, level) << text;
    const bool is_of_a_section = std::string_view(text).find("<Location") != std::string_view::npos;
    EXPECT_EQ(deployment->not_obeyed.size(), is_of_a_section ? 1U : 0U) << text;
  }
}

TEST(Configuration, RefusesWhatIsNoLevelOfALog) {
  for (const char* level : {"loud", "trace", "trace0", "trace9", "wsgi:", "wsgi:loud"}) {
    const auto deployment =
        ReadConfigurationText(std::string("LogLevel ") + level + "\n", "site.conf");
    ASSERT_FALSE(deployment) << level;
    EXPECT_NE(deployment.error().Text().find(
                  " is no level: write emerg, alert, crit, error, warn, notice, info, debug, or "
                  "trace1 to trace8"),
              std::string::npos)
        << deployment.error().Text();
  }
}

TEST(Configuration, GivesVirtualHostsAndTheirGroupsALogOfTheirOwn) {
  using base::LogLevel;
  const auto deployment = ReadConfigurationText(
      "ErrorLog /srv/server.log\nLogLevel warn\nWSGIDaemonProcess of-the-server\n"
      "<VirtualHost *:1>\nErrorLog /srv/one.log\nWSGIDaemonProcess of-one\n</VirtualHost>\n"
      "<VirtualHost *:2>\nLogLevel debug\n</VirtualHost>\n"
      "<VirtualHost *:3>\n</VirtualHost>\n"
      "<VirtualHost *:4>\nLogLevel warn\nErrorLog /srv/one.log\n</VirtualHost>\n",
      "site.conf");
  ASSERT_TRUE(deployment) << deployment.error().Text();
  const auto log_of = [&](int number) {
    const auto& log = deployment->error_logs.at(static_cast<size_t>(number));
    return std::pair(log.file.string(), log.level);
  };
  const auto log_of_host = [&](int host) {
    return log_of(deployment::ErrorLogOf(*deployment, host));
  };
  EXPECT_EQ(log_of(0), std::pair(std::string("/srv/server.log"), LogLevel::Warning));
  EXPECT_EQ(log_of_host(0), std::pair(std::string("/srv/one.log"), LogLevel::Warning));
  EXPECT_EQ(log_of_host(1), std::pair(std::string("/srv/server.log"), LogLevel::Debug));
  EXPECT_EQ(deployment::ErrorLogOf(*deployment, 2), 0);
  EXPECT_EQ(log_of_host(3), log_of_host(0));
  EXPECT_EQ(deployment->process_groups.at(0).error_log, 0);
  EXPECT_EQ(log_of(deployment->process_groups.at(1).error_log), log_of_host(0));
  EXPECT_EQ(deployment->error_logs.size(), 3U);
  EXPECT_EQ(deployment->error_logs.at(1).origin.line, 5);
  for (const int no_host : {-1, 1000})
    EXPECT_EQ(deployment::ErrorLogOf(*deployment, no_host), 0);
  EXPECT_TRUE(deployment->not_obeyed.empty());
}

TEST(Configuration, AnEmptyTextIsADeploymentWithoutMounts) {
  for (const char* text : {"", "\n\n", "# nothing", "\\\n\\\n"}) {
    const auto deployment = ReadConfigurationText(text, "site.conf");
    ASSERT_TRUE(deployment) << deployment.error().Text();
    EXPECT_EQ(deployment->virtual_hosts.size(), 1u);
  }
}

}  // namespace hosts::directives
