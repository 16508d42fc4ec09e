#include "suites/endurance/sizes.h"

#include <cstdlib>
#include <string_view>

#include "hosts/base/check.h"

namespace suites::endurance {

namespace {

Sizes Asked() {
  const char* const word = std::getenv("WSGILAB_ENDURANCE");
  if (word == nullptr || *word == '\0') return {};
  CHECK(std::string_view(word) == "full", "WSGILAB_ENDURANCE is 'full' or not set");
  return {.is_full = true,
          .idle_connections = 10'000,
          .body_mib = 1024,
          .latency_rounds = 7,
          .requests_a_round = 4'000,
          .patience = std::chrono::minutes(5)};
}

}  // namespace

const Sizes& TheSizes() {
  static const Sizes sizes = Asked();
  return sizes;
}

}  // namespace suites::endurance
