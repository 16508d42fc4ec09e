#pragma once
// ContainmentCheck: one host with the group in which things go wrong, /faulty, and three neighbours that must not
// notice: the groups /two and /three and an embedded application, /embedded. All serve resident.wsgi.
//
// Threads: a check's own; what Begin() asks runs on one of its own until the future is taken.

#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "suites/containment/faults.h"
#include "suites/containment/neighbour.h"
#include "suites/hosts_under_test/check.h"
#include "suites/hosts_under_test/family.h"

namespace suites::containment {

// Who answers a GET, and what its process is like.
struct Resident {
  pid_t pid = 0;
  std::string state;
};

// What is compared, before and after: of the supervisor and all that descend from it, whoever started it, ended or not.
struct Holding {
  std::size_t processes = 0;
  long descriptors = 0;
  bool operator==(const Holding&) const = default;
};

class ContainmentCheck : public hosts_under_test::Check, public testing::WithParamInterface<Fault> {
 protected:
  ContainmentCheck() : Check("containment") {}

  void SetUp() override;
  void ServeAll();
  // Replaces the first process of the faulty group. Apache starts the first ones before it has handlers of its own for signals,
  // which those that come later inherit: a successor is to be compared with another one.
  void BeginWithALaterProcess();

  // Every thread of the faulty group answers at once, so that all the links are there that will be wanted.
  void WarmUp() const;
  // When the last client has gone.
  [[nodiscard]] Holding Held() const;

  void LetNeighboursAsk();
  // Each of them has been answered so many times more, sooner or later.
  [[nodiscard]] bool NeighboursGoOn() const;
  // Fails the check for what they noticed; in words.
  [[nodiscard]] std::string JudgeNeighbours();

  // The status with which it was answered; 0: not at all.
  [[nodiscard]] std::future<int> Begin(std::string python) const;
  // Python that says it is inside, and stays there until Release(name).
  [[nodiscard]] static std::string Inside(std::string_view name);
  [[nodiscard]] bool IsInside(std::string_view name) const;
  void Release(std::string_view name) const;

  [[nodiscard]] Resident Faulty() const;
  // Of the faulty group, when it is another one than this.
  [[nodiscard]] Resident Successor(pid_t before) const;
  // A line with that code and these words, or what the chosen host says instead, sooner or later: "H0131: deadlock_timeout".
  // What was logged of the first process, where the check began with a later one, does not count.
  [[nodiscard]] bool IsLogged(std::string_view code_and_words) const;

 private:
  std::vector<std::unique_ptr<Neighbour>> neighbours_;
  std::size_t log_begin_ = 0;
};

}  // namespace suites::containment
