#include "suites/hosting/interpreter_check.h"

#include <fmt/format.h>

#include "suites/hosting/configured.h"

namespace suites::hosting {

using hosts_under_test::Execute;
using hosts_under_test::Need;
using hosts_under_test::ProbeAnswer;

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

}  // namespace suites::hosting
