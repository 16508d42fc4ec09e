#pragma once
// LifetimeCheck:   a group with one application whose processes end, and clients that notice.
// LifetimeCheckIn: the same with the application in either interpreter of the process.
//
// Times are bounded from below, by the timer; from above only by patience: how late a loaded machine may be
// is no rule. What was measured is said in `observed`.
//
// Threads: a check's own; what Begin() asks runs on one of its own until the future is taken.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <string_view>

#include "suites/hosting/configured.h"
#include "suites/hosts_under_test/check.h"

namespace suites::hosting {

inline constexpr std::string_view kInMain = "application-group=%{GLOBAL}";

[[nodiscard]] double SecondsSince(hosts::base::Clock::time_point begin);

// What came of a request.
struct Outcome {
  hosts::base::Result<client::Answer> answer =
      hosts::base::Error{hosts::base::ErrorKind::Closed, "never asked"};
  double seconds = 0;

  [[nodiscard]] int status() const { return answer ? answer->status : 0; }
};

class LifetimeCheck : public hosts_under_test::Check {
 protected:
  LifetimeCheck() : Check("hosting") {}

  // The probe as /subject in the group `one`, which is declared with these options.
  void ServeSubject(std::string_view options, std::string_view further = "");
  [[nodiscard]] pid_t Pid() const;
  // Executes Python there. The client waits for its answer as long as others, or longer.
  [[nodiscard]] std::future<Outcome> Begin(std::string python,
                                           std::chrono::milliseconds patience = {}) const;
  // Python that says it is inside, and stays there until Release(name).
  [[nodiscard]] static std::string Held(std::string_view name);
  [[nodiscard]] bool IsInside(std::string_view name) const;
  void Release(std::string_view name) const;
  // Of the next process that answers in place of this one.
  [[nodiscard]] pid_t PidAfter(pid_t before) const;
  [[nodiscard]] bool HasEnded(pid_t pid) const;
  // A process that gets this signal with a request inside says that it waits, and why; it answers others, who
  // take as long as it is told, until that one is answered; then it is replaced.
  void ExpectToServeUntilAnswered(int signal,
                                  std::string_view reason,
                                  std::chrono::milliseconds meanwhile = {}) const;
  // Sooner or later.
  [[nodiscard]] bool IsLogged(std::string_view text) const;

  // Where the application runs.
  InterpreterKind interpreter_ = InterpreterKind::Main;
};

class LifetimeCheckIn : public LifetimeCheck, public testing::WithParamInterface<InterpreterKind> {
 protected:
  LifetimeCheckIn() { interpreter_ = GetParam(); }

  [[nodiscard]] static std::string ModeName(std::string_view loading = "") {
    return fmt::format("daemon/{}{}", Name(GetParam()), loading);
  }
  // The option of an alias, and the directive.
  [[nodiscard]] static std::string InInterpreter() {
    return fmt::format("application-group={}", ApplicationGroupOf(GetParam()));
  }
  [[nodiscard]] static std::string InterpreterDirective() {
    return fmt::format("WSGIApplicationGroup {}\n", ApplicationGroupOf(GetParam()));
  }
};

inline const auto kInterpreters = testing::Values(InterpreterKind::Main, InterpreterKind::Sub);
[[nodiscard]] inline std::string NameOfInterpreter(
    const testing::TestParamInfo<InterpreterKind>& parameter) {
  return std::string(Name(parameter.param));
}

}  // namespace suites::hosting
