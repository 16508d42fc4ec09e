#pragma once
// Asker: a client that asks one application again and again, and judges what it gets.
//
// Owns:    its thread; destruction ends it.
// Threads: made and destroyed by one; the counts may be read by any.

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "hosts/base/deadline.h"
#include "hosts/base/result.h"
#include "suites/client/http_client.h"
#include "suites/hosts_under_test/repeatedly.h"

namespace suites::chaos {

// What an application's clients may see.
enum class Expects {
  Everything,  // 200 with the right answer, always
  Answers,     // a status that says what is wrong (500, 502, 503, 504), or a connection that is cut
};

class Asker {
 public:
  Asker(int port, std::string path, Expects expects, int number);

  void Stop() { asking_.Stop(); }
  [[nodiscard]] std::int64_t asked() const { return asked_; }
  // 200 with the right answer.
  [[nodiscard]] std::int64_t right() const { return right_; }
  // When connections were cut, where everything is expected: whoever kills a server process must allow them.
  [[nodiscard]] std::vector<hosts::base::Clock::time_point> cuts() const;
  // What must not be, with the moment; at most a few.
  [[nodiscard]] std::vector<std::string> faults() const;

 private:
  void Ask();
  void Judge(const hosts::base::Result<client::Answer>& answer, const std::string& expected);
  void Note(std::string fault);

  client::HttpClient client_;
  const std::string path_;
  const Expects expects_;
  const int number_;
  std::atomic<std::int64_t> asked_{0};
  std::atomic<std::int64_t> right_{0};
  mutable std::mutex mutex_;
  std::vector<std::string> faults_;
  std::vector<hosts::base::Clock::time_point> cuts_;
  hosts_under_test::Repeatedly asking_;
};

}  // namespace suites::chaos
