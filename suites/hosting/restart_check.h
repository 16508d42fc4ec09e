#pragma once
// RestartCheck: a host whose configuration is changed and read again while it serves.
//
// The application says who answers, and under which configuration: "NAME PID"; its /wait is held
// (held_requests.h).
//
// Threads: a check's own; what Begin() asks runs on one of its own until the future is taken.

#include <sys/types.h>

#include <future>
#include <set>
#include <string>
#include <string_view>

#include "suites/hosts_under_test/check.h"

namespace suites::hosting {

struct WhoAnswered {
  int status = 0;
  std::string name;  // of the configuration
  pid_t pid = 0;
  std::string connection;  // the header
};
[[nodiscard]] WhoAnswered ParseWho(const client::Answer& answer);

class RestartCheck : public hosts_under_test::Check {
 protected:
  RestartCheck() : Check("hosting", "the log of generations") {}

  // /subject, where `placed` says, under a configuration of this name.
  [[nodiscard]] static std::string Named(std::string_view name, std::string_view placed);
  // `more`: Python text at the script's end.
  void ServeNamed(std::string_view name, std::string_view placed, std::string_view more = {});

  void Reconfigure(std::string configuration, int signal) const;
  // So many generations have replaced another one, sooner or later.
  [[nodiscard]] bool HaveServed(int replacements) const { return IsLogged("H0116", replacements); }
  [[nodiscard]] bool HaveEnded(int generations) const { return IsLogged("H0117", generations); }
  [[nodiscard]] bool WereRefused(int restarts) const { return IsLogged("H0115", restarts); }

  [[nodiscard]] WhoAnswered Ask(const std::string& path = "/subject") const;
  // Who comes is answered under this configuration, sooner or later: for a moment the old one accepts, too.
  [[nodiscard]] bool IsAnsweredBy(std::string_view name) const;
  [[nodiscard]] std::future<WhoAnswered> Begin(const std::string& path) const;
  [[nodiscard]] std::set<pid_t> ChildrenNow() const;
  [[nodiscard]] int Logged(std::string_view code) const;

 private:
  [[nodiscard]] bool IsLogged(std::string_view code, int times) const;
};

}  // namespace suites::hosting
