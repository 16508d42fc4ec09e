#pragma once
// PairedHost: a host with the probe script as the applications A, B and C, hosted as a pairing says.
//
// A and B are loaded when the host starts, in the order that is asked for; C is loaded by its first request. On the
// stage there is modules/, on the path of every process: lab_shared.py and the extensions of apps/probe/extensions.
//
// Owns:    the stage and the host; stopped, and looked after, on destruction.
// Fails:   a host that cannot be started ends the check with the reason. One that puts an application elsewhere than the
//          pairing says is judged by what is seen there; a check that passes nevertheless has looked at another pairing,
//          and its set-up has failed (JudgeMisplacement).

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "suites/hosts_under_test/check.h"
#include "suites/isolation/pairing.h"

namespace suites::isolation {

enum class Who { A, B, C };
[[nodiscard]] std::string_view Name(Who who);

struct Staged {
  Pairing pairing;
  Who loaded_first = Who::A;                                          // or B
  int threads = 3;                                                    // of each process
  std::vector<std::pair<std::string, std::string>> environment = {};  // of the server
};

class PairedHost {
 public:
  explicit PairedHost(Staged staged);
  explicit PairedHost(const Pairing& pairing) : PairedHost(Staged{pairing}) {}
  PairedHost(const PairedHost&) = delete;
  PairedHost& operator=(const PairedHost&) = delete;
  ~PairedHost();

  [[nodiscard]] const Pairing& pairing() const { return staged_.pairing; }
  [[nodiscard]] const hosts_under_test::Stage& stage() const { return stage_; }
  [[nodiscard]] const hosts_under_test::HostUnderTest& host() const { return host_; }
  [[nodiscard]] const hosts_under_test::ProbeAnswer& a() const { return *a_; }
  [[nodiscard]] const hosts_under_test::ProbeAnswer& b() const { return *b_; }
  void WillCrash() { crashes_ = hosts_under_test::Crashes::OnPurpose; }

  // What was found elsewhere than the pairing says, and where; "" if nothing was. Whoever asks judges it: the destructor
  // does not.
  [[nodiscard]] std::string TakeMisplacement() { return std::exchange(misplaced_, {}); }

  // Where it is asked: "/a".
  [[nodiscard]] std::string UrlOf(Who who) const;

  // Executes Python text in an application. An answer from another process or interpreter than the application was found
  // in before is a misplacement.
  [[nodiscard]] hosts_under_test::ProbeAnswer Run(Who who,
                                                  const std::string& python,
                                                  const std::string& token);
  // The same; an answer that does not come is an error.
  [[nodiscard]] hosts::base::Result<hosts_under_test::ProbeAnswer> Ask(Who who,
                                                                       const std::string& python,
                                                                       const std::string& token);
  // As many requests at once as there are threads, of which each waits for the others: one on every thread.
  [[nodiscard]] std::vector<hosts::base::Result<hosts_under_test::ProbeAnswer>> AskOnEveryThread(
      Who who, const std::string& python, const std::string& token);

 private:
  void FindBoth();
  void FindTwoProcesses();
  [[nodiscard]] std::string WantOf(Who who) const;

  Staged staged_;
  hosts_under_test::Stage stage_;
  hosts_under_test::HostUnderTest host_;
  int rounds_ = 0;  // of requests on every thread
  std::optional<hosts_under_test::ProbeAnswer> a_;
  std::optional<hosts_under_test::ProbeAnswer> b_;
  std::string misplaced_;
  hosts_under_test::Crashes crashes_ = hosts_under_test::Crashes::Unexpected;
};

// Of a misplacement ("": none), when all else has been judged: a failure explains itself by it, and a check that has none
// fails, as one whose set-up has failed.
void JudgeMisplacement(const std::string& misplaced);

}  // namespace suites::isolation
