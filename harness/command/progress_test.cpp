#include "harness/command/progress.h"

#include <gtest/gtest.h>

#include <memory>

namespace harness::command {
namespace {

namespace record = reports::record;

// What is shown of a run with a good and a bad cell and a failed check.
std::string Shown(Progress::Kind kind) {
  char* text = nullptr;
  size_t size = 0;
  std::FILE* stream = ::open_memstream(&text, &size);
  Progress progress(stream, kind);
  record::Cell cell;
  cell.cell = "engine/daemon/main/lazy/hello";
  cell.outcome = record::CellOutcome::Ok;
  cell.seconds = 1.25;
  progress.CellBegins(cell.cell, 1, 2);
  progress.PhaseBegins("launch");
  progress.CellEnds(cell);
  cell.outcome = record::CellOutcome::Crashed;
  cell.reason = "launch:\nexit 3";
  progress.CellEnds(cell);
  progress.ChecksBegin(1);
  record::Check check;
  check.check = "Hosting/Loading.X/0";
  check.title = "A script is loaded once";
  check.outcome = record::CheckOutcome::Failed;
  progress.CheckEnds(check);
  progress.Clear();
  std::fclose(stream);
  const std::string shown(text, size);
  std::free(text);
  return shown;
}

TEST(Progress, IsOneLineForEveryCellWhereNobodyWatches) {
  EXPECT_EQ(Shown(Progress::Kind::Lines),
            "ok            engine/daemon/main/lazy/hello  1.2 s\n"
            "crashed       engine/daemon/main/lazy/hello  1.2 s  launch: exit 3\n"
            "1 checks\n"
            "failed        A script is loaded once\n");
}

TEST(Progress, OnATerminalOnlyBadNewsStays) {
  std::string shown = Shown(Progress::Kind::Terminal);
  EXPECT_NE(shown.find("[1/2] engine/daemon/main/lazy/hello: launch"), std::string::npos);
  // What is left when every line that is written over is gone.
  std::string left;
  for (size_t at = 0; at < shown.size();) {
    const size_t end = std::min(shown.find('\n', at), shown.size());
    const std::string line = shown.substr(at, end - at);
    left +=
        line.substr(line.rfind("\r\033[K") == std::string::npos ? 0 : line.rfind("\r\033[K") + 4);
    left += '\n';
    at = end + 1;
  }
  EXPECT_EQ(left,
            "crashed       engine/daemon/main/lazy/hello  1.2 s  launch: exit 3\n"
            "failed        A script is loaded once\n\n");
}

}  // namespace
}  // namespace harness::command
