#include "suites/isolation/pairing.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "hosts/base/check.h"

namespace suites::isolation {

using hosts_under_test::ProbeAnswer;

namespace {

constexpr int kThreads = 3;

std::string WrongInterpreter(const Seat& seat, const ProbeAnswer& answer) {
  const bool is_main_expected = seat.application_group.empty();
  if (is_main_expected == (answer.interpreter == 0)) return {};
  return fmt::format("{} was found in {}, but it belongs into {}",
                     answer.name,
                     answer.Place(),
                     is_main_expected ? "the main interpreter" : "a sub-interpreter");
}

}  // namespace

const std::array<Pairing, 6>& AllPairings() {
  static const std::array<Pairing, 6> pairings{{
      {"embedded_main",
       "embedded, both main",
       "embedded/main/preload",
       {"", ""},
       {"", ""},
       {"", ""}},
      {"embedded_two_subs",
       "embedded, two subs",
       "embedded/sub/preload",
       {"", "a"},
       {"", "b"},
       {"", "c"}},
      {"embedded_main_and_sub",
       "embedded, main + sub",
       "embedded/sub/preload",
       {"", ""},
       {"", "b"},
       {"", "c"}},
      {"daemon_main",
       "one daemon group, both main",
       "daemon/main/preload",
       {"one", ""},
       {"one", ""},
       {"one", ""}},
      {"daemon_two_subs",
       "one daemon group, two subs",
       "daemon/sub/preload",
       {"one", "a"},
       {"one", "b"},
       {"one", "c"}},
      {"daemon_two_groups",
       "two daemon groups",
       "daemon/main/preload",
       {"one", ""},
       {"two", ""},
       {"two", ""}},
  }};
  return pairings;
}

const Pairing& PairingNamed(std::string_view name) {
  const auto& pairings = AllPairings();
  const auto found = std::ranges::find(pairings, name, &Pairing::name);
  CHECK(found != pairings.end(), "a check names a pairing that there is not");
  return *found;
}

harness::adapters::ServedDeployment GroupsOf(const Pairing& pairing) {
  harness::adapters::ServedDeployment deployment;
  deployment.server_threads = kThreads;
  for (const auto& name : std::set{pairing.a.process_group, pairing.b.process_group}) {
    if (name.empty()) continue;
    harness::adapters::DaemonGroup group;
    group.name = name;
    group.threads = kThreads;
    deployment.daemon_groups.push_back(group);
  }
  return deployment;
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
