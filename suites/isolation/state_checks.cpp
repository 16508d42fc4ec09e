// Isolation/Probe: what B sees of a change that A made, compared with what was measured on the real
// mod_wsgi, for every probe of state_probe.cpp in every pairing.
//
// A, B warm and compared with the pairing's promise; B looks (nothing yet); A changes; A looks (the
// change took); B looks; where it matters, C, loaded only now, looks too.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <tuple>

#include "suites/isolation/expectations.h"
#include "suites/isolation/shared_host.h"
#include "suites/isolation/state_probe.h"

namespace suites::isolation {

using hosts_under_test::ProbeAnswer;

namespace {

// What one application answered to `read`: whether A's change shows, and the words for it.
struct Sight {
  std::string observed;  // "shared", "isolated", "error"
  std::string value;     // as JSON, or what was raised
};

Sight SightOf(const ProbeAnswer& answer) {
  if (answer.error) return {"error", *answer.error};
  // The result is [value, whether it is A's].
  const bool is_shared = answer.result.ends_with(",true]");
  const size_t comma = answer.result.rfind(',');
  return {is_shared ? "shared" : "isolated", answer.result.substr(1, comma - 1)};
}

class Probe : public testing::TestWithParam<std::tuple<Pairing, StateProbe>> {
 protected:
  static void TearDownTestSuite() { shared_.reset(); }

  void SetUp() override {
    expectation_ = ExpectationOf(probe().name, pairing().name);
    AboutProbe(probe().name, probe().title, pairing(), expectation_);
    if (shared_ && shared_->pairing().name != pairing().name) shared_.reset();
    if (!shared_) shared_ = std::make_unique<SharedHost>(pairing());
  }

  void TearDown() override {
    if (HasFailure()) shared_.reset();  // the next probe gets a host that nothing has happened to
  }

  [[nodiscard]] static const Pairing& pairing() { return std::get<0>(GetParam()); }
  [[nodiscard]] static const StateProbe& probe() { return std::get<1>(GetParam()); }

  Sight Read(const std::string& url, const std::string& from_a) const {
    const std::string python = fmt::format(
        "{}{}\nresult = [result, bool({})]\n", Constants(from_a), probe().read, probe().shared_if);
    return SightOf(shared_->Run(url, python, token_));
  }

  Expectation expectation_;

  ProbeAnswer Set() const {
    return shared_->Run("/a", fmt::format("{}{}\n", Constants("None"), probe().set), token_);
  }

 private:
  static std::string Constants(const std::string& from_a) {
    return fmt::format(
        "LIBRARY = '{}'\nFILE = __import__('os').path.join(HERE, 'a.wsgi')\n"
        "FROM_A = {}\n",
        WSGILAB_STATIC_VALUE,
        from_a == "null" ? "None" : from_a);
  }

  static std::string NewToken() {
    static std::atomic<int> count{0};
    return fmt::format("token{}x{}", ::getpid(), ++count);
  }

  std::string token_ = NewToken();
  static inline std::unique_ptr<SharedHost> shared_;
};

std::string NameOf(const testing::TestParamInfo<Probe::ParamType>& parameter) {
  return fmt::format("{}_{}", std::get<1>(parameter.param).name, std::get<0>(parameter.param).name);
}

}  // namespace

TEST_P(Probe, AgreesWithTheOracle) {
  ASSERT_NE(Read("/b", "None").observed, "shared") << "B saw a change that A had not made yet";
  const ProbeAnswer set = Set();
  ASSERT_FALSE(set.error) << "A could not make its change: " << *set.error;
  const Sight own = Read("/a", set.result);
  ASSERT_EQ(own.observed, "shared") << "A does not see its own change but " << own.value;

  const Sight seen = Read("/b", set.result);
  std::string detail = fmt::format("A has {}, B reads {}", own.value, seen.value);
  RecordProperty("observed", seen.observed);
  EXPECT_EQ(seen.observed, expectation_.warm) << detail;
  if (expectation_.cold) {
    const Sight cold = Read("/c", set.result);
    detail += fmt::format("; C, first asked afterwards, reads {} ({})", cold.value, cold.observed);
    EXPECT_EQ(cold.observed, *expectation_.cold) << detail;
  }
  if (!expectation_.deviation.empty()) detail += "; deviation: " + expectation_.deviation;
  RecordProperty("detail", detail);
}

INSTANTIATE_TEST_SUITE_P(Isolation,
                         Probe,
                         testing::Combine(testing::ValuesIn(AllPairings()),
                                          testing::ValuesIn(AllStateProbes().begin(),
                                                            AllStateProbes().end())),
                         NameOf);

}  // namespace suites::isolation
