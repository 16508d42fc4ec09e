#include "hosts/deployment/http_limits.h"

#include <algorithm>

namespace hosts::deployment {

namespace {

template <typename T>
void Lay(const std::optional<T>& said, T& over) {
  if (said) over = *said;
}

}  // namespace

std::chrono::milliseconds ReadTimeout::For(std::uint64_t bytes) const {
  constexpr std::uint64_t kMostSeconds = 1'000'000'000;
  if (bytes_per_second == 0 || first.count() == 0) return first;
  const std::chrono::seconds earned(
      static_cast<std::int64_t>(std::min(bytes / bytes_per_second, kMostSeconds)));
  const std::chrono::milliseconds allowed = first + earned;
  return most.count() == 0 ? allowed : std::min(allowed, most);
}

void HttpChoices::LayOver(HttpLimits& limits) const {
  Lay(request_line, limits.request_line);
  Lay(field_size, limits.field_size);
  Lay(fields, limits.fields);
  Lay(keep_alive, limits.keep_alive);
  Lay(keep_alive_requests, limits.keep_alive_requests);
  Lay(keep_alive_timeout, limits.keep_alive_timeout);
  Lay(timeout, limits.timeout);
  Lay(head_timeout, limits.head_timeout);
  Lay(body_timeout, limits.body_timeout);
}

}  // namespace hosts::deployment
