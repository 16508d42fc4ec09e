// Isolation/Probe: what B sees of a change that A made, compared with what was measured on the real
// mod_wsgi, for every probe of state_probe.h in every pairing.
//
// A, B warm and compared with the pairing's promise; B looks (nothing yet); A changes; A looks (the
// change took); B looks; C, loaded only now, looks too. Each probe has hosts of its own, so that none feeds another:
// one in which A was loaded first, and one in which B was.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <tuple>
#include <vector>

#include "suites/hosts_under_test/chosen_host.h"
#include "suites/isolation/expectations.h"
#include "suites/isolation/observation.h"

namespace suites::isolation {

namespace {

// In which orders A and B are loaded. With a sanitizer a host takes as long to start as ten; and whoever only wants to know
// whether a check can fail (`wsgilab selftest`) does not need both.
std::vector<Who> Orders() {
  const bool is_one_enough =
      std::getenv("WSGILAB_ONE_ORDER") != nullptr || hosts_under_test::IsHostSanitized();
  return is_one_enough ? std::vector{Who::A} : std::vector{Who::A, Who::B};
}

std::string InWords(const Observation& seen) {
  std::string words = seen.detail;
  if (seen.cold)
    words += fmt::format("; C, first asked afterwards: {} ({})", *seen.cold, seen.cold_detail);
  return words;
}

// "thread or isolated": it depends on what no configuration says.
bool Fits(std::string_view seen, std::string_view expected) {
  const size_t either = expected.find(" or ");
  if (either == std::string_view::npos) return seen == expected;
  return seen == expected.substr(0, either) || seen == expected.substr(either + 4);
}

class Probe : public testing::TestWithParam<std::tuple<Pairing, StateProbe>> {};

std::string NameOf(const testing::TestParamInfo<Probe::ParamType>& parameter) {
  return fmt::format("{}_{}", std::get<1>(parameter.param).name, std::get<0>(parameter.param).name);
}

}  // namespace

TEST_P(Probe, AgreesWithTheOracle) {
  const auto& [pairing, probe] = GetParam();
  const auto found = FindExpectation(probe.name, pairing.name);
  const Expectation expected = found.value_or(Expectation{});
  AboutProbe(probe.name, probe.title, pairing, expected);
  if (!found) GTEST_SKIP() << "nobody has measured it with this Python";
  if (const auto why = WhyNotHere(pairing); !why.empty()) GTEST_SKIP() << why;

  for (const Who first : Orders()) {
    const Observation seen = Observe(probe, pairing, first);
    const std::string words = fmt::format("{} loaded first: {}", Name(first), InWords(seen));
    RecordProperty("observed", seen.warm);
    RecordProperty(
        "detail",
        fmt::format("{}; {}{}",
                    words,
                    probe.mechanism.empty() ? MechanismOf(probe.scope) : probe.mechanism,
                    expected.deviation.empty() ? "" : "; deviation: " + expected.deviation));
    EXPECT_TRUE(Fits(seen.warm, expected.warm)) << words << ", but not " << expected.warm;
    if (seen.cold) {
      EXPECT_EQ(*seen.cold, expected.cold.value_or(expected.warm)) << words;
    }
    JudgeMisplacement(seen.misplaced);
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Isolation,
                         Probe,
                         testing::Combine(testing::ValuesIn(AllPairings()),
                                          testing::ValuesIn(AllStateProbes())),
                         NameOf);

}  // namespace suites::isolation
