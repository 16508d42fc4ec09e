#include "suites/isolation/pairing.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>

#include "hosts/base/check.h"
#include "suites/hosts_under_test/chosen_host.h"

namespace suites::isolation {

using hosts::deployment::InterpreterKind;
using hosts::deployment::ProcessKind;
using hosts_under_test::Place;
using hosts_under_test::ProbeAnswer;

namespace {

// Users that every Debian has.
constexpr const char* kUsers[] = {"daemon", "games"};
constexpr const char* kServersUser = "www-data";

const std::array<Pairing, 14> kPairings{{
    {.name = "embedded_main",
     .title = "embedded, both main",
     .mode = "embedded/main/preload",
     .a = {"", ""},
     .b = {"", ""},
     .c = {"", ""}},
    {.name = "embedded_one_sub",
     .title = "embedded, one sub",
     .mode = "embedded/sub/preload",
     .a = {"", "shared"},
     .b = {"", "shared"},
     .c = {"", "shared"}},
    {.name = "embedded_two_subs",
     .title = "embedded, two subs",
     .mode = "embedded/sub/preload",
     .a = {"", "a"},
     .b = {"", "b"},
     .c = {"", "c"}},
    {.name = "embedded_main_and_sub",
     .title = "embedded, main + sub",
     .mode = "embedded/sub/preload",
     .a = {"", ""},
     .b = {"", "b"},
     .c = {"", "c"}},
    {.name = "embedded_sub_and_main",
     .title = "embedded, sub + main",
     .mode = "embedded/main/preload",
     .a = {"", "a"},
     .b = {"", ""},
     .c = {"", "c"}},
    {.name = "daemon_main",
     .title = "one daemon group, both main",
     .mode = "daemon/main/preload",
     .a = {"one", ""},
     .b = {"one", ""},
     .c = {"one", ""}},
    {.name = "daemon_two_subs",
     .title = "one daemon group, two subs",
     .mode = "daemon/sub/preload",
     .a = {"one", "a"},
     .b = {"one", "b"},
     .c = {"one", "c"}},
    {.name = "daemon_two_groups",
     .title = "two daemon groups",
     .mode = "daemon/main/preload",
     .a = {"one", ""},
     .b = {"two", ""},
     .c = {"two", ""}},
    {.name = "daemon_two_users",
     .title = "two daemon groups of two users",
     .mode = "daemon/main/preload",
     .a = {"one", ""},
     .b = {"two", ""},
     .c = {"two", ""},
     .owners = Owners::Two},
    {.name = "daemon_two_processes",
     .title = "one application, two processes",
     .mode = "daemon/main/preload",
     .a = {"one", ""},
     .b = {"one", ""},
     .c = {"one", ""},
     .processes = 2},
    {.name = "embedded_two_own_gils",
     .title = "embedded, two subs with own GILs",
     .mode = "embedded/sub-own-gil/preload",
     .a = {"", "a", true},
     .b = {"", "b", true},
     .c = {"", "c", true}},
    {.name = "embedded_main_and_own_gil",
     .title = "embedded, main + sub with own GIL",
     .mode = "embedded/sub-own-gil/preload",
     .a = {"", ""},
     .b = {"", "b", true},
     .c = {"", "c", true}},
    {.name = "embedded_own_gil_and_main",
     .title = "embedded, sub with own GIL + main",
     .mode = "embedded/main/preload",
     .a = {"", "a", true},
     .b = {"", ""},
     .c = {"", "c", true}},
    {.name = "daemon_two_own_gils",
     .title = "one daemon group, two subs with own GILs",
     .mode = "daemon/sub-own-gil/preload",
     .a = {"one", "a", true},
     .b = {"one", "b", true},
     .c = {"one", "c", true}},
}};

std::string WrongInterpreter(const Seat& seat, const ProbeAnswer& answer) {
  const bool is_main_expected = seat.application_group.empty();
  if (is_main_expected == (answer.interpreter == 0)) return {};
  return fmt::format("{} was found in {}, but it belongs into {}",
                     answer.name,
                     answer.Place(),
                     is_main_expected ? "the main interpreter" : "a sub-interpreter");
}

// Whether a user who is nobody special may enter it: the folders above it may keep him out.
bool IsForEveryUser(const std::filesystem::path& folder) {
  using std::filesystem::perms;
  for (auto at = std::filesystem::absolute(folder); at != at.root_path(); at = at.parent_path()) {
    if ((std::filesystem::status(at).permissions() & perms::others_exec) == perms::none)
      return false;
  }
  return true;
}

}  // namespace

std::span<const Pairing> AllPairings() {
  return kPairings;
}

const Pairing& PairingNamed(std::string_view name) {
  const auto found = std::ranges::find(kPairings, name, &Pairing::name);
  CHECK(found != kPairings.end(), "a check names a pairing that there is not");
  return *found;
}

std::string WhyNotHere(const Pairing& pairing) {
  if (pairing.owners == Owners::Two && ::geteuid() != 0) {
    return "only root can start processes of two users";
  }
  if (!pairing.has_own_gil()) return {};
  const Place place{
      .process = pairing.b.process_group.empty() ? ProcessKind::Embedded : ProcessKind::Daemon,
      .interpreter = InterpreterKind::SubOwnGil};
  return hosts_under_test::WhyNotOffered(place).value_or("");
}

harness::adapters::ServedDeployment GroupsOf(const Pairing& pairing, int threads) {
  harness::adapters::ServedDeployment deployment;
  deployment.server_threads = threads;
  if (::geteuid() == 0) {  // applications of root could do what no administrator lets them
    for (const char* directive : {"User", "Group"})
      deployment.extra_directives.push_back(fmt::format("{} {}", directive, kServersUser));
  }
  const char* const* user = kUsers;
  for (const auto& name : std::set{pairing.a.process_group, pairing.b.process_group}) {
    if (name.empty()) continue;
    harness::adapters::DaemonGroup group;
    group.name = name;
    group.threads = threads;
    group.processes = pairing.processes;
    if (pairing.owners == Owners::Two) group.user = *user++;
    deployment.daemon_groups.push_back(group);
  }
  return deployment;
}

bool CanReach(harness::adapters::ServedDeployment& deployment,
              const std::filesystem::path& folder) {
  if (::geteuid() != 0 || IsForEveryUser(folder)) return true;
  if (!hosts_under_test::IsEngineChosen()) return false;
  deployment.extra_directives.clear();
  return true;
}

std::string Misplacement(const Pairing& pairing, const ProbeAnswer& a, const ProbeAnswer& b) {
  if (auto wrong = WrongInterpreter(pairing.a, a); !wrong.empty()) return wrong;
  if (auto wrong = WrongInterpreter(pairing.b, b); !wrong.empty()) return wrong;
  const bool is_one_process = a.pid == b.pid;
  if (is_one_process != pairing.is_one_process()) {
    return fmt::format("A was found in {}, B in {}", a.Place(), b.Place());
  }
  const bool is_one_interpreter = is_one_process && a.interpreter == b.interpreter;
  if (is_one_interpreter != pairing.is_one_interpreter()) {
    return fmt::format("A was found in {}, B in {}", a.Place(), b.Place());
  }
  return {};
}

}  // namespace suites::isolation
