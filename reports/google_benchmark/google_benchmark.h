#pragma once
// ReadResults:   what a program with Google Benchmark wrote (--benchmark_format=json), as lines of a record.
// WriteResults:  a record in the same format, so that google/benchmark's tools/compare.py compares two runs.
//
// Of a record become benchmarks: CELL/latency_p50, _p90, _p99 of the open loop; CELL/request, the time that each
// answer took at full load; CELL/ready and CELL/first_request; EXPERIMENT/ARM/METRIC, with a repetition for each
// block, which `compare.py filters FILE base candidate` compares; and the micro-benchmarks. Their cpu_time is the
// host's for each request; 0 where nobody measured it, as compare.py will not do without.
//
// Pure.
// Fails:   ReadResults with the file, and the benchmark that is not understood.

#include <string>
#include <string_view>
#include <vector>

#include "hosts/base/result.h"
#include "reports/record/record.h"

namespace reports::google_benchmark {

// Every repetition; what was computed from them (mean, median, …) is left out.
[[nodiscard]] hosts::base::Result<std::vector<record::Micro>> ReadResults(std::string_view json,
                                                                          std::string_view file);

[[nodiscard]] std::string WriteResults(const record::Record& record);

}  // namespace reports::google_benchmark
