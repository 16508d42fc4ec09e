// InterpreterImport: the extensions of the table, in fresh processes: in main; in two sub-interpreters, one after the other; in two
// with GILs of their own; and in one of these behind main.

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "suites/hosting/interpreter_check.h"
#include "suites/interpreters/extensions.h"
#include "suites/interpreters/measured_python.h"

namespace suites::interpreters {

namespace {

using hosting::Copy;
using hosting::InterpreterCheck;

// In the order in which they are asked; a process of its own for each kind.
constexpr std::array<Copy, 7> kCopies{{{"main", "one", "%{GLOBAL}"},
                                       {"sub", "two", "first"},
                                       {"next_sub", "two", "second"},
                                       {"own", "three", "first"},
                                       {"next_own", "three", "second"},
                                       {"before", "four", "%{GLOBAL}"},
                                       {"own_behind_main", "four", "own"}}};

// Each module's outcome in a word, by name: "works"; or "refused", "fails", "missing" and what was said. numpy and pandas put
// their own words around the refusal.
std::string OutcomesOf(const std::vector<std::string_view>& modules, std::string_view first) {
  std::vector<std::string> names;
  for (const std::string_view module : modules)
    names.push_back(fmt::format("'{}'", module));
  return fmt::format(
      "import importlib\n"
      "def outcome_of(name):\n"
      "    try:\n"
      "        exec('''{}''')\n"
      "        importlib.import_module(name)\n"
      "        return 'works'\n"
      "    except Exception as error:\n"
      "        said = f'{{type(error).__name__}}: {{error}}'\n"
      "        missing = isinstance(error, ModuleNotFoundError) and name.startswith(error.name)\n"
      "        refused = 'does not support loading in subinterpreters' in said\n"
      "        return ('missing' if missing else 'refused' if refused else 'fails') + ': ' + said\n"
      "result = '\\n'.join(name + ' ' + outcome_of(name) for name in [{}])\n",
      first,
      fmt::join(names, ", "));
}

// "refused" of "_curses refused: ImportError: …"
std::string_view OutcomeIn(std::string_view line) {
  line.remove_prefix(std::min(line.size(), line.find(' ') + 1));
  return line.substr(0, line.find(':'));
}

class InterpreterImport : public InterpreterCheck {
 protected:
  void ServeKinds() {
    std::string text;
    for (const std::string_view group : {"one", "two", "three", "four"})
      text += fmt::format("WSGIDaemonProcess {} threads=2\n", group);
    for (const std::string_view group : {"three", "four"})
      text +=
          hosting::Container(fmt::format("process-group={}", group), "WSGIPerInterpreterGIL On");
    ServeLazily(text, kCopies);
  }

  // A line for each module.
  std::string Outcomes(std::string_view copy,
                       const std::vector<std::string_view>& modules,
                       std::string_view first = {}) const {
    return AskForText(copy, OutcomesOf(modules, first));
  }

  // Those of the table that this Python has, and that main can use.
  std::vector<std::string_view> Present(std::span<const std::string_view> modules) const {
    std::vector<std::string_view> all(modules.begin(), modules.end());
    const std::string found = Outcomes("main", all);
    std::erase_if(all, [&](std::string_view module) {
      return fmt::format("\n{}", found).find(fmt::format("\n{} missing", module)) !=
             std::string::npos;
    });
    return all;
  }

  void ExpectToWorkEverywhere(std::span<const std::string_view> modules) {
    const std::vector<std::string_view> present = Present(modules);
    if (present.empty()) GTEST_SKIP() << "none of them is installed";
    Found(fmt::format("{} of them are there", present.size()));
    for (const Copy& copy : kCopies) {
      const std::string outcomes = Outcomes(copy.name, present) + "\n";
      std::string_view rest = outcomes;
      while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        EXPECT_EQ(OutcomeIn(line), Name(Import::Works)) << copy.name << ": " << line;
        rest.remove_prefix(line.size() + 1);
      }
    }
  }
};

class InterpreterExtension : public InterpreterImport,
                             public ::testing::WithParamInterface<Extension> {};

}  // namespace

TEST_F(InterpreterImport, OfWhatDeclaresItsSupportWorksEverywhere) {
  BeginAbout({.rule = "GIL-5",
              .title =
                  "Every extension of the standard library that declares its support for an own "
                  "GIL is imported",
              .expected = "each works in every kind of interpreter",
              .mode = "daemon"});
  EndUnlessMeasured();
  ServeKinds();
  ExpectToWorkEverywhere(OrdinaryModules());
}

TEST_F(InterpreterImport, OfDistributionsThatDeclareTheirSupportWorksEverywhere) {
  BeginAbout({.rule = "GIL-5",
              .title =
                  "Distributions whose extensions declare their support for an own GIL, or that "
                  "have none, are imported, as far as they are installed",
              .expected = "each works in every kind of interpreter",
              .mode = "daemon"});
  EndUnlessMeasured();
  ServeKinds();
  ExpectToWorkEverywhere(OrdinaryDistributions());
}

TEST_P(InterpreterExtension, IsLetInAsItWasMeasured) {
  const Extension& extension = GetParam();
  const std::string title = fmt::format("{} is imported", extension.module);
  const std::string expected = fmt::format(
      "main: works; sub: {}, the next one: {}; with GILs of their own, also behind main: {}",
      Name(extension.in_sub),
      Name(extension.in_next_sub),
      Name(extension.in_own));
  BeginAbout({.rule = "GIL-5", .title = title, .expected = expected, .mode = "daemon"});
  EndUnlessMeasured();
  ServeKinds();
  const std::array expected_of{Import::Works,
                               extension.in_sub,
                               extension.in_next_sub,
                               extension.in_own,
                               extension.in_own,
                               Import::Works,
                               extension.in_own};
  std::string all;
  for (std::size_t i = 0; i < kCopies.size(); ++i) {
    const std::string line = Outcomes(kCopies[i].name, {extension.module}, extension.first);
    const std::string_view outcome = OutcomeIn(line);
    if (i == 0 && outcome == "missing") GTEST_SKIP() << "it is not installed: " << line;
    all += fmt::format("{}{}: {}", all.empty() ? "" : "; ", kCopies[i].name, outcome);
    EXPECT_EQ(outcome, Name(expected_of[i])) << kCopies[i].name << ": " << line;
  }
  Found(all);
}

namespace {

std::string NameOf(const ::testing::TestParamInfo<Extension>& parameter) {
  std::string name(parameter.param.module);
  std::ranges::replace(name, '.', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Suite,
                         InterpreterExtension,
                         ::testing::ValuesIn(ParticularExtensions().begin(),
                                             ParticularExtensions().end()),
                         NameOf);

}  // namespace
}  // namespace suites::interpreters
