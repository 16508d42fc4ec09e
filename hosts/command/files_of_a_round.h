#pragma once
// FilesOfARound: the machine as routing asks about it, where a file is looked at once for all requests
// of one round of the loop.
//
// They had all come before anybody looked, so each of them is answered by the file as it was after the
// client had asked. A look is a system call, a tenth of the time that a small answer takes.
//
// Threads: the leader's (serving/loop.h).

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "hosts/directives/machine.h"
#include "hosts/serving/loop.h"

namespace hosts::command {

class FilesOfARound final : public directives::Machine {
 public:
  // Both outlive it.
  FilesOfARound(const deployment::Deployment& deployment, const serving::Loop& loop)
      : Machine(deployment), loop_(loop) {}

  [[nodiscard]] deployment::FileKind KindOf(const std::string& path) override {
    return LookOnce(path).kind;
  }
  // In nanoseconds since the epoch; 0: it is not there. After KindOf it costs no look of its own.
  [[nodiscard]] std::int64_t ChangedAtNs(const std::string& path) {
    return LookOnce(path).changed_at_ns;
  }
  [[nodiscard]] std::optional<deployment::FileOwner> OwnerOf(const std::string& path) override {
    return LookOnce(path).owner;
  }

 private:
  static constexpr std::size_t kMostSeen = 16;

  Look LookOnce(const std::string& path) {
    if (loop_.round() != round_) {
      round_ = loop_.round();
      seen_.clear();
    }
    for (const auto& [other, look] : seen_) {
      if (other == path) return look;
    }
    if (seen_.size() == kMostSeen) seen_.pop_back();
    return seen_.emplace_back(path, LookAt(path)).second;
  }

  const serving::Loop& loop_;
  std::uint64_t round_ = 0;
  std::vector<std::pair<std::string, Look>> seen_;
};

}  // namespace hosts::command
