#include "suites/hosting/interpreter_check.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <future>

#include "suites/hosting/configured.h"
#include "suites/hosts_under_test/eventually.h"

namespace suites::hosting {

using hosts_under_test::Eventually;
using hosts_under_test::Execute;
using hosts_under_test::Need;
using hosts_under_test::ProbeAnswer;
using hosts_under_test::Soon;

namespace {

// In one call from C, which PyDLL makes with the GIL: whoever sees the file finds it kept. The answer is a time at which it still was: behind the
// call another thread may be the first to have it.
constexpr const char* kBusy =
    "import ctypes, time\n"
    "began = time.monotonic()\n"
    "ctypes.PyDLL(None).system(f\"touch '{HERE}/held'; sleep 0.7\".encode())\n"
    "result = began + 0.7";

}  // namespace

std::string Container(std::string_view selectors, std::string_view directives) {
  return fmt::format(
      "<WSGIInterpreterOptions {}>\n{}\n</WSGIInterpreterOptions>\n", selectors, directives);
}

// What a statement raises, as "Type: text"; null if nothing.
std::string RaisedBy(std::string_view statement) {
  return fmt::format(
      "import os, sys, threading\n"
      "result = None\n"
      "try:\n"
      "    {}\n"
      "except Exception as error:\n"
      "    result = type(error).__name__ + ': ' + str(error)\n",
      statement);
}

size_t CountOf(std::string_view words, std::string_view text) {
  size_t count = 0;
  for (size_t at = text.find(words); at != std::string_view::npos; at = text.find(words, at + 1))
    ++count;
  return count;
}

void InterpreterCheck::BeginAbout(const hosts_under_test::Subject& subject) const {
  About(subject);
  constexpr int kFirstThatKnows = 6;
  hosts_under_test::EndIfModWsgiIsOlderThan(kFirstThatKnows);
}

void InterpreterCheck::ServeLazily(const std::string& configuration, std::span<const Copy> copies) {
  std::string text = "StartServers 1\nThreadsPerChild 3\n" + configuration;
  if (text.find("WSGIDaemonProcess one") == std::string::npos) text += kDaemonGroup;
  for (const Copy& copy : copies) {
    (void)Need(stage().Copy("probe.wsgi", fmt::format("{}.wsgi", copy.name)));
    text += Alias(copy.name);
    text +=
        fmt::format("<Location /{}>\nWSGIProcessGroup {}\nWSGIApplicationGroup {}\n</Location>\n",
                    copy.name,
                    copy.process_group,
                    copy.application_group);
  }
  Serve(text);
}

ProbeAnswer InterpreterCheck::Answer(std::string_view name, const std::string& python) const {
  auto client = host().NewClient();
  return Need(Execute(client, fmt::format("/{}", name), python));
}

std::string InterpreterCheck::Ask(std::string_view name, const std::string& python) const {
  const ProbeAnswer answer = Answer(name, python);
  return answer.error.value_or(answer.result);
}

std::string InterpreterCheck::AskForText(std::string_view name, const std::string& python) const {
  const ProbeAnswer answer = Answer(name, python);
  if (answer.error) return *answer.error;
  const auto result = nlohmann::json::parse(answer.result);
  return result.is_string() ? result.get<std::string>() : answer.result;
}

std::string Beside(bool is_beside) {
  return is_beside ? "beside" : "after";
}

bool InterpreterCheck::RunsBeside(std::string_view busy, std::string_view quiet) const {
  for (const std::string_view name : {busy, quiet})
    (void)Ask(name, "result = 0");  // the interpreters are there
  stage().Remove("held");
  auto released =
      std::async(std::launch::async, [this, name = std::string(busy)] { return Ask(name, kBusy); });
  const bool is_held =
      Eventually([&] { return std::filesystem::exists(stage().path("held")); }, Soon());
  EXPECT_TRUE(is_held);
  const double ran_at = std::atof(Ask(quiet, "import time; result = time.monotonic()").c_str());
  return ran_at < std::atof(released.get().c_str());
}

}  // namespace suites::hosting
