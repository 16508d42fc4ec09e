#include "suites/hosts_under_test/eventually.h"

#include <poll.h>

namespace suites::hosts_under_test {

bool Eventually(const std::function<bool()>& condition, hosts::base::Deadline deadline) {
  while (!condition()) {
    if (deadline.has_passed()) return condition();
    ::poll(nullptr, 0, 2);
  }
  return true;
}

}  // namespace suites::hosts_under_test
