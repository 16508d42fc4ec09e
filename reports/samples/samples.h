#pragma once
// Records of runs that never took place, for the tests of every report: the same on every machine and
// every day. The numbers are of the size that a small machine measures; nothing may quote them.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "reports/record/record.h"

namespace reports::samples {

// Eight modes, four applications, everything as it should be.
[[nodiscard]] std::vector<record::Line> CompleteRun();

// Crashed, misconfigured, timed out and failed cells, a mode that is not offered, a generator that was the
// bottleneck, a worker that was never reached, memory that grows, a noisy machine, checks that failed, and a Django project
// that was served with another's settings.
[[nodiscard]] std::vector<record::Line> FailingRun();

// What a gate writes: experiments with their controls, and what became of its rules; load phases with whole histograms, micro-benchmarks.
[[nodiscard]] std::vector<record::Line> ComparisonRun();

// Checks of four hosts: eight for each subject. Of those that failed a transcript, so many bytes longer than it must be.
[[nodiscard]] std::vector<record::Line> HostsRun(int subjects, std::size_t transcript_bytes);

// The engine with Python 3.11 and with 3.14, each in daemon processes: isolation that differs, modules that one of them refuses.
[[nodiscard]] std::vector<record::Line> PythonsRun();

// What `wsgilab check` writes of a configuration with two applications: one that bears no second interpreter, and one that is
// disturbed by the other. Nothing was measured.
[[nodiscard]] std::vector<record::Line> CheckRun();

// The complete run, cut off in the middle of a line.
[[nodiscard]] std::string CutOffText();

// Every text that a run can bring along tries to break out of the page; some are `long_bytes` long.
[[nodiscard]] std::vector<record::Line> HostileRun(std::size_t long_bytes);

// A record of every kind of line whose texts are random bytes: most of them no UTF-8, many of them what ends a line, a quotation or an
// element somewhere. No file could hold it.
[[nodiscard]] record::Record AnyBytes(std::uint32_t seed);

// The lines as the text of a record file.
[[nodiscard]] std::string TextOf(const std::vector<record::Line>& lines);
// The lines as a reader gives them.
[[nodiscard]] record::Record RecordOf(const std::vector<record::Line>& lines);

}  // namespace reports::samples
