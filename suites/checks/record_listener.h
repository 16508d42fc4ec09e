#pragma once
// FailureListener: holds what fails against what is expected to.
// RecordListener: writes a `check` line for every test that ends, from the test's properties.
//
// Owns:    the record's file.
// Fails:   never; a line that cannot be written is said on standard error, and is_complete() is false.

#include <gtest/gtest.h>

#include <string>

#include "reports/record/writer.h"
#include "suites/checks/expected_failures.h"

namespace suites::checks {

class RecordListener : public testing::EmptyTestEventListener {
 public:
  // `program` is how a person calls it again: the command of `reproduce`.
  RecordListener(reports::record::RecordWriter writer,
                 std::string program,
                 const ExpectedFailures& expected)
      : writer_(std::move(writer)), program_(std::move(program)), expected_(expected) {}

  void OnTestEnd(const testing::TestInfo& test) override;

  [[nodiscard]] bool is_complete() const { return is_complete_; }

 private:
  reports::record::RecordWriter writer_;
  std::string program_;
  const ExpectedFailures& expected_;
  bool is_complete_ = true;
};

class FailureListener : public testing::EmptyTestEventListener {
 public:
  explicit FailureListener(const ExpectedFailures& expected) : expected_(expected) {}
  void OnTestEnd(const testing::TestInfo& test) override;
  [[nodiscard]] bool has_unexpected() const { return has_unexpected_; }

 private:
  const ExpectedFailures& expected_;
  bool has_unexpected_ = false;
};

// The line for a test that has ended.
[[nodiscard]] reports::record::Check CheckOf(const testing::TestInfo& test,
                                             const std::string& program,
                                             const ExpectedFailures& expected);

}  // namespace suites::checks
