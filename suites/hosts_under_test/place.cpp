#include "suites/hosts_under_test/place.h"

#include <fmt/format.h>

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

std::string PlacedIn(const Place& place) {
  return fmt::format(
      "WSGIDaemonProcess one processes=1 threads=3\n"
      "WSGIProcessGroup {}\nWSGIApplicationGroup {}\n",
      place.process == ProcessKind::Daemon ? "one" : "%{GLOBAL}",
      place.interpreter == InterpreterKind::Sub ? "sub" : "%{GLOBAL}");
}

}  // namespace suites::hosts_under_test
