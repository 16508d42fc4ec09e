#pragma once
// VictimsHost: the host that chaos is made in, as it should be at any moment: its configuration, which changes,
// and what follows from it.
//
//   /victim    a group that everything is done to
//   /calm      a group beside it, and
//   /embedded  an application in the server's processes: nobody may notice what is done to the victim
//
// Threads: one.

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "hosts/base/result.h"
#include "suites/hosts_under_test/host_under_test.h"
#include "suites/hosts_under_test/stage.h"

namespace suites::chaos {

// Numbers that a restart changes.
struct Numbers {
  int servers = 2;
  int victims = 2;
  int calm = 2;
  int threads = 3;

  [[nodiscard]] std::size_t processes() const {
    return static_cast<std::size_t>(servers + victims + calm);
  }
  [[nodiscard]] std::size_t sockets() const { return static_cast<std::size_t>(victims + calm); }
};
[[nodiscard]] Numbers NumbersFrom(std::uint32_t which);

class VictimsHost {
 public:
  // `calm`: the source of that application; empty: what the victim is, too.
  [[nodiscard]] static hosts::base::Result<VictimsHost> Start(const std::string& calm = "");

  [[nodiscard]] hosts_under_test::HostUnderTest& host() { return host_; }
  [[nodiscard]] const hosts_under_test::Stage& stage() const { return stage_; }
  [[nodiscard]] const Numbers& numbers() const { return numbers_; }

  // A process of a group ("victim", "calm") or of the server (""), as they are now; 0: there is none.
  [[nodiscard]] pid_t One(const std::string& group, std::uint32_t which) const;
  [[nodiscard]] std::size_t SocketFiles() const;

  // By a signal to the supervisor; the numbers are these from now on, if the configuration is good.
  [[nodiscard]] hosts::base::Result<void> Restart(const Numbers& numbers, int signal);
  [[nodiscard]] hosts::base::Result<void> RestartBadly(std::uint32_t which);

  [[nodiscard]] hosts::base::Result<void> BreakVictim();
  // A new version of a script, which is as good as the one before: "victim", "calm", "embedded".
  [[nodiscard]] hosts::base::Result<void> Rewrite(const std::string& application);

 private:
  VictimsHost(hosts_under_test::Stage stage, hosts_under_test::HostUnderTest host, std::string calm)
      : stage_(std::move(stage)), host_(std::move(host)), calm_(std::move(calm)) {}

  hosts_under_test::Stage stage_;
  hosts_under_test::HostUnderTest host_;
  std::string calm_;
  Numbers numbers_;
  int version_ = 0;
};

// Paths below /victim at which the application does what it should not.
[[nodiscard]] const std::vector<std::string>& Faults();

}  // namespace suites::chaos
