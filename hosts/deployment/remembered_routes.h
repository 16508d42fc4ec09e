#pragma once
// RememberedRoutes: FindRoute for a server: what was found for a URL is found again at once, as long
// as the files that were looked at are what they were.
//
// Remembered is what followed from nothing but the address, the name and the path that were asked
// (RoutingResult::is_for_everybody) and from what KindOf said. KindOf is asked anew each time: a
// script that is deleted, or a directory that appears, is seen by the next request.
//
// Owns:    the results, at most kSlots; whoever holds one keeps it beyond its slot.
// Threads: one at a time; what was returned may be read, and let go, by any thread.

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hosts/deployment/routing.h"

namespace hosts::deployment {

class RememberedRoutes {
 public:
  static constexpr std::size_t kSlots = 256;       // a power of two
  static constexpr std::size_t kLongestKey = 512;  // bytes; what is longer is not remembered

  // The deployment outlives it.
  explicit RememberedRoutes(const Deployment& deployment) : deployment_(deployment) {}

  // As FindRoute says.
  [[nodiscard]] std::shared_ptr<const RoutingResult> Find(const RequestAddress& address,
                                                          Surroundings& surroundings);

 private:
  struct Remembered {
    std::string local_address;
    int local_port = 0;
    std::string host;
    std::string path;
    std::vector<std::pair<std::string, FileKind>> looked_at;
    std::shared_ptr<const RoutingResult> result;  // null: the slot is free

    [[nodiscard]] bool IsFor(const RequestAddress& address) const;
    [[nodiscard]] bool StillHolds(Surroundings& surroundings) const;
  };

  const Deployment& deployment_;
  std::array<Remembered, kSlots> slots_;
};

}  // namespace hosts::deployment
