#include "harness/experiment/delay.h"

#include <fmt/format.h>

namespace harness::experiment {

std::string WithDelay(std::string script, std::chrono::nanoseconds delay) {
  if (delay.count() <= 0) return script;
  script += fmt::format(R"(

def _delayed(real):
    """The same, later by a known time: whoever compares must find it."""

    def application(environ, start_response):
        until = time.perf_counter_ns() + {}
        while time.perf_counter_ns() < until:
            pass
        return real(environ, start_response)

    return application


application = _delayed(application)
)",
                        delay.count());
  return script;
}

}  // namespace harness::experiment
