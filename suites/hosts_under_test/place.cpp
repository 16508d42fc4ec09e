#include "suites/hosts_under_test/place.h"

#include <fmt/format.h>

#include "suites/hosts_under_test/check.h"
#include "suites/hosts_under_test/chosen_host.h"

namespace suites::hosts_under_test {

using hosts::deployment::InterpreterKind;
using hosts::deployment::ProcessKind;

std::string NameOf(const Place& place) {
  return fmt::format("{}_{}", Name(place.process), Name(place.interpreter));
}
std::string ModeOf(const Place& place) {
  return fmt::format("{}/{}", Name(place.process), Name(place.interpreter));
}
void PrintTo(const Place& place, std::ostream* out) {
  *out << NameOf(place);
}

void EndUnlessOffered(const Place& place, std::string_view directives) {
  if (!directives.empty() && !ReadsDirectives()) {
    NotApplicable(ChosenHost() + " reads no directives, and the check is about what they say");
  }
  if (const auto why = WhyNotOffered(place)) NotApplicable(*why);
}

bool IsOfAStandard(std::string_view rule) {
  return rule.starts_with("PEP ") || rule.starts_with("RFC ");
}

void EndUnlessHeldTo(std::string_view rule) {
  if (ReadsDirectives() || IsOfAStandard(rule)) return;
  NotApplicable(fmt::format(
      "{} is a rule of mod_wsgi's hosting, and no standard says the same: {} is not held to it",
      rule,
      ChosenHost()));
}

std::string_view RuleFor(std::string_view rule, std::string_view standard) {
  return ReadsDirectives() || standard.empty() ? rule : standard;
}

void EndIfFreeToChoose(std::string_view choice) {
  if (choice.empty() || IsEngineChosen()) return;
  NotApplicable(fmt::format("the standard leaves it to each host: {}", choice));
}

std::string PlacedIn(const Place& place) {
  return fmt::format(
      "WSGIDaemonProcess one processes=1 threads=3\n"
      "WSGIProcessGroup {}\nWSGIApplicationGroup {}\n",
      place.process == ProcessKind::Daemon ? "one" : "%{GLOBAL}",
      place.interpreter == InterpreterKind::Sub ? "sub" : "%{GLOBAL}");
}

}  // namespace suites::hosts_under_test
