#include "suites/isolation/observation.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <vector>

namespace suites::isolation {

using hosts::base::ErrorKind;
using hosts::base::Result;
using hosts_under_test::EndCheck;
using hosts_under_test::ProbeAnswer;

namespace {

int ThreadsOf(const StateProbe& probe) {
  switch (probe.threads) {
    case Threads::One:
      return 1;
    case Threads::Pool:
      return 5;
    case Threads::Few:
      break;
  }
  return 3;
}

std::string NewToken() {
  static std::atomic<int> count{0};
  return fmt::format("token{}x{}", ::getpid(), ++count);
}

// What one application answered to `read`: whether A's change shows, and the words for it.
struct Sight {
  std::string observed;  // "shared", "isolated", "error"
  std::string value;     // as JSON, or what was raised
  long thread = 0;       // 0: there was no answer
};

Sight SightOf(const Result<ProbeAnswer>& answer) {
  if (!answer) {
    const bool has_ended = answer.error().kind == ErrorKind::Closed;
    return {has_ended ? "crash" : "error", answer.error().Text()};
  }
  if (answer->error) return {"error", *answer->error, answer->thread};
  if (answer->result.empty()) return {"error", "no result", answer->thread};
  // The result is [value, whether it is A's].
  const bool is_shared = answer->result.ends_with(",true]");
  const size_t comma = answer->result.rfind(',');
  return {is_shared ? "shared" : "isolated", answer->result.substr(1, comma - 1), answer->thread};
}

// No judgement on the host: the check has come to none.
[[noreturn]] void ProvesNothing(const std::string& why) {
  EndCheck({ErrorKind::System, why});
}

// One probe while it is made.
class Attempt {
 public:
  Attempt(const StateProbe& probe, const Pairing& pairing, Who loaded_first)
      : probe_(probe), host_({pairing, loaded_first, ThreadsOf(probe)}) {}

  Observation Make();

 private:
  Observation OfChange();
  Observation OfDeed();
  Observation OfValues();
  [[nodiscard]] std::string Python(std::string_view text, const std::string& from_a) const;
  [[nodiscard]] Sight Read(Who who, const std::string& from_a) {
    return Read(who, from_a, probe_.read);
  }
  [[nodiscard]] Sight Read(Who who, const std::string& from_a, std::string_view how);
  [[nodiscard]] Result<ProbeAnswer> Set() {
    return host_.Ask(Who::A, Python(probe_.set, "null"), token_);
  }
  [[nodiscard]] Observation AmongThreads(const ProbeAnswer& set);

  const StateProbe& probe_;
  PairedHost host_;
  const std::string token_ = NewToken();
};

Observation Attempt::Make() {
  Observation seen = probe_.about == About::Change ? OfChange()
                     : probe_.about == About::Deed ? OfDeed()
                                                   : OfValues();
  seen.misplaced = host_.TakeMisplacement();
  return seen;
}

std::string Attempt::Python(std::string_view text, const std::string& from_a) const {
  const auto path = [this](const char* name) { return host_.stage().path(name).string(); };
  return fmt::format(
      "import json\n"
      "LIBRARY, FILE, LOCK, PRIVATE = '{}', '{}', '{}', '{}'\n"
      "FROM_A = json.loads({})\n{}\n",
      path("modules/lab_library.so"),
      path("a.wsgi"),
      path("lock"),
      path("private"),
      nlohmann::json(from_a).dump(),  // a string of JSON is one of Python
      text);
}

Sight Attempt::Read(Who who, const std::string& from_a, std::string_view how) {
  const std::string read = fmt::format("{}\nresult = [result, bool({})]", how, probe_.shared_if);
  return SightOf(host_.Ask(who, Python(read, from_a), token_));
}

Observation Attempt::OfChange() {
  if (Read(Who::B, "null").observed == "shared") {
    ProvesNothing("B saw a change that A had not made yet");
  }
  if (probe_.is_of_threads_seen && !host_.pairing().is_one_application()) {
    (void)host_.AskOnEveryThread(Who::A, "", "");
  }
  const auto set = Set();
  if (!set) ProvesNothing("A: " + set.error().Text());
  if (set->error) return {"error", fmt::format("A: {}", *set->error), {}, {}};
  if (probe_.threads == Threads::Pool) return AmongThreads(*set);
  const Sight own = Read(Who::A, set->result, probe_.own.empty() ? probe_.read : probe_.own);
  if (own.observed == "error" && own.thread == 0) return {"error", "A: " + own.value, {}, {}};
  if (own.observed != "shared") ProvesNothing("A does not see its own change but " + own.value);
  const Sight seen = Read(Who::B, set->result);
  Observation observation{
      seen.observed, fmt::format("A has {}, B reads {}", own.value, seen.value), {}, {}};
  const bool is_for_c = probe_.threads == Threads::Few && !probe_.is_used_up;
  if (is_for_c && !host_.pairing().is_one_application()) {
    const Sight cold = Read(Who::C, set->result);
    observation.cold = cold.observed;
    observation.cold_detail = cold.value;
  }
  return observation;
}

// B is asked as often at once as there are threads, and each request waits for the others: so all of the threads serve
// it, also the one that A had used. Does B see the change there, and nowhere else?
Observation Attempt::AmongThreads(const ProbeAnswer& set) {
  if (!host_.pairing().is_one_process()) {
    const Sight sight = Read(Who::B, set.result);
    return {sight.observed, "another process has none of its threads: " + sight.value, {}, {}};
  }
  const std::string read =
      fmt::format("{}\nresult = [result, bool({})]", probe_.read, probe_.shared_if);
  int on_it = 0;
  int seen_on_it = 0;
  int elsewhere = 0;
  int seen_elsewhere = 0;
  for (const auto& answer : host_.AskOnEveryThread(Who::B, Python(read, set.result), token_)) {
    const Sight sight = SightOf(answer);
    if (sight.observed == "error") return {"error", sight.value, {}, {}};
    const bool is_on_it = sight.thread == set.thread;
    ++(is_on_it ? on_it : elsewhere);
    if (sight.observed == "shared") ++(is_on_it ? seen_on_it : seen_elsewhere);
  }
  const std::string detail = fmt::format(
      "on the thread that A had used B saw it in {} of {} requests, on others in {} of {}",
      seen_on_it,
      on_it,
      seen_elsewhere,
      elsewhere);
  if (on_it == 0) ProvesNothing(detail);
  if (seen_elsewhere > 0) return {"shared", detail, {}, {}};
  return {seen_on_it > 0 ? "thread" : "isolated", detail, {}, {}};
}

Observation Attempt::OfDeed() {
  const auto set = host_.Run(Who::A, Python(probe_.set, "null"), token_);
  if (set.error) ProvesNothing("A could not prepare: " + *set.error);
  const auto deed = host_.Ask(Who::B, Python(probe_.read, set.result), token_);
  const std::string of_b = !deed ? deed.error().Text() : deed->error.value_or(deed->result);
  if (!deed || (deed->error && !probe_.may_be_refused)) return {"error", "B: " + of_b, {}, {}};
  const auto felt = host_.Run(Who::A, Python(probe_.after, set.result), token_);
  if (felt.error) ProvesNothing("A could not tell: " + *felt.error);
  return {felt.result == "true" ? "shared" : "isolated",
          fmt::format("B: {}; A felt it: {}", of_b, felt.result),
          {},
          {}};
}

Observation Attempt::OfValues() {
  std::vector<std::string> values;
  for (const Who who : {Who::A, Who::B, Who::C}) {
    if (who == Who::C && host_.pairing().is_one_application()) continue;
    const auto answer = host_.Ask(who, Python(probe_.read, "null"), token_);
    std::string value = !answer ? answer.error().Text() : answer->error.value_or(answer->result);
    std::erase(value, '"');
    values.push_back(std::move(value));
  }
  return {fmt::format("{}", fmt::join(values, " ")),
          "what A, B and C, which was loaded afterwards, found",
          {},
          {}};
}

}  // namespace

Observation Observe(const StateProbe& probe, const Pairing& pairing, Who loaded_first) {
  return Attempt(probe, pairing, loaded_first).Make();
}

}  // namespace suites::isolation
