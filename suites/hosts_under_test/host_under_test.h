#pragma once
// HostUnderTest: one host, started for a check, asked over HTTP, stopped and looked after.
//
// Two ways to say what it serves: a ServedDeployment, which every kind of host understands, or the
// text of a configuration, for checks of single directives. The program is what FindEngine() finds;
// WSGILAB_HOST may name another one that takes the same arguments.
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
#include "suites/hosts_under_test/stage.h"

namespace suites::hosts_under_test {

// How to serve this text: after the lines that every configuration of a check begins with (an address
// of the system's choice, a name, access to the stage's directory). `{stage}` stands for its path.
[[nodiscard]] harness::launch::LaunchPlan PlanFor(const Stage& stage, std::string configuration);

class HostUnderTest {
 public:
  [[nodiscard]] static hosts::base::Result<HostUnderTest> Start(const Stage& stage,
                                                                std::string configuration);
  [[nodiscard]] static hosts::base::Result<HostUnderTest> Start(
      const Stage& stage, const harness::adapters::ServedDeployment& deployment);

  [[nodiscard]] int port() const { return process_.ready().port(); }
  [[nodiscard]] pid_t supervisor() const { return process_.pid(); }
  [[nodiscard]] const harness::launch::Ready& ready() const { return process_.ready(); }
  [[nodiscard]] client::HttpClient NewClient() const { return client::HttpClient(port()); }
  [[nodiscard]] std::string Log() const;

  // Processes whose parent is the supervisor, as they are now.
  [[nodiscard]] std::vector<pid_t> Children() const;

  harness::launch::StopReport Stop() { return process_.Stop(); }

 private:
  explicit HostUnderTest(harness::launch::HostProcess process) : process_(std::move(process)) {}
  harness::launch::HostProcess process_;
};

// Lines of a log in which a sanitizer complains; none is as it should be.
[[nodiscard]] std::vector<std::string> SanitizerReports(std::string_view log);

}  // namespace suites::hosts_under_test
