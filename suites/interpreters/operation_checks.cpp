// InterpreterOperation: each operation of the table, in each kind of interpreter, embedded and in a daemon process.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <span>
#include <string>
#include <vector>

#include "suites/hosting/interpreter_check.h"
#include "suites/hosts_under_test/chosen_host.h"
#include "suites/interpreters/measured_python.h"
#include "suites/interpreters/operations.h"

namespace suites::interpreters {

namespace {

using hosting::Copy;
using hosting::InterpreterCheck;

// A process of its own for each kind: what is of the process is of that one alone. In the server there is one at a time.
struct Place {
  Copy copy;
  std::string_view Operation::*expected;

  [[nodiscard]] bool is_main() const { return expected == &Operation::in_main; }
};
constexpr std::array<Place, 3> kEmbedded{
    Place{{"main", "%{GLOBAL}", "%{GLOBAL}"}, &Operation::in_main},
    Place{{"sub", "%{GLOBAL}", "sub"}, &Operation::in_sub},
    Place{{"own", "%{GLOBAL}", "own"}, &Operation::in_own}};
constexpr std::array<Place, 3> kInDaemons{
    Place{{"one_main", "one", "%{GLOBAL}"}, &Operation::in_main},
    Place{{"two_sub", "two", "sub"}, &Operation::in_sub},
    Place{{"three_own", "three", "own"}, &Operation::in_own}};

constexpr std::string_view kModules =
    "import _thread, asyncio, atexit, concurrent.futures, ctypes, datetime, gc, hashlib, "
    "logging.handlers, multiprocessing, multiprocessing.pool, multiprocessing.shared_memory, os, "
    "queue, signal, socket, socketserver, sqlite3, ssl, subprocess, sys, syslog, threading, "
    "weakref, zoneinfo\n";

// Its value as Python writes it, or what it raised.
std::string OutcomeOf(std::string_view body) {
  std::string python(kModules);
  python += "def operation():\n";
  std::string_view rest = body;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    python += fmt::format("    {}\n", rest.substr(0, end));
    rest = end == std::string_view::npos ? "" : rest.substr(end + 1);
  }
  return python +
         "try:\n"
         "    result = repr(operation())\n"
         "except Exception as error:\n"
         "    result = f'{type(error).__name__}: {error}'\n";
}

bool IsAsExpected(std::string_view found, std::string_view expected) {
  constexpr std::string_view kWhatever = "…";
  if (expected.ends_with(kWhatever)) {
    expected.remove_suffix(kWhatever.size());
    return found.starts_with(expected);
  }
  return found == expected;
}

class InterpreterOperation : public InterpreterCheck,
                             public ::testing::WithParamInterface<Operation> {
 protected:
  void ServeAt(std::span<const Place> places) {
    std::vector<Copy> copies;
    for (const Place& place : places)
      copies.push_back(place.copy);
    ServeLazily(
        "WSGIDaemonProcess one threads=3\nWSGIDaemonProcess two threads=3\n"
        "WSGIDaemonProcess three threads=3\n" +
            hosting::Container("application-group=own", "WSGIPerInterpreterGIL On"),
        copies);
  }

  void ExpectAt(const Place& place) {
    const Operation& operation = GetParam();
    const bool is_refused = !operation.engine_beside_main.empty() &&
                            hosts_under_test::IsEngineChosen() && !place.is_main();
    const std::string_view wanted =
        is_refused ? operation.engine_beside_main : operation.*place.expected;
    if (wanted.empty()) return;
    const std::string found = AskForText(place.copy.name, OutcomeOf(operation.python));
    found_ += fmt::format("{}{}: {}", found_.empty() ? "" : "; ", place.copy.name, found);
    EXPECT_TRUE(IsAsExpected(found, wanted))
        << place.copy.name << ": " << found << " instead of " << wanted;
  }

  std::string found_;
};

TEST_P(InterpreterOperation, ComesToWhatWasMeasured) {
  const Operation& operation = GetParam();
  const std::string title = fmt::format("A request does this: {}", operation.name);
  const std::string expected =
      fmt::format("main: {}; sub: {}; with a GIL of its own: {}",
                  operation.in_main.empty() ? "either way" : operation.in_main,
                  operation.in_sub,
                  operation.in_own) +
      (operation.engine_beside_main.empty()
           ? ""
           : fmt::format("; wsgilab-host, in both of these: {}", operation.engine_beside_main));
  BeginAbout({.rule = "GIL-5", .title = title, .expected = expected, .mode = "all"});
  EndUnlessMeasured();
  ServeAt(kInDaemons);
  for (const Place& place : kInDaemons)
    ExpectAt(place);
  if (operation.hosted == Hosted::Anywhere) {
    for (const Place& place : kEmbedded) {
      ServeAt(std::span(&place, 1));
      ExpectAt(place);
    }
  }
  Found(found_);
}

INSTANTIATE_TEST_SUITE_P(Suite,
                         InterpreterOperation,
                         ::testing::ValuesIn(Operations().begin(), Operations().end()),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

}  // namespace
}  // namespace suites::interpreters
