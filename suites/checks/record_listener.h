#pragma once
// RecordListener: writes a `check` line for every test that ends, from the test's properties.
//
// Owns:    the record's file.
// Fails:   never; a line that cannot be written is said on standard error, and is_complete() is false.

#include <gtest/gtest.h>

#include <string>

#include "reports/record/writer.h"

namespace suites::checks {

class RecordListener : public testing::EmptyTestEventListener {
 public:
  // `program` is how a person calls it again: the command of `reproduce`.
  RecordListener(reports::record::RecordWriter writer, std::string program)
      : writer_(std::move(writer)), program_(std::move(program)) {}

  void OnTestEnd(const testing::TestInfo& test) override;

  [[nodiscard]] bool is_complete() const { return is_complete_; }

 private:
  reports::record::RecordWriter writer_;
  std::string program_;
  bool is_complete_ = true;
};

// The line for a test that has ended.
[[nodiscard]] reports::record::Check CheckOf(const testing::TestInfo& test,
                                             const std::string& program);

}  // namespace suites::checks
