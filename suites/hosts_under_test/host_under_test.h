#pragma once
// HostUnderTest: one host, started for a check, asked over HTTP, stopped and looked after.
//
// Two ways to say what it serves: a ServedDeployment, which every kind of host understands, or the
// text of a configuration, for checks of single directives. Which kind of host it is, the program has been told
// (chosen_host.h); WSGILAB_HOST may name another engine that takes the same arguments.
//
// Owns:    the host's processes.
// Threads: one; clients may be used in others.
// Fails:   as harness::launch::HostProcess.

#include <string>
#include <string_view>
#include <vector>

#include "harness/adapters/host_adapter.h"
#include "harness/launch/host_process.h"
#include "hosts/base/result.h"
#include "suites/client/http_client.h"
#include "suites/client/raw_connection.h"
#include "suites/hosts_under_test/chosen_host.h"
#include "suites/hosts_under_test/stage.h"

namespace suites::hosts_under_test {

class HostUnderTest {
 public:
  [[nodiscard]] static hosts::base::Result<HostUnderTest> Start(const Stage& stage,
                                                                std::string configuration);
  [[nodiscard]] static hosts::base::Result<HostUnderTest> Start(
      const Stage& stage, const harness::adapters::ServedDeployment& deployment);

  [[nodiscard]] int port() const { return process_.ready().port(); }
  [[nodiscard]] pid_t supervisor() const { return process_.ready().supervisor; }
  [[nodiscard]] const harness::launch::Ready& ready() const { return process_.ready(); }
  [[nodiscard]] client::HttpClient NewClient() const { return client::HttpClient(port()); }
  [[nodiscard]] std::string Log() const;

  // Processes whose parent is the supervisor, as they are now.
  [[nodiscard]] std::vector<pid_t> Children() const;

  // Its configuration is this text from now on, at once and whole; the host is not told.
  [[nodiscard]] static hosts::base::Result<void> Rewrite(const Stage& stage,
                                                         std::string configuration);

  // While it runs; after Stop() the report says it.
  [[nodiscard]] bool is_running() { return !process_.Poll(); }

  harness::launch::StopReport Stop() { return process_.Stop(); }
  void Kill() { process_.Kill(); }

 private:
  explicit HostUnderTest(harness::launch::HostProcess process) : process_(std::move(process)) {}
  harness::launch::HostProcess process_;
};

// When a process was started, in seconds since the epoch, to a clock tick; 0 if it is gone.
[[nodiscard]] double StartOf(pid_t pid);
// Now, on the same clock (and on that of Python's time.time()).
[[nodiscard]] double Now();

// Lines of a log in which a sanitizer complains; none is as it should be.
[[nodiscard]] std::vector<std::string> SanitizerReports(std::string_view log);

}  // namespace suites::hosts_under_test
