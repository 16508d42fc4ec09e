#include "suites/interpreters/measured_python.h"

#include <fmt/format.h>

#include "suites/hosts_under_test/check.h"
#include "suites/hosts_under_test/chosen_host.h"

namespace suites::interpreters {

void EndUnlessMeasured() {
  const std::string& python = hosts_under_test::PythonOfHost();
  if (python.starts_with("3.14.") && !hosts_under_test::IsHostFreeThreaded()) return;
  hosts_under_test::NotApplicable(
      fmt::format("it was measured with Python 3.14 and a GIL, not with {}{}",
                  python,
                  hosts_under_test::IsHostFreeThreaded() ? ", built to do without one" : ""));
}

}  // namespace suites::interpreters
