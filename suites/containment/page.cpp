#include "suites/containment/page.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "suites/containment/faults.h"

namespace suites::containment {

namespace {

constexpr std::string_view kIntroduction = R"(# What a fault does, and to whom

Each row is played by a check (`checks.Suite/Containment.*`), on one host: the faulty group with one process of three
threads and the options that are named, two other groups, and an embedded application. The other three are asked every 20 ms
by a client each, before, during and after. *Beside it* is a request that is inside the same process when the fault comes.

This page is made from the table in [faults.cpp](faults.cpp) (`WSGILAB_ACCEPT_GOLDEN=1` writes it anew). The checks hold the
engine to it, and further, for every row:

- *Other groups and embedded applications*: no request is lost, each is answered by the same process as before, and its
  directory, umask, signals, environment, limits, priority and locale are what they were.
- *The server*: the supervisor and its process serve on. When all is over the host has as many processes and
  descriptors as before, and it stops in order, with nothing left behind.

Apache with mod_wsgi is held to the same, with its own status of a request whose process died, and its own words in the log.
What it is known to fail is in [expected_failures.json](../expected_failures.json).

How long it took to recover is in the record of a run (`wsgilab-checks --records`): it is measured and, but for patience,
not judged.

| fault: the application ... | rules | options of its group | its request | beside it | its process | its group | other groups | embedded | the server | log |
|---|---|---|---|---|---|---|---|---|---|---|
)";

std::string_view OfItsProcess(const Fault& fault) {
  if (fault.fate == Fate::IsReplaced) return "ends, another is started";
  return fault.trace == Trace::None ? "lives on" : "lives on, changed";
}

std::string OfItsGroup(const Fault& fault) {
  const int lost = (fault.status == 200 ? 0 : 1) + (fault.beside == 200 ? 0 : 1);
  const std::string served = fault.remark.empty() ? "" : fmt::format("; {}", fault.remark);
  return fmt::format("{} of 2 lost, then serves{}", lost, served);
}

std::string Row(const Fault& fault) {
  return fmt::format("| {} | {} | {} | {} | {} | {} | {} | nothing | nothing | nothing | {} |\n",
                     fault.what,
                     fault.rules,
                     fault.remedy.empty() ? "" : fmt::format("`{}`", fault.remedy),
                     fault.status,
                     fault.beside,
                     OfItsProcess(fault),
                     OfItsGroup(fault),
                     fmt::join(fault.logged, "; "));
}

}  // namespace

std::string Page() {
  std::string text(kIntroduction);
  for (const Fault& fault : FaultTable())
    text += Row(fault);
  return text;
}

}  // namespace suites::containment
