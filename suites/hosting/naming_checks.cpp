// HostingGroupNames: what the names of application groups come to that are written with %. EXP-1 to EXP-7.
// HostingRequestIds: no two requests have one. ENV-30.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>
#include <tuple>

#include "suites/hosting/configured.h"
#include "suites/hosts_under_test/check.h"

namespace suites::hosting {

using client::RawConnection;
using hosts_under_test::Need;
using hosts_under_test::Soon;

namespace {

// Answers what environ says of the name in the query.
constexpr std::string_view kSays = R"(
def application(environ, start_response):
    body = environ.get(environ['QUERY_STRING'], '-').encode()
    start_response('200 OK', [('Content-Length', str(len(body)))])
    return [body]
)";

struct GroupName {
  std::string_view name;
  std::string_view rule;
  std::string_view title;
  std::string_view server_name;
  std::string_view group;  // "": none is written
  std::string_view host;
  std::string_view path;
  std::string_view expected;
  int since = 0;  // a major version of mod_wsgi
};

constexpr GroupName kGroupNames[] = {
    {.name = "ResourceByDefault",
     .rule = "EXP-4",
     .title = "none is written: server and script name",
     .server_name = "main.example",
     .group = "",
     .host = "main.example",
     .path = "/says",
     .expected = "main.example|/says"},
    {.name = "ResourceKeepsCase",
     .rule = "EXP-7",
     .title = "%{RESOURCE}: the script name keeps its case",
     .server_name = "main.example",
     .group = "%{RESOURCE}",
     .host = "main.example",
     .path = "/Says",
     .expected = "main.example|/Says",
     .since = 6},
    {.name = "ResourceWithoutPathInfo",
     .rule = "EXP-7",
     .title = "%{RESOURCE}: without path info, slashes collapsed",
     .server_name = "main.example",
     .group = "%{RESOURCE}",
     .host = "main.example",
     .path = "//says//more",
     .expected = "main.example|/says"},
    {.name = "ServerIsNotTheHost",
     .rule = "EXP-3",
     .title = "%{SERVER}: the ServerName, whatever the client asked for",
     .server_name = "main.example",
     .group = "%{SERVER}",
     .host = "other.example",
     .path = "/says",
     .expected = "main.example"},
    {.name = "Port443",
     .rule = "EXP-3",
     .title = "%{SERVER}: port 443 is no part of it",
     .server_name = "main.example:443",
     .group = "%{SERVER}",
     .host = "main.example",
     .path = "/says",
     .expected = "main.example"},
    {.name = "Port80",
     .rule = "EXP-3",
     .title = "%{SERVER}: port 80 is no part of it",
     .server_name = "main.example:80",
     .group = "%{SERVER}",
     .host = "main.example",
     .path = "/says",
     .expected = "main.example"},
    {.name = "AnotherPort",
     .rule = "EXP-3",
     .title = "%{SERVER}: another port is",
     .server_name = "main.example:8443",
     .group = "%{SERVER}",
     .host = "main.example:8443",
     .path = "/says",
     .expected = "main.example:8443"},
    {.name = "Host",
     .rule = "EXP-5",
     .title = "%{HOST}: the client's, in small letters",
     .server_name = "main.example",
     .group = "%{HOST}",
     .host = "UPPER.Example",
     .path = "/says",
     .expected = "upper.example"},
    {.name = "Global",
     .rule = "EXP-2",
     .title = "%{GLOBAL}: the main interpreter",
     .server_name = "main.example",
     .group = "%{GLOBAL}",
     .host = "main.example",
     .path = "/says",
     .expected = ""},
    {.name = "BehindOtherText",
     .rule = "EXP-1",
     .title = "x%{SERVER} is a name as it stands",
     .server_name = "main.example",
     .group = "x%{SERVER}",
     .host = "main.example",
     .path = "/says",
     .expected = "x%{SERVER}"},
    {.name = "Unknown",
     .rule = "EXP-1",
     .title = "%{FOO} is a name as it stands",
     .server_name = "main.example",
     .group = "%{FOO}",
     .host = "main.example",
     .path = "/says",
     .expected = "%{FOO}"},
};

void PrintTo(const GroupName& row, std::ostream* out) {
  *out << row.name;
}

class NamingCheck : public hosts_under_test::Check {
 protected:
  NamingCheck() : Check("hosting") {}

  void ServeSays(ProcessKind process, std::string_view directives) {
    (void)Need(stage().Write("says.wsgi", kSays));
    Serve(
        fmt::format("{}WSGIProcessGroup {}\n{}WSGIScriptAlias /says {{stage}}/says.wsgi\n"
                    "WSGIScriptAlias /Says {{stage}}/says.wsgi\n",
                    kDaemonGroup,
                    ProcessGroupOf(process),
                    directives));
  }
  static std::string Request(std::string_view target, std::string_view host) {
    return fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\n\r\n", target, host);
  }
};

class HostingGroupNames : public NamingCheck,
                          public testing::WithParamInterface<std::tuple<GroupName, ProcessKind>> {};
class HostingRequestIds : public NamingCheck, public testing::WithParamInterface<ProcessKind> {};

}  // namespace

TEST_P(HostingGroupNames, AreExpanded) {
  const auto& [row, process] = GetParam();
  About({.rule = row.rule,
         .title = fmt::format("The name of an application group, {}", row.title),
         .expected = row.expected,
         .mode = fmt::format("{}/main", Name(process))});
  if (row.since > 0) hosts_under_test::EndIfModWsgiIsOlderThan(row.since);
  const std::string group =
      row.group.empty() ? "" : fmt::format("WSGIApplicationGroup {}\n", row.group);
  ServeSays(process, fmt::format("ServerName {}\n{}", row.server_name, group));
  auto connection = Need(RawConnection::Open(host().port()));
  Need(connection.Send(Request(fmt::format("{}?mod_wsgi.application_group", row.path), row.host)));
  const std::string found = Need(connection.ReadAnswer(Soon())).body;
  Found(found);
  EXPECT_EQ(found, row.expected);
}

INSTANTIATE_TEST_SUITE_P(Kinds,
                         HostingGroupNames,
                         testing::Combine(testing::ValuesIn(kGroupNames),
                                          testing::Values(ProcessKind::Embedded,
                                                          ProcessKind::Daemon)),
                         [](const auto& parameter) {
                           return fmt::format("{}_{}",
                                              std::get<0>(parameter.param).name,
                                              Name(std::get<1>(parameter.param)));
                         });

TEST_P(HostingRequestIds, AreDifferent) {
  About({.rule = "ENV-30",
         .title =
             "mod_wsgi.request_id of requests one after the other, on kept and on new connections",
         .expected = "a different one each time",
         .mode = fmt::format("{}/main", Name(GetParam()))});
  ServeSays(GetParam(), "WSGIApplicationGroup %{GLOBAL}\n");
  constexpr int kConnections = 5;
  constexpr int kRequests = 10;
  std::set<std::string> ids;
  for (int i = 0; i < kConnections; ++i) {
    auto connection = Need(RawConnection::Open(host().port()));
    for (int j = 0; j < kRequests; ++j) {
      Need(connection.Send(Request("/says?mod_wsgi.request_id", "check.example")));
      ids.insert(Need(connection.ReadAnswer(Soon())).body);
    }
  }
  Found(fmt::format("{} of {} requests", ids.size(), kConnections * kRequests));
  EXPECT_EQ(ids.size(), static_cast<size_t>(kConnections * kRequests));
  EXPECT_FALSE(ids.contains("-"));
}

INSTANTIATE_TEST_SUITE_P(Kinds,
                         HostingRequestIds,
                         testing::Values(ProcessKind::Embedded, ProcessKind::Daemon),
                         NameOfKind);

}  // namespace suites::hosting
