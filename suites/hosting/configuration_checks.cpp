// HostingConfiguration: configurations that must be refused at the start, with the file and the line.
// CFG-1, CFG-5, ERR-34, ERR-35, CFG-42, PRELOAD-4, and directives that nobody knows.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "suites/hosts_under_test/check.h"
#include "suites/hosts_under_test/chosen_host.h"

namespace suites::hosting {

using hosts_under_test::HostUnderTest;

namespace {

// A configuration whose last line must be refused.
struct Refused {
  std::string_view name;
  std::string_view rule;
  std::string_view title;
  std::string_view text;
};

constexpr Refused kRefused[] = {
    {"unknown_directive", "CFG-99", "A directive that nobody knows", "WSGIScriptAlais / x"},
    {"unknown_option",
     "CFG-1",
     "An option that is written in another case",
     "WSGIScriptAlias / {stage}/a.wsgi Process-Group=%{GLOBAL}"},
    {"blank_before_value",
     "CFG-1",
     "Blanks around the = of an option",
     "WSGIScriptAlias / {stage}/a.wsgi process-group = one"},
    {"group_declared_twice",
     "CFG-5",
     "Two daemon groups of one name",
     "WSGIDaemonProcess one\nWSGIDaemonProcess one threads=2"},
    {"preload_into_undeclared_group",
     "PRELOAD-4",
     "A preloading alias names a group that is not declared above it",
     "WSGIScriptAlias / {stage}/a.wsgi process-group=one application-group=%{GLOBAL}"},
    {"import_script_without_process_group",
     "PRELOAD-3",
     "An import script whose process group is not said",
     "WSGIImportScript {stage}/a.wsgi application-group=%{GLOBAL}"},
    {"bad_umask", "CFG-3", "A umask that is no octal number", "WSGIDaemonProcess one umask=9"},
    {"flag_neither_on_nor_off",
     "CFG-2",
     "A flag that is neither On nor Off",
     "WSGIChunkedRequest maybe"},
};

void PrintTo(const Refused& refused, std::ostream* out) {
  *out << refused.name;
}

class Configuration : public hosts_under_test::Check, public testing::WithParamInterface<Refused> {
 protected:
  Configuration() : Check("hosting") {}
};

std::string NameOf(const testing::TestParamInfo<Refused>& parameter) {
  return std::string(parameter.param.name);
}

}  // namespace

TEST_P(Configuration, IsRefusedWithItsFileAndLine) {
  const Refused& refused = GetParam();
  About({.rule = refused.rule,
         .title = refused.title,
         .expected = "the host does not start and names file and line"});
  const std::string configuration = std::string(refused.text) + "\n";
  const auto plan = hosts_under_test::PlanFor(stage(), configuration);
  const std::string& text = plan.files.front().text;
  const std::string file = plan.files.front().path.string();
  // A host may have lines of its own behind ours.
  const size_t begin = text.find(configuration.substr(0, configuration.find('{')));
  const auto line = std::ranges::count(std::string_view(text).substr(0, begin), '\n') +
                    std::ranges::count(configuration, '\n');

  auto started = HostUnderTest::Start(stage(), configuration);
  if (started) {
    Found("the host started");
    FAIL() << "the host started with:\n" << text;
  }
  const std::string said = started.error().message;
  const std::string place = hosts_under_test::IsEngineChosen()
                                ? fmt::format("{}:{}", file, line)
                                : fmt::format("line {} of {}", line, file);
  const bool is_named = said.find(place) != std::string::npos;
  Found(fmt::format("the host does not start and names {}",
                    is_named ? "file and line" : "another place, or none"),
        said);
  EXPECT_TRUE(is_named) << "looked for " << place << " in:\n" << said;
}

struct NoStart {
  std::string_view name;
  std::string_view rule;
  std::string_view title;
  std::string_view option;
  std::string_view said;
};

void PrintTo(const NoStart& no_start, std::ostream* out) {
  *out << no_start.name;
}

class ProcessesThatCannotStart : public hosts_under_test::Check,
                                 public testing::WithParamInterface<NoStart> {
 protected:
  ProcessesThatCannotStart() : Check("hosting") {}
};

// hosts/deviations.md: mod_wsgi starts, and clients get 504.
TEST_P(ProcessesThatCannotStart, StopTheServerFromStarting) {
  const NoStart& row = GetParam();
  About({.rule = row.rule,
         .title = row.title,
         .expected = "the host does not start and says what is missing",
         .mode = "daemon"});
  hosts_under_test::EndUnlessEngine("that a server does not start whose groups cannot");
  auto started =
      HostUnderTest::Start(stage(), fmt::format("WSGIDaemonProcess one {}\n", row.option));
  if (started) {
    Found("the host started");
    FAIL() << "the host started with " << row.option;
  }
  const std::string said = started.error().message;
  const bool is_said = said.find(row.said) != std::string::npos;
  Found(fmt::format("the host does not start and says {}", is_said ? "what is missing" : "little"),
        said);
  EXPECT_TRUE(is_said) << "looked for " << row.said << " in:\n" << said;
}

INSTANTIATE_TEST_SUITE_P(
    Hosting,
    ProcessesThatCannotStart,
    testing::Values(NoStart{"NoHome",
                            "ERR-35",
                            "home= of a group is a directory that does not exist",
                            "home={stage}/nowhere",
                            "/nowhere"},
                    NoStart{"NoPython",
                            "ERR-34",
                            "python-home= of a group is a directory without a Python",
                            "python-home={stage}/tmp",
                            "/tmp"}),
    [](const auto& parameter) { return std::string(parameter.param.name); });

INSTANTIATE_TEST_SUITE_P(Hosting, Configuration, testing::ValuesIn(kRefused), NameOf);

}  // namespace suites::hosting
