#pragma once
// StatusCheck: a host with a status page, and what the page says.
//
// Its application, /subject, answers at once; /subject/hold stays inside until LetGo(), and /subject/gil does
// so with the GIL, and says by a file `held` that it has it.
//
// Owns:    the host, which is stopped after the check.
// Threads: a check's own; what Begin() asks runs on one of its own until the future is taken.

#include <nlohmann/json.hpp>

#include <functional>
#include <future>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/launch/host_process.h"
#include "suites/hosts_under_test/check.h"

namespace suites::hosting {

// Long enough to be seen in a wait.
inline constexpr std::uint64_t kLongUs = 100'000;

class StatusCheck : public hosts_under_test::Check {
 protected:
  using Json = nlohmann::json;

  StatusCheck() : Check("hosting", "the status page") {}
  void TearDown() override;

  [[nodiscard]] harness::launch::LaunchPlan PlanOf(const std::string& configuration,
                                                   const std::vector<std::string>& arguments) const;
  // The application where `placed` says, and the page at a port of the system's choice.
  void ServeSubject(const std::string& placed);
  [[nodiscard]] harness::launch::HostProcess& served() { return *host_; }

  [[nodiscard]] client::Answer AskPage(const std::string& request,
                                       std::string_view name = "127.0.0.1") const;
  [[nodiscard]] Json Status() const;
  // Figures are there a moment after the answer that they count.
  [[nodiscard]] bool Comes(const std::function<bool(const Json& status)>& condition) const;
  // The first of this role in the newest generation; null: there is none.
  [[nodiscard]] static Json ProcessOf(const Json& status, std::string_view role);
  [[nodiscard]] static Json FiguresOf(const Json& status, std::string_view role);

  void Ask(int times, const std::string& path = "/subject") const;
  [[nodiscard]] std::future<void> Begin(const std::string& path) const;
  void LetGo() const;
  // Twice kLongUs, while the page answers.
  void WaitALongTime() const;

 private:
  [[nodiscard]] int PortInLog() const;
  void StopTheHost();

  std::optional<harness::launch::HostProcess> host_;
  int port_ = 0;
};

}  // namespace suites::hosting
