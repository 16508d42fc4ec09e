// Hosting/Restrictions: what a configuration forbids and who is asked before anything runs: ERR-3, ERR-4,
// ERR-11, ERR-12, ERR-15, ERR-32, LOAD-3, LOAD-6, ENV-7, and ERR-33 for an interpreter that cannot be made.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "suites/hosting/configured.h"
#include "suites/hosts_under_test/check.h"
#include "suites/hosts_under_test/place.h"

namespace suites::hosting {

using hosts_under_test::kPlacesMain;
using hosts_under_test::ModeOf;
using hosts_under_test::NameOf;
using hosts_under_test::Need;
using hosts_under_test::Place;

namespace {

constexpr std::string_view kHello =
    "def application(environ, start_response):\n"
    "    start_response('200 OK', [('Content-Length', '2')])\n"
    "    return [b'ok']\n";

// What is asked under a configuration, and the status of a URL beside it that must not be concerned.
struct Restriction {
  std::string_view name;
  std::string_view rule;
  std::string_view title;
  std::string_view directives;  // {group} is the name of the place's process group
  std::string_view url;
  int embedded = 0;
  int daemon = 0;
  std::string_view beside = "/script.wsgi";
  int status_beside = 200;
};

constexpr std::string_view kHandler =
    "DocumentRoot {stage}\n"
    "<Directory {stage}>\nOptions +ExecCGI\nAddHandler wsgi-script .wsgi\n</Directory>\n";

constexpr Restriction kRestrictions[] = {
    {.name = "HandlerWithoutExecCgi",
     .rule = "ERR-3",
     .title = "A script that a handler runs, where Options has no ExecCGI; one beside it has it",
     .directives = "<Directory {stage}/closed>\nOptions -ExecCGI\n</Directory>\n",
     .url = "/closed/script.wsgi",
     .embedded = 403,
     .daemon = 403},
    {.name = "PathInfoBehindAScript",
     .rule = "ERR-4",
     .title = "AcceptPathInfo Off: a path behind the script; the script itself is served",
     .directives = "AcceptPathInfo Off\n",
     .url = "/script.wsgi/more",
     .embedded = 404,
     .daemon = 404},
    {.name = "PathInfoBehindAMount",
     .rule = "ERR-4",
     .title = "AcceptPathInfo Off: a path behind a mount; the mount itself is served",
     .directives = "AcceptPathInfo Off\nWSGIScriptAlias /mount {stage}/script.wsgi\n",
     .url = "/mount/more",
     .embedded = 404,
     .daemon = 404,
     .beside = "/mount"},
    {.name = "BehindAMountAtTheRoot",
     .rule = "LOAD-3",
     .title = "A mount at / has every path behind it, as its PATH_INFO",
     .directives = "WSGIScriptAlias / {stage}/script.wsgi\n",
     .url = "/more/of/it",
     .embedded = 200,
     .daemon = 200,
     .beside = "/"},
    {.name = "RequireNot",
     .rule = "LOAD-6",
     .title = "Require not: who meets it is refused, whatever the demands beside it grant",
     .directives = "WSGIScriptAlias /mount {stage}/script.wsgi\n<Location /mount>\n<RequireAll>\n"
                   "Require all granted\nRequire not method GET\n</RequireAll>\n</Location>\n",
     .url = "/mount",
     .embedded = 403,
     .daemon = 403},
    {.name = "RequireTheHostThatIsAsked",
     .rule = "LOAD-6",
     .title = "Require expr: SERVER_NAME is the host that the client names, not ServerName",
     .directives = "ServerName elsewhere.example\nWSGIScriptAlias /mount {stage}/script.wsgi\n"
                   "<Location /mount>\n"
                   "Require expr \"%{SERVER_NAME} == 'check.example'\"\n</Location>\n",
     .url = "/mount",
     .embedded = 200,
     .daemon = 200},
    {.name = "RequireAVariableThatIsUnset",
     .rule = "ENV-7",
     .title = "SetEnvIf takes a variable away again with !; Require env sees it no more",
     .directives = "WSGIScriptAlias /mount {stage}/script.wsgi\nSetEnvIf Request_URI . welcome\n"
                   "SetEnvIf Request_URI ^/mount/closed !welcome\n<Location /mount>\n"
                   "Require env welcome\n</Location>\n",
     .url = "/mount/closed",
     .embedded = 403,
     .daemon = 403,
     .beside = "/mount/open"},
    {.name = "EmbeddedForbidden",
     .rule = "ERR-11",
     .title = "WSGIRestrictEmbedded On: embedded requests are refused, daemon processes serve",
     .directives = "WSGIRestrictEmbedded On\n"
                   "WSGIScriptAlias /other {stage}/script.wsgi process-group=other\n",
     .url = "/script.wsgi",
     .embedded = 500,
     .daemon = 200,
     .beside = "/other"},
    {.name = "EmbeddedForbiddenByAVariable",
     .rule = "ERR-12",
     .title = "A request that its variable makes embedded, in a server that has started no Python",
     .directives = "WSGIRestrictEmbedded On\nWSGIProcessGroup %{ENV:PLACE}\n"
                   "SetEnv PLACE {group}\nSetEnvIf Request_URI ^/named PLACE=%{GLOBAL}\n"
                   "WSGIScriptAlias /named {stage}/script.wsgi\n"
                   "WSGIScriptAlias /other {stage}/script.wsgi process-group=other\n",
     .url = "/named",
     .embedded = 500,
     .daemon = 500,
     .beside = "/other"},
    {.name = "GroupNotInTheList",
     .rule = "ERR-15",
     .title = "WSGIRestrictProcess has another group than the request's; that one serves",
     .directives = "WSGIRestrictProcess other\n"
                   "WSGIScriptAlias /other {stage}/script.wsgi process-group=other\n",
     .url = "/script.wsgi",
     .embedded = 500,
     .daemon = 500,
     .beside = "/other"},
    {.name = "GroupInTheList",
     .rule = "ERR-15",
     .title = "WSGIRestrictProcess has the request's group; another one is refused",
     .directives = "WSGIRestrictProcess {group}\n"
                   "WSGIScriptAlias /other {stage}/script.wsgi process-group=other\n",
     .url = "/script.wsgi",
     .embedded = 200,
     .daemon = 200,
     .beside = "/other",
     .status_beside = 500},
    {.name = "DispatchFunctionThatRaises",
     .rule = "ERR-32",
     .title = "A function of the dispatch script raises",
     .directives = "<Location /mount>\nWSGIDispatchScript {stage}/raises.py\n</Location>\n"
                   "WSGIScriptAlias /mount {stage}/script.wsgi\n",
     .url = "/mount",
     .embedded = 500,
     .daemon = 500},
    {.name = "DispatchFunctionOfAnotherType",
     .rule = "ERR-32",
     .title = "A function of the dispatch script returns what is no name",
     .directives = "<Location /mount>\nWSGIDispatchScript {stage}/number.py\n</Location>\n"
                   "WSGIScriptAlias /mount {stage}/script.wsgi\n",
     .url = "/mount",
     .embedded = 500,
     .daemon = 500},
    {.name = "DispatchedToACallableThatIsNotThere",
     .rule = "LOAD-20",
     .title = "callable_object() of the dispatch script names another callable than `application`",
     .directives = "<Location /mount>\nWSGIDispatchScript {stage}/callable.py\n</Location>\n"
                   "WSGIScriptAlias /mount {stage}/script.wsgi\n",
     .url = "/mount",
     .embedded = 404,
     .daemon = 500},
    {.name = "DispatchScriptThatDoesNotLoad",
     .rule = "ERR-32",
     .title = "A dispatch script that raises while it is loaded is ignored",
     .directives = "<Location /mount>\nWSGIDispatchScript {stage}/broken.py\n</Location>\n"
                   "WSGIScriptAlias /mount {stage}/script.wsgi\n",
     .url = "/mount",
     .embedded = 200,
     .daemon = 200},
};

void PrintTo(const Restriction& restriction, std::ostream* out) {
  *out << restriction.name;
}

using RestrictionInPlace = std::tuple<Restriction, Place>;

std::string Replaced(std::string text, std::string_view mark, std::string_view value) {
  for (size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at))
    text.replace(at, mark.size(), value);
  return text;
}

class Restrictions : public hosts_under_test::Check,
                     public testing::WithParamInterface<RestrictionInPlace> {
 protected:
  Restrictions() : Check("hosting") {}

  void SetTheStage() const {
    for (const std::string_view script : {"script.wsgi", "closed/script.wsgi"})
      (void)Need(stage().Write(script, kHello));
    for (const auto& [name, text] :
         {std::pair{"raises.py", "def process_group(environ):\n    raise ValueError\n"},
          std::pair{"callable.py", "def callable_object(environ):\n    return 'nothing'\n"},
          std::pair{"number.py", "def application_group(environ):\n    return 42\n"},
          std::pair{"broken.py", "raise RuntimeError('broken on purpose')\n"}})
      (void)Need(stage().Write(name, text));
  }
};

std::string NameOfRestriction(const testing::TestParamInfo<RestrictionInPlace>& parameter) {
  return fmt::format(
      "{}_{}", std::get<0>(parameter.param).name, NameOf(std::get<1>(parameter.param)));
}

class RestrictionsByHeaders : public hosts_under_test::Check,
                              public testing::WithParamInterface<ProcessKind> {
 protected:
  RestrictionsByHeaders() : Check("hosting") {}
};

class InterpretersThatCannotBe : public hosts_under_test::Check,
                                 public testing::WithParamInterface<ProcessKind> {
 protected:
  InterpretersThatCannotBe() : Check("hosting") {}
};

}  // namespace

TEST_P(Restrictions, HaveTheirStatus) {
  const auto& [row, place] = GetParam();
  const bool is_daemon = place.process == ProcessKind::Daemon;
  const int expected = is_daemon ? row.daemon : row.embedded;
  const auto in_words = [&](int status, int beside) {
    return fmt::format("{}, and {} beside it", status, beside);
  };
  About({.rule = row.rule,
         .title = row.title,
         .expected = in_words(expected, row.status_beside),
         .mode = ModeOf(place)});
  SetTheStage();
  const std::string_view group = is_daemon ? "one" : "%{GLOBAL}";
  Serve(fmt::format("{}WSGIDaemonProcess other threads=2\n{}{}",
                    PlacedIn(place),
                    kHandler,
                    Replaced(std::string(row.directives), "{group}", group)));
  auto client = host().NewClient();
  const auto answer = Need(client.Get(std::string(row.url)));
  const int beside = Need(client.Get(std::string(row.beside))).status;
  Found(in_words(answer.status, beside));
  EXPECT_EQ(answer.status, expected) << answer.body;
  EXPECT_EQ(beside, row.status_beside);
  EXPECT_NE(answer.body == "ok", expected != 200) << "who was refused must not see the application";
}

INSTANTIATE_TEST_SUITE_P(Hosting,
                         Restrictions,
                         testing::Combine(testing::ValuesIn(kRestrictions),
                                          testing::ValuesIn(kPlacesMain)),
                         NameOfRestriction);

TEST_P(RestrictionsByHeaders, SeeAllValuesOfAName) {
  About({.rule = "LOAD-6",
         .title = "Require expr looks at a header that is sent twice",
         .expected = "200 for `a, b`, and 403 for `a` alone",
         .mode = std::string(Name(GetParam()))});
  (void)Need(stage().Write("script.wsgi", kHello));
  Serve(
      fmt::format("{}WSGIProcessGroup {}\nWSGIScriptAlias /mount {{stage}}/script.wsgi\n"
                  "<Location /mount>\nRequire expr \"%{{HTTP:X-Two}} == 'a, b'\"\n</Location>\n",
                  kDaemonGroup,
                  ProcessGroupOf(GetParam())));
  const auto status_with = [&](std::string_view headers) {
    auto connection = Need(client::RawConnection::Open(host().port()));
    Need(connection.Send(
        fmt::format("GET /mount HTTP/1.1\r\nHost: check.example\r\n{}\r\n", headers)));
    return Need(connection.ReadAnswer(hosts_under_test::Soon())).status;
  };
  const int both = status_with("X-Two: a\r\nX-Two: b\r\n");
  const int one = status_with("X-Two: a\r\n");
  Found(fmt::format("{} for both, {} for one", both, one));
  EXPECT_EQ(both, 200);
  EXPECT_EQ(one, 403);
}

INSTANTIATE_TEST_SUITE_P(Hosting,
                         RestrictionsByHeaders,
                         testing::Values(ProcessKind::Embedded, ProcessKind::Daemon),
                         NameOfKind);

// CPython before 3.12 hangs when an interpreter is made while tracemalloc traces.
TEST_P(InterpretersThatCannotBe, AreAnErrorOfTheRequest) {
  About({.rule = "ERR-33",
         .title = "A sub-interpreter is asked for while tracemalloc traces",
         .expected = "500 where it cannot be made, 200 afterwards; the main interpreter serves",
         .mode = fmt::format("{}/sub", Name(GetParam()))});
  (void)Need(stage().Copy("probe.wsgi", "main.wsgi"));
  (void)Need(stage().Copy("probe.wsgi", "sub.wsgi"));
  const auto in = [](std::string_view group) {
    return fmt::format("<Location /{0}>\nWSGIApplicationGroup {1}\n</Location>\n",
                       group == "sub" ? "sub" : "main",
                       group);
  };
  Serve(fmt::format("{}WSGIProcessGroup {}\n{}{}{}{}",
                    kDaemonGroup,
                    ProcessGroupOf(GetParam()),
                    in("%{GLOBAL}"),
                    in("sub"),
                    Alias("main"),
                    Alias("sub")));
  auto client = host().NewClient();
  const auto version = Need(hosts_under_test::Execute(
      client,
      "/main",
      "import sys, tracemalloc\ntracemalloc.start()\nresult = sys.version_info[1]"));
  const bool is_possible = std::stoi(version.result) >= 12;
  const int traced = Need(client.Get("/sub")).status;
  (void)Need(hosts_under_test::Execute(
      client, "/main", "import tracemalloc\ntracemalloc.stop()\nresult = 0"));
  const int later = Need(client.Get("/sub")).status;
  Found(fmt::format("{}, then {}", traced, later));
  EXPECT_EQ(traced, is_possible ? 200 : 500);
  EXPECT_EQ(later, 200);
}

INSTANTIATE_TEST_SUITE_P(Hosting,
                         InterpretersThatCannotBe,
                         testing::Values(ProcessKind::Embedded, ProcessKind::Daemon),
                         NameOfKind);

}  // namespace suites::hosting
