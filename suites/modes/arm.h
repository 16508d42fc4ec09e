#pragma once
// HostPlan: a host of the engine with the applications of applications.py, in one of its modes.
// Arm:      such a host that runs, and what can be asked of it.
//
// Owns:    an Arm its stage and its processes.
// Threads: one at a time.
// Fails:   when the host cannot be started or reached, or answers wrongly.

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "harness/load/driver.h"
#include "hosts/base/result.h"
#include "suites/hosts_under_test/host_under_test.h"
#include "suites/hosts_under_test/stage.h"

namespace suites::modes {

struct HostPlan {
  std::string_view name;
  int threads = 1;
  std::string_view group = "%{GLOBAL}";        // "%{GLOBAL}" is embedded
  std::string_view interpreter = "%{GLOBAL}";  // "%{GLOBAL}" is the main one
  bool has_own_gils = false;                   // each sub-interpreter
  std::string_view free_threading = "";        // "On", "Off"; "": nothing is said of it
  bool has_two_groups = false;                 // of daemon processes, for the two that compute
  int more = 0;                                // interpreters that are made by their first request
};

// A request for one of the applications that say hello, and what must come.
[[nodiscard]] harness::load::LoadRequest Hello(std::string_view name = "hello");

// A host with all applications, on a stage of its own.
class Arm {
 public:
  static hosts::base::Result<Arm> Start(const HostPlan& plan);

  // By asking once, with the patience of a client: loading is no part of what is measured.
  hosts::base::Result<void> LoadWhatAnswers(const std::string& path);

  hosts::base::Result<harness::load::LoadResult> Load(const harness::load::LoadRequest& request,
                                                      const harness::load::LoadProfile& profile);

  hosts::base::Result<double> Rate(const harness::load::LoadRequest& request,
                                   int connections,
                                   std::chrono::nanoseconds duration);

  // Of both together. Two connections each, so that one of a pair is always at work.
  hosts::base::Result<double> RateOfBoth(std::chrono::nanoseconds duration);

  hosts::base::Result<double> CallsInALoop();

  // Of the process that answers, in MiB: what no other process has.
  hosts::base::Result<double> PrivateMemory();

  // In ms.
  hosts::base::Result<double> TimeOfHello(const std::string& path);

 private:
  Arm(hosts_under_test::Stage stage, hosts_under_test::HostUnderTest host)
      : stage_(std::move(stage)), host_(std::move(host)) {}

  hosts::base::Result<double> NumberFrom(const std::string& path);

  hosts_under_test::Stage stage_;
  hosts_under_test::HostUnderTest host_;
};

}  // namespace suites::modes
