// Isolation/Discovery: how long B's users wait while A keeps its thread, or the GIL (discoveries.md, item 2, and
// what is held in C and by a single thread).
//
// Measured from outside: B waits before its code begins. B is asked again and again for as long as A is inside, which
// A bounds itself.

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <thread>

#include "suites/hosts_under_test/eventually.h"
#include "suites/isolation/discovery.h"
#include "suites/isolation/request_in_flight.h"

namespace suites::isolation {

using hosts::base::Clock;
using hosts_under_test::Eventually;
using hosts_under_test::Execute;
using hosts_under_test::Need;
using hosts_under_test::Soon;
using hosts_under_test::Where;

namespace {

constexpr std::string_view kTurn = "gets its turn";
constexpr std::string_view kWaits = "waits for the end of it";

// A begins with this: then it is inside.
constexpr const char* kSayBegun = "open(HERE + '/begun', 'w').close()\n";

struct Waits {
  double a_s = 0;           // how long A was inside
  std::vector<double> b_s;  // of each request, sorted
  [[nodiscard]] double at(double quantile) const {
    const auto index = static_cast<size_t>(quantile * static_cast<double>(b_s.size()));
    return b_s.at(std::min(index, b_s.size() - 1));
  }
  // B waited for most of what A did, or for little of it.
  [[nodiscard]] std::string_view verdict() const {
    if (b_s.back() > a_s / 2) return kWaits;
    return at(0.99) < a_s / 4 ? kTurn : "waits long";
  }
  [[nodiscard]] std::string detail() const {
    return fmt::format(
        "A was inside for {:.2f} s, and {} requests of B were answered meanwhile: median {:.1f} "
        "ms, p99 {:.1f} ms, "
        "slowest {:.1f} ms",
        a_s,
        b_s.size(),
        at(0.5) * 1e3,
        at(0.99) * 1e3,
        b_s.back() * 1e3);
  }
};

double SecondsSince(Clock::time_point then) {
  return std::chrono::duration<double>(Clock::now() - then).count();
}

// `python`: what A does, which leaves in `result` for how many seconds it did it.
Waits AskBWhileA(PairedHost& paired, const std::string& python) {
  Waits waits;
  std::atomic<bool> is_over{false};
  hosts::base::Result<hosts_under_test::ProbeAnswer> of_a =
      hosts::base::Error{hosts::base::ErrorKind::Closed, "never asked"};
  std::thread a([&] {
    of_a = paired.Ask(Who::A, std::string(kSayBegun) + python, "");
    is_over = true;
  });
  auto client = paired.host().NewClient();
  (void)Eventually([&] { return is_over || std::filesystem::exists(paired.stage().path("begun")); },
                   Soon());
  int failed =
      0;  // of B's requests; other servers close connections that they keep while all their threads are busy
  std::string why;
  while (!is_over) {
    const auto asked = Clock::now();
    const auto answer = Where(client, "/b");
    if (answer) {
      waits.b_s.push_back(SecondsSince(asked));
    } else if (failed++ == 0) {
      why = answer.error().Text();
    }
  }
  a.join();
  if (hosts_under_test::IsEngineChosen()) {
    EXPECT_EQ(failed, 0) << "B's users noticed A: " << why;
  }
  const auto answer = Need(std::move(of_a));
  if (answer.error || waits.b_s.empty()) {
    hosts_under_test::EndCheck({hosts::base::ErrorKind::InvalidInput,
                                fmt::format("A said {}, B answered {} times",
                                            answer.error.value_or(answer.result),
                                            waits.b_s.size())});
  }
  waits.a_s = std::stod(answer.result);
  std::sort(waits.b_s.begin(), waits.b_s.end());
  return waits;
}

// Each leaves its duration in `result`.
std::string Timed(const std::string& python) {
  return "import time\nbegan = time.monotonic()\n" + python + "\nresult = time.monotonic() - began";
}

}  // namespace

// ---- a loop in Python ----

constexpr Expected kStarvation[] = {
    {"embedded_main", kTurn, ""},
    {"embedded_one_sub", kWaits, kTurn},
    {"embedded_two_subs", kWaits, kTurn},
    {"embedded_main_and_sub", kWaits, kTurn},
    {"embedded_sub_and_main", kWaits, kTurn},
    {"daemon_main", kTurn, ""},
    {"daemon_two_subs", kWaits, kTurn},
    {"daemon_main_and_sub", kWaits, kTurn},
    {"daemon_sub_and_main", kWaits, kTurn},
    {"daemon_two_groups", kTurn, ""},
    {"daemon_two_users", kTurn, ""},
};
class Starvation : public Discovery {};

TEST_P(Starvation, BesideALoopInPython) {
  About("latency_python_loop",
        "A loops in Python while B is asked",
        "loops-let-others-run: whoever holds the GIL is asked for it in the interpreter that it "
        "runs in");
  PairedHost paired(pairing());
  const Waits waits = AskBWhileA(paired, Timed("while time.monotonic() < began + 1: pass"));
  Conclude(waits.verdict(), waits.detail());
}
INSTANTIATE_TEST_SUITE_P(Isolation, Starvation, testing::ValuesIn(kStarvation), NameOfExpected);

// ---- the GIL held in C: nobody can take it away, whoever hosts; where there is none nobody waits ----

constexpr Expected kHeldInC[] = {
    {"embedded_main", kWaits, "", "", kTurn},
    {"embedded_one_sub", kWaits, "", "", kTurn},
    {"embedded_two_subs", kWaits, "", "", kTurn},
    {"embedded_main_and_sub", kWaits, "", "", kTurn},
    {"embedded_sub_and_main", kWaits, "", "", kTurn},
    {"daemon_main", kWaits, "", "", kTurn},
    {"daemon_two_subs", kWaits, "", "", kTurn},
    {"daemon_two_groups", kTurn, ""},
    {"daemon_two_users", kTurn, ""},
};
class HeldInC : public Discovery {};

TEST_P(HeldInC, ByAFunctionThatDoesNotLetItGo) {
  About("latency_gil_held_ccall",
        "A sleeps in C for half a second without letting the GIL go, while B is asked");
  PairedHost paired(pairing());
  const Waits waits = AskBWhileA(
      paired,
      Timed("import ctypes; ctypes.PyDLL(HERE + '/modules/lab_library.so').lab_sleep(500)"));
  Conclude(waits.verdict(), waits.detail());
}

TEST_P(HeldInC, ByALongOperationOfPythonsOwn) {
  About("latency_gil_held_builtin",
        "A matches a pattern for long in one operation of Python's, while B is asked");
  PairedHost paired(pairing());
  const Waits waits = AskBWhileA(paired, Timed("import re; re.match(r'(a+)+$', 'a' * 24 + 'b')"));
  Conclude(waits.verdict(), waits.detail());
}
INSTANTIATE_TEST_SUITE_P(Isolation, HeldInC, testing::ValuesIn(kHeldInC), NameOfExpected);

constexpr Expected kLetGoInC[] = {{"embedded_two_subs", kTurn, ""}, {"daemon_two_subs", kTurn, ""}};
class LetGoInC : public Discovery {};

TEST_P(LetGoInC, ByAFunctionThatSleeps) {
  About("latency_gil_held_ccall",
        "A sleeps in C for half a second and has let the GIL go, while B is asked");
  PairedHost paired(pairing());
  const Waits waits = AskBWhileA(
      paired, Timed("import ctypes; ctypes.CDLL(HERE + '/modules/lab_library.so').lab_sleep(500)"));
  Conclude(waits.verdict(), waits.detail());
}
INSTANTIATE_TEST_SUITE_P(Isolation, LetGoInC, testing::ValuesIn(kLetGoInC), NameOfExpected);

// ---- one thread a process ----

constexpr Expected kOneThread[] = {
    {"embedded_main", kWaits, ""},
    {"embedded_one_sub", kWaits, ""},
    {"embedded_two_subs", kWaits, ""},
    {"embedded_main_and_sub", kWaits, ""},
    {"embedded_sub_and_main", kWaits, ""},
    {"daemon_main", kWaits, ""},
    {"daemon_two_subs", kWaits, ""},
    {"daemon_two_groups", kTurn, ""},
    {"daemon_two_users", kTurn, ""},
    {"daemon_two_processes", kTurn, ""},
};
class OneThread : public Discovery {};

TEST_P(OneThread, IsHadByOneRequest) {
  About("latency_sleep_1thread",
        "A waits, with the GIL let go, in a process with one thread, while B is asked");
  PairedHost paired(Staged{.pairing = pairing(), .threads = 1});
  RequestInFlight of_a(paired.stage(), paired.host().port(), "/a");
  ASSERT_TRUE(of_a.HasBegun());
  client::HttpClient impatient(paired.host().port(), std::chrono::milliseconds(400));
  const auto asked = Clock::now();
  const auto of_b = Where(impatient, "/b");
  const double waited_s = SecondsSince(asked);
  EXPECT_TRUE(of_a.LetGo());
  auto client = paired.host().NewClient();
  EXPECT_TRUE(Where(client, "/b")) << "B does not answer though A has";
  Conclude(of_b ? kTurn : kWaits,
           fmt::format("B {} after {:.3f} s, A still inside",
                       of_b ? "was answered" : "had no answer",
                       waited_s));
}
INSTANTIATE_TEST_SUITE_P(Isolation, OneThread, testing::ValuesIn(kOneThread), NameOfExpected);

}  // namespace suites::isolation
