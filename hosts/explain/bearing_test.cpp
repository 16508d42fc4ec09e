// Every row of the table of deviations that `explain` shows: a configuration that it bears on, and one
// beside it that it does not.

#include "hosts/explain/bearing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <ostream>
#include <set>
#include <string>

#include "hosts/explain/render.h"
#include "hosts/explain/testing/site.h"

namespace hosts::explain {
namespace {

using deviations::Deviation;
using deviations::DeviationTable;
using deviations::Seen;
using testing::Explained;
using testing::Site;

struct BearingCase {
  std::string id;
  std::string given;
  std::vector<int> lines;                    // of its evidence
  std::string otherwise;                     // a configuration that it does not bear on
  std::vector<std::string> urls = {};        // that are asked about; none: every mount
  std::vector<std::string> other_urls = {};  // of `otherwise`
};

void PrintTo(const BearingCase& one, std::ostream* out) {
  *out << one.id;
}

// At the end of a configuration, so that its lines count from one.
const std::string kOpen = "<Directory @>\nRequire all granted\n</Directory>\n";

const std::string kInMain = "WSGIScriptAlias / @/app.wsgi application-group=%{GLOBAL}\n";
const std::string kInSub = "WSGIScriptAlias / @/app.wsgi application-group=a\n";
const std::string kInBoth =
    "WSGIScriptAlias /a @/app.wsgi application-group=%{GLOBAL}\n"
    "WSGIScriptAlias /b @/app.wsgi application-group=b\n";
const std::string kDaemon = "WSGIDaemonProcess a\n";
const std::string kInDaemon =
    kDaemon + "WSGIScriptAlias / @/app.wsgi process-group=a application-group=%{GLOBAL}\n";
const std::string kDispatch = kInMain + "WSGIDispatchScript @/dispatch.py\n";

BearingCase OfDaemon(const std::string& id) {
  // A group that nobody uses.
  return {
      .id = id, .given = kInDaemon + kOpen, .lines = {1}, .otherwise = kDaemon + kInMain + kOpen};
}

BearingCase OfSub(const std::string& id) {
  return {.id = id, .given = kInSub + kOpen, .lines = {1}, .otherwise = kInMain + kOpen};
}

BearingCase OfWish(const std::string& id, const std::string& directive) {
  return {.id = id, .given = directive + " On\n", .lines = {1}, .otherwise = directive + " Off\n"};
}

BearingCase OfDispatch(const std::string& id) {
  return {.id = id, .given = kDispatch + kOpen, .lines = {2}, .otherwise = kInMain + kOpen};
}

std::string If(const std::string& condition) {
  return kInMain + "<If \"" + condition + "\">\nWSGICallableObject b\n</If>\n" + kOpen;
}

BearingCase OfCondition(const std::string& id, const std::string& condition) {
  return {.id = id,
          .given = If(condition),
          .lines = {2},
          .otherwise = If("%{REQUEST_METHOD} == 'GET'")};
}

const std::vector<BearingCase> kCases = {
    {.id = "port-of-the-default-group",
     .given = "WSGIScriptAlias / @/app.wsgi\n" + kOpen,
     .lines = {1},
     .otherwise = "UseCanonicalName On\nWSGIScriptAlias / @/app.wsgi\n" + kOpen},
    {.id = "port-of-the-default-group",
     .given = "WSGIScriptAlias / @/app.wsgi\nWSGIApplicationGroup %{SERVER}\n" + kOpen,
     .lines = {2},
     .otherwise = kInSub + kOpen},
    {.id = "lock-of-an-interpreter",
     .given = kInBoth + kOpen,
     .lines = {1, 2},
     .otherwise = kInSub + "WSGIScriptAlias /b @/app.wsgi application-group=a\n" + kOpen},
    // The other one was not asked about; it counts in the same process.
    {.id = "lock-of-an-interpreter",
     .given = kInBoth + kOpen,
     .lines = {1, 2},
     .otherwise = kDaemon + kInMain +
                  "WSGIScriptAlias /b @/app.wsgi process-group=a application-group=b\n" + kOpen,
     .urls = {"/a"},
     .other_urls = {"/"}},
    // One that a process only loads counts, too.
    {.id = "lock-of-an-interpreter",
     .given = kInMain +
              "WSGIImportScript @/app.wsgi process-group=%{GLOBAL} application-group=b\n" + kOpen,
     .lines = {1, 2},
     .otherwise = kInMain + kOpen},
    {.id = "every-request-in-its-interpreter",
     .given = kInBoth + kOpen,
     .lines = {1, 2},
     .otherwise = kInSub + "WSGIScriptAlias /b @/app.wsgi application-group=b\n" + kOpen},
    OfSub("stopping-with-sub-interpreters"),
    OfSub("callbacks-from-c"),
    OfSub("decimal-contexts"),
    {.id = "loops-let-others-run",
     .given = kInBoth + kOpen,
     .lines = {1, 2},
     .otherwise = kInSub + "WSGIScriptAlias /b @/app.wsgi application-group=a\n" + kOpen},
    OfWish("free-threading-leaves-the-rest", "WSGIFreeThreading"),
    {.id = "one-switch-interval",
     .given = "WSGIDaemonProcess a switch-interval=0.01\nWSGISwitchInterval 0.02\n",
     .lines = {1, 2},
     .otherwise = kDaemon},
    {.id = "random-hash-seed",
     .given = "WSGIPythonHashSeed random\n",
     .lines = {1},
     .otherwise = "WSGIPythonHashSeed 7\n"},
    OfDaemon("least-busy-process"),
    OfDaemon("kept-connections"),
    OfDaemon("lost-requests"),
    OfDaemon("processes-replaced"),
    OfDaemon("answers-as-they-are"),
    OfDispatch("dispatch-scripts-are-not-explained"),
    OfCondition("conditions-of-other-modules", "%{REMOTE_USER} == 'a'"),
    OfCondition("addresses-in-conditions", "-R '10.0.0.0/8'"),
    OfCondition("no-vary-by-conditions", "%{HTTP_HOST} == 'a'"),
    {.id = "conditions-of-other-modules",
     .given = kInMain + "SetEnvIfExpr \"%{REMOTE_USER} == 'a'\" A=1\n" + kOpen,
     .lines = {2},
     .otherwise = kInMain + "SetEnvIfExpr \"%{REQUEST_METHOD} == 'GET'\" A=1\n" + kOpen},
    {.id = "no-vary-by-conditions",
     .given = kInMain + "<Directory @>\nRequire expr %{HTTP_HOST} == 'a'\n</Directory>\n",
     .lines = {3},
     .otherwise = kInMain + "<Directory @>\nRequire expr %{REQUEST_URI} == '/'\n</Directory>\n"},
    {.id = "blanks-in-require-expr",
     .given = kInMain + "<Directory @>\nRequire expr true\n</Directory>\n",
     .lines = {3},
     .otherwise = kInMain + kOpen},
    {.id = "forwarded-ports",
     .given = kInMain + "WSGITrustedProxyHeaders X-Forwarded-For X-Forwarded-Port\n" + kOpen,
     .lines = {2},
     .otherwise = kInMain + "WSGITrustedProxyHeaders X-Forwarded-For\n" + kOpen},
    {.id = "no-require-no-access", .given = kInMain, .lines = {1}, .otherwise = kInMain + kOpen},
    {.id = "encoded-slashes",
     .given = "AllowEncodedSlashes On\n",
     .lines = {1},
     .otherwise = "KeepAlive On\n"},
    {.id = "encoded-slashes",
     .given = kInMain + kOpen,
     .lines = {},
     .otherwise = kInMain + kOpen,
     .urls = {"/a%2Fb"},
     .other_urls = {"/a?b=%2Fb"}},
    {.id = "sources-are-not-sent",
     .given = kInMain + "SetHandler server-status\n" + kOpen,
     .lines = {2},
     .otherwise = kInMain + kOpen,
     .urls = {"/"},
     .other_urls = {"/"}},
    {.id = "slashes-are-merged",
     .given = "MergeSlashes Off\n",
     .lines = {1},
     .otherwise = "KeepAlive On\n"},
    {.id = "other-modules-do-not-act",
     .given = "RewriteEngine On\n",
     .lines = {1},
     .otherwise = "KeepAlive On\n"},
};

// ---- each of them ----

class Bears : public ::testing::TestWithParam<BearingCase> {
 protected:
  void SetUp() override {
    for (const char* script : {"app.wsgi", "dispatch.py"})
      site_.Write(script, "def application(environ, start_response): pass\n");
  }

  [[nodiscard]] static const ShownDeviation* Find(const Explained& explained) {
    const auto& shown = explained.explanation.deviations;
    const auto found =
        std::ranges::find_if(shown, [](const auto& one) { return one.row->id == GetParam().id; });
    return found == shown.end() ? nullptr : &*found;
  }

  Site site_;
};

TEST_P(Bears, OnThisWithItsLines) {
  const BearingCase& one = GetParam();
  const auto explained = site_.Ask(one.given, one.urls);
  ASSERT_TRUE(explained) << explained.error().Text();
  const ShownDeviation* shown = Find(*explained);
  ASSERT_NE(shown, nullptr);
  std::vector<int> lines;
  for (const auto& origin : shown->evidence)
    lines.push_back(origin.line);
  EXPECT_EQ(lines, one.lines);
  const std::string text = ToText(*explained->deployment, explained->explanation, Colours::Off);
  EXPECT_NE(text.find(deviations::InWords(shown->row->bears_on)), std::string::npos) << text;
}

TEST_P(Bears, NotOnThat) {
  const auto explained = site_.Ask(GetParam().otherwise, GetParam().other_urls);
  ASSERT_TRUE(explained) << explained.error().Text();
  EXPECT_EQ(Find(*explained), nullptr);
}

std::string NameOf(const ::testing::TestParamInfo<BearingCase>& test) {
  std::string name = test.param.id + "_" + std::to_string(test.index);
  std::ranges::replace(name, '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Deviation, Bears, ::testing::ValuesIn(kCases), NameOf);

TEST(Bearing, EachRowThatExplainShowsHasItsCase) {
  std::set<std::string_view> rows;
  for (const Deviation& row : DeviationTable()) {
    if (deviations::SeenWhere(row.bears_on) == Seen::InExplain) rows.insert(row.id);
  }
  std::set<std::string_view> tested;
  for (const BearingCase& one : kCases)
    tested.insert(one.id);
  EXPECT_EQ(rows, tested);
}

// ---- as it is shown ----

TEST(Bearing, AnOrdinarySiteGainsAFewLines) {
  const Site site;
  site.Write("app.wsgi", "");
  const auto explained = site.Ask(kInDaemon + kOpen);
  ASSERT_TRUE(explained) << explained.error().Text();
  const std::string text = ToText(*explained->deployment, explained->explanation, Colours::Off);
  const size_t at = text.find("\ndiffers from mod_wsgi");
  ASSERT_NE(at, std::string::npos) << text;
  EXPECT_LE(std::count(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), '\n'), 6)
      << text;
}

TEST(Bearing, ManyLinesAreCounted) {
  const Site site;
  site.Write("app.wsgi", "");
  std::string configuration;
  for (int number = 1; number <= 6; ++number)
    configuration += "WSGIScriptAlias /" + std::to_string(number) + " @/app.wsgi\n";
  const auto explained = site.Ask(configuration + kOpen);
  ASSERT_TRUE(explained) << explained.error().Text();
  const std::string text = ToText(*explained->deployment, explained->explanation, Colours::Off);
  EXPECT_THAT(
      text, ::testing::ContainsRegex("\\[site.conf:1, site.conf:2, site.conf:3, and 3 others\\]"));
}

}  // namespace
}  // namespace hosts::explain
