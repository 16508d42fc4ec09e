#pragma once
// StatusRecord: tells the status page what the supervisor sees: which processes there are, and how the last
// ones have ended.
//
// Threads: the supervisor's only one.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "hosts/daemon/onlooker.h"
#include "hosts/status/boards.h"

namespace hosts::command {

// What a process is, beside what its daemon::Role says.
struct ShownRole {
  std::string role;        // "server", "daemon", "service" or "status"
  std::string group = {};  // of daemon and service processes
  int threads = 0;
};

class StatusRecord final : public daemon::Onlooker {
 public:
  explicit StatusRecord(status::Boards& boards);

  // The processes of a generation that comes, in the order of its roles.
  void Expect(std::uint32_t generation, std::vector<ShownRole> roles);

  void OnEnded(const daemon::Generation& generation, std::size_t index, int wait_status) override;
  void OnChange(const std::vector<const daemon::Generation*>& generations) override;

 private:
  struct Known {
    ShownRole shown;
    pid_t pid = -1;
    std::int64_t started_at_ms = 0;
  };

  [[nodiscard]] status::GenerationRow RowOf(const daemon::Generation& generation);
  void Forget(const std::vector<const daemon::Generation*>& but_these);

  status::Boards& boards_;
  status::Supervision said_;
  std::map<std::uint32_t, std::vector<Known>> known_;  // of the generations
  std::uint32_t newest_ = 0;                           // that was seen to run
};

}  // namespace hosts::command
