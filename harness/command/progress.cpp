#include "harness/command/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace harness::command {

namespace record = reports::record;

namespace {

constexpr const char* kClearLine = "\r\033[K";

size_t ColumnsOf(std::FILE* stream) {
  winsize size{};
  const bool known = ::ioctl(::fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

}  // namespace

Progress::Kind KindOf(std::FILE* stream) {
  return ::isatty(::fileno(stream)) == 1 ? Progress::Kind::Terminal : Progress::Kind::Lines;
}

void Progress::CellBegins(std::string_view cell, size_t number, size_t total) {
  current_ = fmt::format("[{}/{}] {}", number, total, cell);
  Show(current_);
}

void Progress::StepBegins(std::string_view what) {
  current_ = what;
  Show(current_);
}

void Progress::PhaseBegins(std::string_view phase) {
  Show(fmt::format("{}: {}", current_, phase));
}

void Progress::CellEnds(const record::Cell& cell) {
  const bool is_fine = cell.outcome == record::CellOutcome::Ok;
  if (kind_ == Kind::Terminal && is_fine) return;
  std::string line = fmt::format("{:<13} {}", record::Name(cell.outcome), cell.cell);
  if (cell.seconds) line += fmt::format("  {:.1f} s", *cell.seconds);
  if (cell.reason) line += fmt::format("  {}", *cell.reason);
  Print(line);
}

void Progress::ChecksBegin(int count) {
  checks_ = count;
  if (kind_ == Kind::Lines) Print(fmt::format("{} checks", count));
  Show(fmt::format("[0/{}] checks", checks_));
}

void Progress::CheckEnds(const record::Check& check) {
  ++checks_ended_;
  if (!IsFine(check.outcome))
    Print(fmt::format("{:<13} {}", record::Name(check.outcome), check.title));
  Show(fmt::format("[{}/{}] {}", checks_ended_, checks_, check.check));
}

void Progress::Clear() {
  if (kind_ == Kind::Terminal) std::fputs(kClearLine, stream_);
  std::fflush(stream_);
}

void Progress::Show(const std::string& text) {
  if (kind_ != Kind::Terminal) return;
  std::fputs((kClearLine + text.substr(0, ColumnsOf(stream_) - 1)).c_str(), stream_);
  std::fflush(stream_);
}

void Progress::Print(const std::string& text) {
  Clear();
  std::string line = text;
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  std::fputs((line + "\n").c_str(), stream_);
  std::fflush(stream_);
}

}  // namespace harness::command
