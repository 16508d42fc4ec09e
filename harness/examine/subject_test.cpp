#include "harness/examine/subject.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "hosts/base/files.h"

namespace harness::examine {

namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class Subjects : public testing::Test {
 protected:
  fs::path Make(const std::string& name, const std::string& text = "") {
    const fs::path path = folder_.path() / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
    return path;
  }
  hosts::base::TemporaryDirectory folder_ = *hosts::base::TemporaryDirectory::Make("subjects");
};

TEST_F(Subjects, APackagesProjectIsTheFolderAboveIt) {
  Make("shop/__init__.py");
  const auto script = Make("shop/wsgi.py");
  EXPECT_EQ(matrix::ProjectOf(script), folder_.path());
  const auto subject = SubjectOfScript(script, {});
  ASSERT_TRUE(subject) << subject.error().Text();
  EXPECT_EQ(subject->app.name, "shop");
  EXPECT_EQ(subject->line.project, folder_.path().string());
  EXPECT_THAT(subject->line.requests, ElementsAre("GET /"));
  EXPECT_EQ(subject->line.venv, std::nullopt);
}

TEST_F(Subjects, AreNamedByWhatSaysSomething) {
  Make("shop/config/__init__.py");
  const auto subject = SubjectOfScript(Make("shop/config/wsgi.py"), {});
  ASSERT_TRUE(subject) << subject.error().Text();
  EXPECT_EQ(subject->app.name, "shop");
  EXPECT_EQ(subject->app.project, folder_.path() / "shop");
}

TEST_F(Subjects, ADjangoProjectIsWhereManageIs) {
  Make("manage.py");
  EXPECT_EQ(matrix::ProjectOf(Make("site/wsgi.py")), folder_.path());
  EXPECT_EQ(matrix::ProjectOf(Make("else/where/notes.wsgi")), folder_.path() / "else" / "where");
}

TEST_F(Subjects, SayWhatIsWrongWithAnOption) {
  const auto script = Make("notes.wsgi");
  const auto error_of = [&](const SubjectOptions& options) {
    const auto subject = SubjectOfScript(script, options);
    return subject ? std::string() : subject.error().Text();
  };
  EXPECT_THAT(error_of({.urls = {"login"}}), HasSubstr("--url login: a path begins with /"));
  EXPECT_THAT(error_of({.python_home = "/nowhere"}),
              HasSubstr("--python-home /nowhere: there is no such folder"));
  EXPECT_THAT(error_of({.environment = {"NOT_THERE_AT_ALL"}}),
              HasSubstr("write NOT_THERE_AT_ALL=value"));
  EXPECT_THAT(error_of({.environment = {"=x"}}), HasSubstr("write NAME=value"));
  EXPECT_THAT(error_of({.requests = "/nowhere.json"}), HasSubstr("/nowhere.json"));
  EXPECT_EQ(error_of({.environment = {"A=b=c"}}), "");
}

TEST_F(Subjects, AConfigurationIsToldFromAScript) {
  EXPECT_TRUE(IsConfiguration(Make("a.conf", "anything")));
  EXPECT_TRUE(IsConfiguration(Make("site", "WSGIScriptAlias / /a.wsgi\n")));
  EXPECT_FALSE(IsConfiguration(Make("a.wsgi", "WSGI")));
  EXPECT_FALSE(IsConfiguration(Make("odd", "# WSGI\ndef application(environ, start_response):\n")));
}

TEST_F(Subjects, AreFoundInWhatIsExplained) {
  const auto script = Make("shop.wsgi");
  const std::string url =
      R"({"url": "http://shop.example:8080/a", "answer": "script", "script_name": "/a",
    "script": ")" +
      script.string() + R"(", "target": {"value": "x", "origin": {"file": "site.conf", "line": 3}},
    "process_group": {"value": "g"}, "application_group": {"value": ""}, "callable_object": {"value": "app"},
    "loading": {"value": "preload"}, "virtual_host": {"value": "shop.example"}, "home": {"value": ")" +
      folder_.path().string() + R"(", "origin": {"file": "site.conf", "line": 1}},
    "python_home": {"value": ""}, "python_path": {"value": ""}})";
  const auto subjects =
      SubjectsOfConfiguration(R"({"configuration": "site.conf", "urls": [)" + url + "," + url +
                                  R"(, {"url": "http://x/", "answer": "file"}]})",
                              {});
  ASSERT_TRUE(subjects) << subjects.error().Text();
  ASSERT_EQ(subjects->size(), 2U);
  const auto& line = subjects->front().line;
  EXPECT_EQ(line.app, "shop");
  EXPECT_EQ(subjects->back().line.app, "shop-2");
  EXPECT_EQ(line.source, "site.conf:3");
  EXPECT_EQ(line.mount, "/a");
  EXPECT_EQ(line.mode, "daemon/main/preload");
  EXPECT_EQ(line.process_group, "g");
  EXPECT_EQ(line.virtual_host, "shop.example");
  EXPECT_EQ(line.callable, "app");
  EXPECT_EQ(line.server_name, "shop.example");
  EXPECT_EQ(line.project, folder_.path().string());
}

TEST_F(Subjects, ThereMustBeOneInAConfiguration) {
  const auto none = SubjectsOfConfiguration(R"({"configuration": "site.conf", "urls": []})", {});
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().Text(), HasSubstr("site.conf: it mounts no script"));
  EXPECT_FALSE(SubjectsOfConfiguration("no JSON", {}));
}

TEST_F(Subjects, WhyNobodyReachesAScriptIsSaid) {
  const auto none = SubjectsOfConfiguration(
      R"({"configuration": "site.conf", "urls": [{"url": "http://localhost/a", "answer": "refused",
          "status": 403, "why": "no Require grants access", "script": "/srv/a.wsgi"}]})",
      {});
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().Text(),
              HasSubstr("site.conf: nobody reaches a script: http://localhost/a is answered 403 in "
                        "place of /srv/a.wsgi: no Require grants access"));
}

}  // namespace

}  // namespace harness::examine
