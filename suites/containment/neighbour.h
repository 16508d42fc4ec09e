#pragma once
// Neighbour: one application beside the faulty one, asked at a constant rate by a client of its own.
//
// The requests are due at fixed instants, whatever the answers before them took, so that one that is late delays
// none in the count; a client that is behind asks at once, on the one connection that it keeps. Every answer must be
// the first one's, letter by letter: the same process, in the same state.
//
// Owns:    its thread and connection; the thread ends with it.
// Threads: made and asked by one.
// Fails:   a request that is not answered is counted; the first one is told in words.

#include <atomic>
#include <string>

#include "hosts/base/deadline.h"
#include "hosts/base/result.h"
#include "suites/client/http_client.h"
#include "suites/hosts_under_test/repeatedly.h"

namespace suites::containment {

class Neighbour {
 public:
  Neighbour(int port, std::string path);

  [[nodiscard]] int asked() const { return asked_; }
  // After this nothing changes any more.
  void Stop() { asking_.Stop(); }

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] int lost() const { return lost_; }
  [[nodiscard]] int changed() const { return changed_; }
  [[nodiscard]] const std::string& first_failure() const { return failure_; }
  [[nodiscard]] double longest_s() const { return longest_s_; }

 private:
  void Ask();
  void Judge(const hosts::base::Result<client::Answer>& answer);

  client::HttpClient client_;
  const std::string path_;
  hosts::base::Clock::time_point due_ = hosts::base::Clock::now();
  std::atomic<int> asked_{0};
  int lost_ = 0;
  int changed_ = 0;
  std::string first_answer_;
  std::string failure_;
  double longest_s_ = 0;
  hosts_under_test::Repeatedly asking_;
};

}  // namespace suites::containment
