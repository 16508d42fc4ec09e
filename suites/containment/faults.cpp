#include "suites/containment/faults.h"

namespace suites::containment {

namespace {

const std::vector<Fault>& Table() {
  static const std::vector<Fault> table{
      {.name = "segfault",
       .what = "reads address 0",
       .rules = "ERR-24, ERR-41, DAEMON-4",
       .python = "import ctypes; ctypes.string_at(0)",
       .logged = {"H0104: signal 11"}},
      {.name = "sys_exit",
       .what = "calls sys.exit()",
       .rules = "ERR-8, ERR-41",
       .python = "import sys; sys.exit(3)",
       .status = 500,
       .beside = 200,
       .fate = Fate::LivesOn,
       .logged = {"H0302: SystemExit"}},
      {.name = "c_call_that_keeps_the_gil",
       .what = "calls C that does not return and keeps the GIL",
       .rules = "DAEMON-37, DAEMON-41, ERR-24",
       .python = "import ctypes; ctypes.PyDLL(None).sleep(60)",
       .remedy = "deadlock-timeout=1 shutdown-timeout=1",
       .logged = {"H0131: deadlock_timeout", "H0107", "H0104: exit code 255"}},
  };
  return table;
}

}  // namespace

std::span<const Fault> FaultTable() {
  return Table();
}

void PrintTo(const Fault& fault, std::ostream* out) {
  *out << fault.name;
}

}  // namespace suites::containment
