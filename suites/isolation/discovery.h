#pragma once
// Discovery: a check of something that was found out about real mod_wsgi (discoveries.md): what it does, pairing
// by pairing, and what the engine does instead. On Apache the check shows the discovery, on the engine that it is
// absent; or present there, too, where it is Python's own.
// PlainHost: A and B (copies of the probe script) as a pairing says, on a host that is told more than PairedHost is. No
//            request has come to it yet. On the stage: modules/lab_library.so.
//
// What is said of mod_wsgi is of 4.9.4 with Python 3.11; with another Python the check on Apache is skipped.
//
// Fails: as PairedHost.

#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "suites/hosts_under_test/check.h"
#include "suites/isolation/paired_host.h"
#include "suites/isolation/pairing.h"

namespace suites::isolation {

// One row of the table beside a check.
struct Expected {
  std::string_view pairing;  // one of AllPairings(), or daemon_main_and_sub, daemon_sub_and_main
  std::string_view on_mod_wsgi;       // a verdict
  std::string_view on_engine;         // "": the same
  std::string_view on_newer = {};     // from Python 3.12 on, of both; "": the same
  std::string_view without_gil = {};  // of an engine that runs Python without one; "": the same
};

inline void PrintTo(const Expected& expected, std::ostream* out) {
  *out << expected.pairing;
}
[[nodiscard]] std::string NameOfExpected(const testing::TestParamInfo<Expected>& parameter);

class Discovery : public testing::TestWithParam<Expected> {
 protected:
  void SetUp() override;
  // `probe` as in played.toml; `because`: why the engine differs where it does.
  void About(std::string_view probe, std::string_view title, std::string_view because = "");
  [[nodiscard]] Pairing pairing() const;
  void Conclude(std::string_view observed, const std::string& detail) const;

 private:
  std::string_view expected_;
  std::string_view because_;
};

struct Choices {
  int threads = 3;
  bool are_preloaded = true;  // else the first request loads them, each in a directory of its own
  std::vector<std::string> directives = {};  // {stage}: the stage's directory
  std::string script_of_a = {};              // instead of the probe script
};

class PlainHost {
 public:
  explicit PlainHost(const Pairing& pairing, const Choices& choices = {});
  PlainHost(const PlainHost&) = delete;
  PlainHost& operator=(const PlainHost&) = delete;
  ~PlainHost();

  [[nodiscard]] const hosts_under_test::Stage& stage() const { return stage_; }
  [[nodiscard]] int port() const { return host_.port(); }
  [[nodiscard]] std::string Log() const { return host_.Log(); }
  void WillCrash() { crashes_ = hosts_under_test::Crashes::OnPurpose; }
  // By a signal, as an administrator does.
  harness::launch::StopReport Stop();

 private:
  hosts_under_test::Stage stage_;
  hosts_under_test::HostUnderTest host_;
  hosts_under_test::Crashes crashes_ = hosts_under_test::Crashes::Unexpected;
  bool is_stopped_ = false;
};

}  // namespace suites::isolation
