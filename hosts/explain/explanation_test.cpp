#include "hosts/explain/explanation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <utility>
#include <vector>

#include "hosts/explain/render.h"
#include "hosts/explain/testing/site.h"

namespace hosts::explain {
namespace {

using testing::Explained;
using ::testing::HasSubstr;
using testing::Site;

// One line each, before whatever a test writes.
const std::string kOpen = "<Directory @>\nRequire all granted\nAllowOverride All\n</Directory>\n";
constexpr int kLinesOfOpen = 4;

class Explaining : public ::testing::Test {
 protected:
  void SetUp() override { site_.Write("app/app.wsgi", "def application(e, s): pass\n"); }

  // What is said of the URL; lines are counted behind kOpen.
  UrlExplanation Of(const std::string& url, const std::string& configuration) {
    auto asked = site_.Ask(kOpen + configuration, {url});
    EXPECT_TRUE(asked) << asked.error().Text();
    if (!asked) return {};
    explained_ = std::move(*asked);
    EXPECT_EQ(explained_.explanation.urls.size(), 1U);
    return explained_.explanation.urls.front();
  }

  // "value [3: WSGIProcessGroup]": 3 is the line behind kOpen, or the name of another file and its.
  static std::string Said(const UrlExplanation& url, std::string_view name) {
    const Fact* fact = url.Find(name);
    if (fact == nullptr) return "nothing";
    const auto& [file, line] = fact->origin;
    if (line == 0) return fact->value + " [default]";
    const std::string where =
        file == "site.conf"
            ? std::to_string(line - kLinesOfOpen)
            : std::filesystem::path(file).filename().string() + ":" + std::to_string(line);
    return fact->value + " [" + where + ": " + fact->written + "]";
  }

  std::string ErrorOf(const std::string& url) {
    const auto asked = site_.Ask("Listen 80\n", {url});
    return asked ? "none" : asked.error().Text();
  }

  Site site_;
  Explained explained_;
};

// ---- facts and who decided them ----

TEST_F(Explaining, WhatNobodyWroteHasNoOrigin) {
  const auto url = Of("/a/b", "WSGIScriptAlias /a @/app/app.wsgi\n");
  EXPECT_EQ(url.answer, "script");
  EXPECT_EQ(url.status, 0);
  EXPECT_EQ(url.script_name, "/a");
  EXPECT_EQ(url.path_info, "/b");
  EXPECT_EQ(Said(url, "process_group"), " [default]");
  EXPECT_EQ(Said(url, "application_group"), "|/a [default]");
  EXPECT_EQ(Said(url, "callable_object"), "application [default]");
  EXPECT_EQ(Said(url, "loading"), "lazy [default]");
  EXPECT_EQ(Said(url, "home"), "/ [default]");
  for (const char* name : {"user", "group", "python_home", "python_path"})
    EXPECT_EQ(Said(url, name), " [default]") << name;
  for (const Fact& fact : url.facts)
    EXPECT_EQ(fact.written.empty(), fact.origin.line == 0) << fact.name;
}

TEST_F(Explaining, AMountDecidesByItsOptions) {
  const auto url = Of("/a",
                      "WSGIDaemonProcess g\n"
                      "WSGIProcessGroup other\n"
                      "WSGIScriptAlias /a @/app/app.wsgi process-group=g \\\n"
                      "  application-group=%{GLOBAL} callable-object=app\n");
  EXPECT_EQ(Said(url, "target"), site_.Filled("@/app/app.wsgi [3: WSGIScriptAlias /a]"));
  EXPECT_EQ(Said(url, "process_group"), "g [3: process-group= of the WSGIScriptAlias]");
  EXPECT_EQ(Said(url, "application_group"), " [4: application-group= of the WSGIScriptAlias]");
  EXPECT_EQ(url.Find("application_group")->meaning, "the main interpreter");
  EXPECT_EQ(Said(url, "callable_object"), "app [4: callable-object= of the WSGIScriptAlias]");
  EXPECT_EQ(Said(url, "loading"), "preload [3: both options of the WSGIScriptAlias]");
}

TEST_F(Explaining, AConditionDecidesAndSaysOnWhatItDepends) {
  const auto url = Of("http://a.example/x",
                      "WSGIScriptAlias / @/app/app.wsgi\n"
                      "<If \"%{HTTP_HOST} == 'a.example' && %{PATH_INFO} == '/x'\">\n"
                      "WSGIApplicationGroup a\n"
                      "</If>\n"
                      "<If \"-n req('X-Test')\">\n"
                      "WSGIApplicationGroup test\n"
                      "</If>\n"
                      "<Else>\n"
                      "WSGICallableObject other\n"
                      "</Else>\n"
                      "<If \"file('/nothing') == ''\">\n"
                      "</If>\n");
  EXPECT_EQ(Said(url, "application_group"), "a [3: WSGIApplicationGroup]");
  EXPECT_EQ(Said(url, "callable_object"), "other [9: WSGICallableObject]");
  ASSERT_EQ(url.conditions.size(), 4U);
  EXPECT_EQ(url.conditions[0].meaning,
            "<If %{HTTP_HOST} == 'a.example' && %{PATH_INFO} == '/x'> holds");
  EXPECT_EQ(url.conditions[1].meaning,
            "<If -n req('X-Test')> does not hold; it depends on the header X-Test");
  EXPECT_EQ(url.conditions[2].written, "Else");
  EXPECT_EQ(url.conditions[2].origin.line, 8 + kLinesOfOpen);
  EXPECT_THAT(url.conditions[3].meaning, HasSubstr("the file /nothing cannot be read"));
}

TEST_F(Explaining, TheHostHeaderHasThePortOfTheUrl) {
  const auto url = Of("http://a.example:8080/",
                      "WSGIScriptAlias / @/app/app.wsgi\n"
                      "<If \"%{HTTP_HOST} == 'a.example:8080' && %{SERVER_PORT} == '8080'\">\n"
                      "</If>\n");
  ASSERT_EQ(url.conditions.size(), 1U);
  EXPECT_EQ(url.conditions[0].value, "holds");
}

TEST_F(Explaining, AnExpressionSetsVariables) {
  EXPECT_EQ(Of("/tenant/blue",
               "WSGIScriptAlias / @/app/app.wsgi\n"
               "WSGIApplicationGroup %{ENV:NAME}\n"
               "SetEnvIfExpr \"%{REQUEST_URI} =~ m#^/tenant/(.*)#\" FIRST=$1\n"
               "SetEnvIfExpr \"reqenv('FIRST') =~ /(.)/\" NAME=of-$1\n")
                .Find("application_group")
                ->value,
            "of-b");
}

TEST_F(Explaining, WhatOnlyOtherModulesCouldJudgeIsToldAndRefused) {
  const auto url = Of("/",
                      "WSGIScriptAlias / @/app/app.wsgi\n"
                      "<Location />\n"
                      "Require expr %{REMOTE_USER} == 'a'\n"
                      "</Location>\n");
  EXPECT_EQ(url.status, 403);
  EXPECT_THAT(url.why, HasSubstr("cannot judge"));
  const auto& not_obeyed = explained_.deployment->not_obeyed;
  ASSERT_EQ(not_obeyed.size(), 1U);
  EXPECT_THAT(not_obeyed[0].name, HasSubstr("REMOTE_USER"));
}

TEST_F(Explaining, TheProcessGroupSaysAsWhomAndInWhichPython) {
  const auto url = Of("/",
                      "User daemon\n"
                      "wsgipythonhome /srv/venv\n"
                      "WSGIDaemonProcess g threads=1 group=daemon home=/tmp \\\n"
                      "  python-path=/a:/b umask=0027\n"
                      "WSGIProcessGroup g\n"
                      "WSGIScriptAlias / @/app/app.wsgi\n");
  EXPECT_EQ(url.Find("process_group")->meaning, "daemon group 'g': 1 process with 1 thread each");
  EXPECT_EQ(Said(url, "user"), "daemon [1: User]");
  EXPECT_EQ(Said(url, "group"), "daemon [3: group= of the WSGIDaemonProcess]");
  EXPECT_EQ(Said(url, "home"), "/tmp [3: home= of the WSGIDaemonProcess]");
  EXPECT_EQ(Said(url, "python_home"), "/srv/venv [2: wsgipythonhome]");
  EXPECT_EQ(Said(url, "python_path"), "/a:/b [4: python-path= of the WSGIDaemonProcess]");
  EXPECT_EQ(Said(url, "umask"), "0027 [4: umask= of the WSGIDaemonProcess]");
  EXPECT_EQ(Said(url, "declared"), "g [3: WSGIDaemonProcess]");
}

TEST_F(Explaining, TheInnerSectionDecides) {
  const std::string configuration =
      "WSGIApplicationGroup server\n"
      "<VirtualHost *:80>\n"
      "ServerName a.example\n"
      "WSGIScriptAlias / @/app/app.wsgi\n"
      "<Directory @/app>\n"
      "WSGIApplicationGroup directory\n"
      "WSGICallableObject app\n"
      "</Directory>\n"
      "<Location /deep>\n"
      "WSGIApplicationGroup location\n"
      "</Location>\n"
      "</VirtualHost>\n";
  const auto url = Of("http://a.example/", configuration);
  EXPECT_EQ(Said(url, "virtual_host"), "a.example [2: VirtualHost]");
  EXPECT_EQ(Said(url, "application_group"), "directory [6: WSGIApplicationGroup]");
  EXPECT_EQ(Said(url, "callable_object"), "app [7: WSGICallableObject]");
  EXPECT_EQ(Said(url, "access"), "all granted [-2: Require]");
  const auto deep = Of("http://a.example/deep/er", configuration);
  EXPECT_EQ(Said(deep, "application_group"), "location [10: WSGIApplicationGroup]");
}

TEST_F(Explaining, OverrideFilesDecide) {
  site_.Write("app/.htaccess", "# ours\nWSGICallableObject mine\n");
  const auto url = Of("/", "WSGIScriptAlias / @/app/app.wsgi\n");
  EXPECT_EQ(Said(url, "callable_object"), "mine [.htaccess:2: WSGICallableObject]");
}

TEST_F(Explaining, HandlerScriptsDecide) {
  site_.Write("pages/a.shiny", "");
  const auto url = Of("/pages/a.shiny",
                      "WSGIDaemonProcess g\n"
                      "Alias /pages @/pages\n"
                      "AddHandler shiny .shiny\n"
                      "WSGIHandlerScript shiny @/app/app.wsgi process-group=g "
                      "application-group=%{GLOBAL}\n");
  EXPECT_EQ(url.answer, "script") << url.why;
  EXPECT_EQ(Said(url, "target"), site_.Filled("@/app/app.wsgi [4: WSGIHandlerScript]"));
  EXPECT_EQ(Said(url, "process_group"), "g [4: process-group= of the WSGIHandlerScript]");
  EXPECT_EQ(Said(url, "application_group"), " [4: application-group= of the WSGIHandlerScript]");
  EXPECT_EQ(url.Find("callable_object")->value, "handle_request");
  EXPECT_EQ(url.Find("loading")->meaning,
            "by the first request: scripts reached by a handler are loaded by their first request");
}

TEST_F(Explaining, ImportScriptsLoadWhenProcessesStart) {
  const auto url = Of("/",
                      "WSGIDaemonProcess g\n"
                      "WSGIProcessGroup g\n"
                      "WSGIApplicationGroup %{GLOBAL}\n"
                      "WSGIScriptAlias / @/app/app.wsgi\n"
                      "WSGIImportScript @/app/app.wsgi process-group=g "
                      "application-group=%{GLOBAL}\n");
  EXPECT_EQ(Said(url, "loading"), "preload [5: WSGIImportScript]");
  EXPECT_EQ(url.Find("loading")->rule, "PRELOAD-3");
}

TEST_F(Explaining, NamesComeFromTheEnvironmentOfTheRequest) {
  const auto url = Of("/",
                      "WSGIDaemonProcess g\n"
                      "SetEnv GROUP g\n"
                      "SetEnv CALLABLE app\n"
                      "WSGIProcessGroup %{ENV:GROUP}\n"
                      "WSGICallableObject %{ENV:CALLABLE}\n"
                      "WSGIScriptAlias / @/app/app.wsgi\n");
  EXPECT_EQ(Said(url, "process_group"), "g [4: WSGIProcessGroup]");
  EXPECT_EQ(Said(url, "callable_object"), "app [5: WSGICallableObject]");
}

TEST_F(Explaining, FilesHaveNoProcess) {
  site_.Write("files/a.txt", "");
  const auto url = Of("/files/a.txt", "Alias /files @/files\n");
  EXPECT_EQ(url.answer, "file");
  EXPECT_EQ(Said(url, "target"), site_.Filled("@/files/a.txt [1: Alias /files]"));
  EXPECT_EQ(Said(url, "process_group"), "nothing");
  const auto directory = Of("/files", "Alias /files @/files\n");
  EXPECT_EQ(directory.answer, "redirect");
  EXPECT_EQ(directory.status, 301);
}

TEST_F(Explaining, WithoutUrlsEveryMountOfEveryHostIsExplained) {
  const auto asked = site_.Ask(
      "Listen 8080\n"
      "<VirtualHost *:8080>\n"
      "ServerName a.example\n"
      "WSGIScriptAlias /a @/app/app.wsgi\n"
      "</VirtualHost>\n"
      "<VirtualHost *:80>\n"
      "WSGIScriptAliasMatch ^/(\\w+)$ @/app/$1.wsgi\n"
      "</VirtualHost>\n");
  ASSERT_TRUE(asked) << asked.error().Text();
  std::vector<std::string> urls;
  for (const UrlExplanation& url : asked->explanation.urls)
    urls.push_back(url.url);
  EXPECT_THAT(urls,
              ::testing::ElementsAre("http://a.example:8080/a", "http://localhost ~ ^/(\\w+)$"));
}

// ---- refused ----

struct Refused {
  std::string url;
  std::string configuration;
  int status = 0;
  std::string why;
};

TEST_F(Explaining, WhyAUrlIsRefused) {
  site_.Write("wrong/.htaccess", "NoSuchDirective\n");
  site_.Write("wrong/app.wsgi", "");
  const std::string mounted = "WSGIScriptAlias /a @/app/app.wsgi\n";
  const std::vector<Refused> cases = {
      {"/b", mounted, 404, "no WSGIScriptAlias fits the URL"},
      {"/a", "WSGIScriptAlias /a @/app/no.wsgi\n", 404, "the script does not exist"},
      {"/a/", "WSGIScriptAlias /a @/app\n", 403, "the script is a directory"},
      {"/a", mounted + "<Location /a>\nRequire all denied\n</Location>\n", 403, "no Require"},
      {"/a", mounted + "<Location /a>\nRequire valid-user\n</Location>\n", 403, "cannot judge"},
      {"/a", mounted + "WSGIProcessGroup no\n", 500, "is not declared by any WSGIDaemonProcess"},
      {"/a", mounted + "WSGIRestrictEmbedded On\n", 500, "embedded mode is forbidden"},
      {"/a", mounted + "WSGIRestrictProcess b\n", 500, "not among those permitted"},
      {"/a", "WSGIScriptAlias /a @/wrong/app.wsgi\n", 500, "NoSuchDirective"},
      {"/a%2fb", mounted, 404, "an encoded slash"},
      {"/a%zz", mounted, 400, "the URL is malformed"},
  };
  for (const Refused& one : cases) {
    const auto url = Of(one.url, one.configuration);
    EXPECT_EQ(url.answer, "refused") << one.why;
    EXPECT_EQ(url.status, one.status) << one.why;
    EXPECT_THAT(url.why, HasSubstr(one.why));
  }
}

TEST_F(Explaining, AWrongUrlIsAnErrorThatSaysHowToWriteIt) {
  const std::string write = "; write http://name[:port]/path, or /path";
  EXPECT_THAT(
      ErrorOf("example.org/a"),
      HasSubstr("example.org/a is not a URL: it begins neither with http:// nor with /" + write));
  EXPECT_THAT(ErrorOf(""), HasSubstr("it begins neither with http:// nor with /"));
  EXPECT_THAT(ErrorOf("ftp://example.org/"), HasSubstr("neither with http:// nor"));
  EXPECT_THAT(ErrorOf("http:///a"), HasSubstr("it names no host" + write));
  EXPECT_THAT(ErrorOf("http://:80/a"), HasSubstr("it names no host"));
  for (const char* port : {"", "0", "65536", "80a", "-1"}) {
    EXPECT_THAT(ErrorOf("http://example.org:" + std::string(port) + "/"),
                HasSubstr("its port is not a number from 1 to 65535" + write))
        << port;
  }
  EXPECT_EQ(ErrorOf("HTTPS://[::1]:443/a?b#c"), "none");
}

// ---- for programs ----

TEST_F(Explaining, JsonHasEveryFactAndItsOrigin) {
  Of("/a",
     "WSGIDaemonProcess g user=daemon\n"
     "WSGIProcessGroup g\n"
     "WSGIScriptAlias /a @/app/app.wsgi\n");
  const auto json = ToJson(*explained_.deployment, explained_.explanation, "site.conf");
  const auto& url = json.at("urls").at(0);
  const auto& facts = explained_.explanation.urls.front().facts;
  ASSERT_FALSE(facts.empty());
  for (const Fact& fact : facts) {
    const auto& said = url.at(fact.name);
    EXPECT_EQ(said.at("value"), fact.value) << fact.name;
    EXPECT_EQ(said.at("meaning"), fact.meaning) << fact.name;
    EXPECT_EQ(said.at("written"), fact.written) << fact.name;
    EXPECT_EQ(said.at("rule"), fact.rule) << fact.name;
    EXPECT_FALSE(fact.rule.empty()) << fact.name;
    if (fact.origin.line == 0) {
      EXPECT_EQ(said.at("origin"), "default") << fact.name;
    } else {
      EXPECT_EQ(said.at("origin").at("file"), fact.origin.file) << fact.name;
      EXPECT_EQ(said.at("origin").at("line"), fact.origin.line) << fact.name;
    }
  }
  EXPECT_EQ(url.at("user").at("origin").at("line"), kLinesOfOpen + 1);
  EXPECT_EQ(url.at("status"), nullptr);
  EXPECT_EQ(json.at("schema"), "wsgilab-explain/1");
  EXPECT_EQ(json.at("configuration"), "site.conf");
  EXPECT_EQ(json.at("process_groups").at(0).at("name"), "g");
  EXPECT_EQ(json.at("advice").size(), explained_.explanation.advice.size());
}

}  // namespace
}  // namespace hosts::explain
