#include "hosts/wsgi/environ.h"

#include <gtest/gtest.h>

#include "hosts/wsgi/testing/stage.h"

namespace hosts::wsgi {
namespace {

using testing::RecordingSink;
using testing::Stage;

constexpr const char* kKeepEnviron = R"(
def application(environ, start_response):
    global env
    env = dict(environ)
    environ["added"] = "by the application"
    start_response("200 OK", [])
    return []
)";

MountVariables Variables() {
  MountVariables variables;
  variables.server_name = "main.example";
  variables.server_port = 81;
  variables.process_group = "accounts";
  variables.application_group = "main.example|/app";
  variables.callable_object = "application";
  variables.is_multithreaded = true;
  return variables;
}

class EnvironTest : public ::testing::Test {
 protected:
  std::string Play(const std::string& expression) {
    EXPECT_EQ(stage_.Play(kKeepEnviron).status(), 200);
    return stage_.Say(expression);
  }
  Stage stage_{Variables()};
};

TEST_F(EnvironTest, HasTheVariablesOfCgi) {
  EXPECT_EQ(Play("[env[k] for k in ('REQUEST_METHOD', 'REQUEST_URI', 'QUERY_STRING', 'SCRIPT_NAME',"
                 " 'PATH_INFO', 'SCRIPT_FILENAME', 'SERVER_PROTOCOL')]"),
            "['GET', '/app/path?a=b', 'a=b', '/app', '/path', '/site/app.wsgi', 'HTTP/1.1']");
  EXPECT_EQ(Play("[env[k] for k in ('REMOTE_ADDR', 'REMOTE_PORT', 'SERVER_ADDR', 'SERVER_SOFTWARE',"
                 " 'REQUEST_SCHEME', 'DOCUMENT_ROOT', 'CONTEXT_PREFIX', 'CONTEXT_DOCUMENT_ROOT')]"),
            "['192.0.2.1', '50000', '192.0.2.2', 'wsgilab-host', 'http', '', '', '']");
  EXPECT_EQ(Play("type(env) is dict and 'added' not in env"), "True");
}

TEST_F(EnvironTest, HasTheVariablesOfWsgi) {
  EXPECT_EQ(Play("[env['wsgi.' + k] for k in ('version', 'url_scheme', 'multithread',"
                 " 'multiprocess', 'run_once', 'input_terminated')]"),
            "[(1, 0), 'http', True, False, False, True]");
}

TEST_F(EnvironTest, NamesTheServersProcessIfTheRequestDoes) {
  EXPECT_EQ(Play("'mod_wsgi.server_pid' in env"), "False");
  stage_.request.server_pid = 4321;
  EXPECT_EQ(Play("env['mod_wsgi.server_pid']"), "4321");
}

TEST_F(EnvironTest, HasTheVariablesOfTheEngine) {
  stage_.request.received_at_us = 1'500'000;
  stage_.variables.application_start = 2.5;
  stage_.variables.daemon_start = 2.25;
  stage_.variables.thread_id = 3;
  EXPECT_EQ(Play("[env['mod_wsgi.' + k] for k in ('process_group', 'application_group',"
                 " 'callable_object', 'script_name', 'path_info', 'listener_host',"
                 " 'listener_port', 'request_id', 'thread_id')]"),
            "['accounts', 'main.example|/app', 'application', '/app', '/path', '192.0.2.2', "
            "'8080', 'r1', 3]");
  EXPECT_EQ(Play("[env['mod_wsgi.' + k] for k in ('request_start', 'queue_start', 'daemon_start',"
                 " 'application_start')]"),
            "[1.5, 0.0, 2.25, 2.5]");
}

TEST_F(EnvironTest, NamesTheServerAsTheClientDid) {
  stage_.request.host_name = "other.example";
  stage_.request.host_port = 9999;
  EXPECT_EQ(Play("env['SERVER_NAME'], env['SERVER_PORT']"), "('other.example', '9999')");
  stage_.request.host_port = 0;
  EXPECT_EQ(Play("env['SERVER_NAME'], env['SERVER_PORT']"), "('other.example', '81')");
  stage_.request.host_name = "";
  EXPECT_EQ(Play("env['SERVER_NAME'], env['SERVER_PORT']"), "('main.example', '81')");
}

TEST_F(EnvironTest, MakesHeadersIntoVariables) {
  stage_.request.headers = {{"X-Foo", "1"},
                            {"x-bar", "d\xE9j\xE0"},
                            {"X_Hidden", "no"},
                            {"X.Hidden", "no"},
                            {"Content-Type", "text/plain"},
                            {"Content-Length", "5"},
                            {"Content-Length", "5"},
                            {"Proxy", "http://evil"},
                            {"Authorization", "Basic x"},
                            {"Proxy-Authorization", "Basic x"},
                            {"X-Foo", "1"},
                            {"X-Foo", "two"}};
  EXPECT_EQ(Play("sorted((k, v) for k, v in env.items() if 'HTTP_' in k or 'CONTENT_' in k"
                 " or 'idden' in k or 'HIDDEN' in k)"),
            "[('CONTENT_LENGTH', '5'), ('CONTENT_TYPE', 'text/plain'), "
            "('HTTP_X_BAR', 'd\u00e9j\u00e0'), ('HTTP_X_FOO', '1, 1, two')]");
}

TEST_F(EnvironTest, HasHeadersWithLongNames) {
  const std::string name = "X-" + std::string(298, 'a');
  const std::string hidden = name + "_";
  stage_.request.headers = {{name, "1"}, {name, "2"}, {hidden, "no"}};
  EXPECT_EQ(Play("[(k.strip('A'), len(k), v) for k, v in env.items() if k.startswith('HTTP_')]"),
            "[('HTTP_X_', 305, '1, 2')]");
}

TEST_F(EnvironTest, HasNoContentLengthForAChunkedBody) {
  stage_.request.headers = {{"Transfer-Encoding", "chunked"}, {"Content-Length", "5"}};
  stage_.request.is_chunked = true;
  EXPECT_EQ(Play("'CONTENT_LENGTH' in env, env['HTTP_TRANSFER_ENCODING']"), "(False, 'chunked')");
}

TEST(Environ, ShowsAuthorizationWhereTheMountPassesIt) {
  MountVariables variables;
  variables.pass_authorization = true;
  Stage stage(variables);
  stage.request.headers = {{"Authorization", "Basic x"}};
  EXPECT_EQ(stage.Play(kKeepEnviron).status(), 200);
  EXPECT_EQ(stage.Say("env['HTTP_AUTHORIZATION']"), "Basic x");
}

TEST_F(EnvironTest, DecodesBytesAsLatin1) {
  stage_.request.path_info = "/\xC3\xA9";
  stage_.request.query = "\xFF";
  EXPECT_EQ(Play("env['PATH_INFO'].encode('latin-1').decode(), env['QUERY_STRING']"),
            "('/\u00e9', '\u00ff')");
}

TEST_F(EnvironTest, SurvivesMoreHeaderNamesThanItRemembers) {
  std::vector<std::string> names(2000);
  for (size_t i = 0; i < names.size(); ++i) {
    names[i] = "X-Name-" + std::to_string(i);
    stage_.request.headers.push_back({names[i], "v"});
  }
  EXPECT_EQ(Play("sum(k.startswith('HTTP_X_NAME_') for k in env)"), "2000");
}

}  // namespace
}  // namespace hosts::wsgi
