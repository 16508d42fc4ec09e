#pragma once
// Progress: what somebody who waits sees. On a terminal one line that is written over, and a line for
// every cell and check that is not well; elsewhere one line for every cell, and the checks that are
// not well.
//
// Threads: one.

#include <cstdio>
#include <string>
#include <string_view>

#include "reports/record/record.h"

namespace harness::command {

class Progress {
 public:
  enum class Kind { Terminal, Lines };
  Progress(std::FILE* stream, Kind kind) : stream_(stream), kind_(kind) {}

  void CellBegins(std::string_view cell, size_t number, size_t total);
  // Something that is no cell and takes its time.
  void StepBegins(std::string_view what);
  void PhaseBegins(std::string_view phase);
  void CellEnds(const reports::record::Cell& cell);
  void ChecksBegin(int count);
  void CheckEnds(const reports::record::Check& check);
  // Takes the line that is written over away.
  void Clear();

 private:
  void Show(const std::string& text);
  void Print(const std::string& text);

  std::FILE* stream_;
  Kind kind_;
  std::string current_;  // "[3/32] engine/daemon/main/lazy/hello"
  int checks_ = 0;
  int checks_ended_ = 0;
};

[[nodiscard]] Progress::Kind KindOf(std::FILE* stream);

}  // namespace harness::command
