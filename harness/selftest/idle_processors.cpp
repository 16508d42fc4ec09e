#include "harness/selftest/idle_processors.h"

#include <sstream>
#include <string>

#include "hosts/base/files.h"

namespace harness::selftest {

namespace {

// user nice system idle iowait irq softirq steal: of these the fourth and fifth are nobody's.
constexpr int kFigures = 8;
constexpr int kIdle = 3;
constexpr int kWaitsForDisk = 4;

std::optional<ProcessorTicks> TicksNow() {
  const auto text = hosts::base::ReadFile("/proc/stat");
  return text ? ParseProcessorTicks(*text) : std::nullopt;
}

}  // namespace

std::optional<ProcessorTicks> ParseProcessorTicks(std::string_view text) {
  std::istringstream line{std::string(text.substr(0, text.find('\n')))};
  std::string name;
  line >> name;
  if (name != "cpu") return std::nullopt;
  ProcessorTicks ticks;
  for (int figure = 0; figure < kFigures; ++figure) {
    std::uint64_t value = 0;
    if (!(line >> value)) return std::nullopt;
    ticks.all += value;
    if (figure == kIdle || figure == kWaitsForDisk) ticks.idle += value;
  }
  return ticks;
}

double IdleShare(const ProcessorTicks& before, const ProcessorTicks& now) {
  if (now.all <= before.all || now.idle < before.idle) return 0;
  return static_cast<double>(now.idle - before.idle) / static_cast<double>(now.all - before.all);
}

IdleProcessors::IdleProcessors() : before_(TicksNow().value_or(ProcessorTicks{})) {}

double IdleProcessors::Share() {
  const auto now = TicksNow();
  if (!now) return 0;
  const double share = IdleShare(before_, *now);
  before_ = *now;
  return share;
}

}  // namespace harness::selftest
