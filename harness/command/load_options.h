#pragma once
// LoadOptions: what was typed behind `wsgilab load`, as texts where it has a notation of its own.
// LoadPlan:    the same, understood.
//
// Fails:   InvalidInput: what, where, and what to write instead.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/load/capacity.h"
#include "hosts/base/result.h"

namespace harness::command {

struct LoadOptions {
  std::string url;
  std::string rate;      // "500", "0.5", "2k"
  std::string ramp;      // "100..2000"
  std::string capacity;  // "p99<20ms"
  int connections = 0;   // 0: not said
  std::string duration = "10s";
  bool poisson = false;
  std::uint32_t seed = 1;
  bool new_connections = false;
  bool canary = false;
  std::int64_t warmup = 0;
  std::string method = "GET";
  std::vector<std::string> headers;  // "Name: value"
  std::string body;                  // "@file": what is in it
  int expect_status = 200;
  std::vector<std::string> expect_texts;
  std::vector<std::string> mix;  // "3 /path"
  std::string tour;              // an application's folder
  bool json = false;
  std::string hgrm;
  std::string log;
};

struct Url {
  load::Target target;
  std::string host;  // as the Host field has it
  std::string path;  // with the query; "/" at least
};

struct LoadPlan {
  Url url;
  load::LoadProfile profile;
  std::optional<load::LatencyLimit> limit;
  std::vector<load::LoadRequest> requests;  // none of a tour: they are made by walking it
};

[[nodiscard]] hosts::base::Result<Url> ParseUrl(std::string_view text);
[[nodiscard]] hosts::base::Result<std::chrono::nanoseconds> ParseSpan(std::string_view text);
[[nodiscard]] hosts::base::Result<double> ParseRate(std::string_view text);
[[nodiscard]] hosts::base::Result<load::LatencyLimit> ParseLimit(std::string_view text);

[[nodiscard]] hosts::base::Result<LoadPlan> PlanLoad(const LoadOptions& options);

}  // namespace harness::command
