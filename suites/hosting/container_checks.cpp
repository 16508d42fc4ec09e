// Containers, HostingContainers: which interpreters an <WSGIInterpreterOptions> selects, and how it may be written. GIL-10 and
// GIL-11, by the setting that every Python has: WSGIRestrictStdout.

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <vector>

#include "suites/hosting/interpreter_check.h"
#include "suites/hosting/read_only.h"

namespace suites::hosting {

namespace {

struct ContainerRow {
  std::string_view name;
  std::string configuration;
  std::vector<std::string_view> restricted;  // of kSixCopies
};
void PrintTo(const ContainerRow& row, std::ostream* out) {
  *out << row.name;
}

std::string On(std::string_view selectors) {
  return Container(selectors, "WSGIRestrictStdout On");
}
std::string Off(std::string_view selectors) {
  return Container(selectors, "WSGIRestrictStdout Off");
}

const std::vector<ContainerRow>& ContainerRows() {
  static const std::vector<ContainerRow> rows = {
      {"WithoutSelectors", On(""), {"main", "a", "b", "one_main", "one_a", "one_b"}},
      {"OfAProcessGroup", On("process-group=one"), {"one_main", "one_a", "one_b"}},
      {"OfAnApplicationGroup", On("application-group=a"), {"a", "one_a"}},
      {"OfBoth", On("process-group=one application-group=a"), {"one_a"}},
      {"OfTheServersProcesses", On("process-group=%{GLOBAL}"), {"main", "a", "b"}},
      {"OfMainInterpreters", On("application-group=%{GLOBAL}"), {"main", "one_main"}},
      {"OfAnEmptyName", On("process-group="), {"main", "a", "b"}},
      {"OfAWordInQuotes", On("\"application-group=a\""), {"a", "one_a"}},
      {"OfANameInAnotherCase", On("application-group=A"), {}},
      {"OfAToken", On("application-group=%{ENV:A}"), {}},
      {"OfNobody", On("process-group=nobody"), {}},
      {"TheMoreSpecificThoughEarlier",
       Off("process-group=one application-group=a") + On("process-group=one"),
       {"one_main", "one_b"}},
      {"OfEqualsTheLater",
       On("process-group=one") + Off("application-group=a"),
       {"one_main", "one_b"}},
      {"TheTopLevelLast", Off("") + "WSGIRestrictStdout On\n", {}},
      {"TheMoreSpecificThatSaysNothing",
       Container("process-group=one application-group=a", "WSGIRestrictStdin On") +
           On("process-group=one"),
       {"one_main", "one_a", "one_b"}},
      {"OneWithinAnother",
       Container("application-group=a", On("application-group=b")),
       {"b", "one_b"}},
  };
  return rows;
}

class Containers : public InterpreterCheck, public testing::WithParamInterface<ContainerRow> {};

class HostingContainers : public InterpreterCheck {};

std::string NameOfContainer(const testing::TestParamInfo<ContainerRow>& parameter) {
  return std::string(parameter.param.name);
}

}  // namespace

TEST_P(Containers, SelectInterpreters) {
  const ContainerRow& row = GetParam();
  BeginAbout({.rule = "GIL-10",
              .title = fmt::format("WSGIRestrictStdout in containers: {}", row.name),
              .expected = fmt::format("restricted: {}", fmt::join(row.restricted, ", ")),
              .mode = "all"});
  ServeLazily(row.configuration);
  std::vector<std::string_view> restricted;
  for (const Copy& copy : kSixCopies) {
    if (Ask(copy.name, RaisedBy("print('a line')")) != "null") restricted.push_back(copy.name);
  }
  Found(fmt::format("restricted: {}", fmt::join(restricted, ", ")));
  EXPECT_EQ(restricted, row.restricted);
}

INSTANTIATE_TEST_SUITE_P(Hosting, Containers, testing::ValuesIn(ContainerRows()), NameOfContainer);

TEST_F(HostingContainers, AreReadAsTheyAreWritten) {
  BeginAbout(
      {.rule = "GIL-11",
       .title = "Selectors of <WSGIInterpreterOptions>, and where it and its directives may stand",
       .expected = "what is legal is read, each of the rest is an error",
       .mode = "none"});
  constexpr std::string_view kNothing = "WSGIPerInterpreterGIL Off";
  const std::string in_a_host = "<VirtualHost *>\n{}</VirtualHost>\n";
  const std::vector<std::string> legal = {
      Container("", kNothing),
      Container("Process-Group=d", kNothing),
      Container("APPLICATION-GROUP=d process-group=d", kNothing),
      Container("process-group=", kNothing),
      Container("\"process-group=a b\"", kNothing),
      Container("process-group=d", "SetEnv A b"),
      Container("process-group=d", ""),
      "WSGIPerInterpreterGIL off\n",
      "WSGISwitchInterval 0.001\n"};
  const std::vector<std::string> refused = {
      Container("process-group=d process-group=e", kNothing),
      Container("application-group=a application-group=b", kNothing),
      Container("foo=1", kNothing),
      Container("d", kNothing),
      Container("process-group=\"a b\"", kNothing),
      fmt::format(fmt::runtime(in_a_host), Container("", kNothing)),
      fmt::format(fmt::runtime(in_a_host), "WSGIPerInterpreterGIL On\n"),
      "<Directory />\nWSGIPerInterpreterGIL On\n</Directory>\n",
      "WSGIPerInterpreterGIL 1\n",
      "WSGIFreeThreading maybe\n",
      "WSGISwitchInterval 0\n",
      "WSGISwitchInterval -1\n",
      "WSGISwitchInterval abc\n"};
  size_t taken = 0;
  for (const std::string& text : legal) {
    const Verdict one = ReadOnly(stage(), text);
    EXPECT_TRUE(one.is_accepted) << text << one.said;
    if (one.is_accepted) ++taken;
  }
  size_t not_taken = 0;
  for (const std::string& text : refused) {
    const Verdict one = ReadOnly(stage(), text);
    EXPECT_FALSE(one.is_accepted) << text;
    if (!one.is_accepted) ++not_taken;
  }
  Found(fmt::format(
      "{} of {} read, {} of {} refused", taken, legal.size(), not_taken, refused.size()));
}

}  // namespace suites::hosting
