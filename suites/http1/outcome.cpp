#include "suites/http1/outcome.h"

#include <algorithm>

namespace suites::http1 {

namespace {

constexpr int kFirstFinal = 200;
constexpr int kFirstError = 400;

bool FitsExactly(const std::vector<int>& statuses,
                 const std::vector<std::string>& seen,
                 const Outcome& outcome) {
  return seen == outcome.seen &&
         std::ranges::equal(
             statuses, outcome.answers, [](int is, int must) { return Fits(is, must); });
}

// As if the connection had been closed before the last request.
void DropLastRequest(Outcome& outcome) {
  const int status = outcome.answers.back();
  const bool is_seen = status != kRefused && status < kFirstError;
  outcome.answers.pop_back();
  while (!outcome.answers.empty() && !IsFinal(outcome.answers.back()))
    outcome.answers.pop_back();
  if (is_seen && !outcome.seen.empty()) outcome.seen.pop_back();
}

}  // namespace

bool IsFinal(int status) {
  return status == kRefused || status >= kFirstFinal;
}

bool Fits(int status, int expected) {
  return expected == kRefused ? status >= kFirstError : status == expected;
}

bool IsAllowed(const std::vector<int>& statuses,
               const std::vector<std::string>& seen,
               Outcome outcome) {
  if (FitsExactly(statuses, seen, outcome)) return true;
  while (!outcome.seen.empty() && outcome.answers.size() > 1) {
    DropLastRequest(outcome);
    if (!outcome.answers.empty() && FitsExactly(statuses, seen, outcome)) return true;
  }
  return false;
}

}  // namespace suites::http1
