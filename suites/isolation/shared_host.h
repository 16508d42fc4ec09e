#pragma once
// SharedHost: a host with the probe script as the applications A, B and C, hosted as a pairing says.
//
// A and B are loaded when the host starts; C is loaded by its first request. The probes of one pairing
// may share a host as long as none has failed: they change different things.
//
// Owns:    the stage and the host; stopped, and looked after, on destruction.
// Fails:   a host that cannot be started, or puts A or B elsewhere, ends the check with the reason.

#include <string>

#include "suites/hosts_under_test/check.h"
#include "suites/isolation/pairing.h"

namespace suites::isolation {

class SharedHost {
 public:
  explicit SharedHost(Pairing pairing);
  SharedHost(const SharedHost&) = delete;
  SharedHost& operator=(const SharedHost&) = delete;
  ~SharedHost();

  [[nodiscard]] const Pairing& pairing() const { return pairing_; }
  [[nodiscard]] const hosts_under_test::Stage& stage() const { return stage_; }
  [[nodiscard]] const hosts_under_test::HostUnderTest& host() const { return host_; }
  [[nodiscard]] const hosts_under_test::ProbeAnswer& a() const { return a_; }
  [[nodiscard]] const hosts_under_test::ProbeAnswer& b() const { return b_; }
  void WillCrash() { crashes_ = hosts_under_test::Crashes::OnPurpose; }

  // Executes Python text in an application ("/a"). Ends the check if the answer came from another
  // process or interpreter than the application was found in before.
  [[nodiscard]] hosts_under_test::ProbeAnswer Run(const std::string& url,
                                                  const std::string& python,
                                                  const std::string& token);

 private:
  Pairing pairing_;
  hosts_under_test::Stage stage_;
  hosts_under_test::HostUnderTest host_;
  client::HttpClient client_;
  hosts_under_test::ProbeAnswer a_;
  hosts_under_test::ProbeAnswer b_;
  hosts_under_test::Crashes crashes_ = hosts_under_test::Crashes::Unexpected;
};

}  // namespace suites::isolation
