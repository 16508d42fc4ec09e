#include "harness/command/load_command.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "harness/command/exit.h"
#include "harness/command/interruption.h"
#include "harness/command/load_options.h"
#include "harness/command/load_report.h"
#include "harness/load/calibration.h"
#include "harness/load/driver.h"
#include "harness/run/to_record.h"
#include "harness/tour/walk.h"
#include "hosts/base/files.h"
#include "reports/histogram/hgrm.h"
#include "reports/histogram/v2.h"
#include "reports/record/json.h"

namespace harness::command {

using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;
using load::LoadResult;
using load::Standing;

namespace {

// Nobody there is no fault of ours: nothing was measured.
int ComplainOfServer(const std::string& url, const Error& error) {
  const bool is_servers = error.kind == ErrorKind::Closed || error.kind == ErrorKind::Timeout;
  if (!is_servers) return Complain(error);
  return Complain(fmt::format("{}: {}: is a server listening there?", url, error.Text()),
                  kNothingMatched);
}

// Walks the tour of an application once; what it may repeat are the requests.
Result<std::vector<load::LoadRequest>> RequestsOfTour(const std::string& folder, const Url& url) {
  const std::string path = folder + "/tour.json";
  const auto text = hosts::base::ReadFile(path);
  if (!text) {
    return Error{ErrorKind::InvalidInput,
                 fmt::format("--tour: {}: name the folder of an application", text.error().Text())};
  }
  const auto tour = tour::ParseTour(*text);
  if (!tour) return tour.error().While(path);
  const auto endpoint = load::FindEndpoint(url.target);
  if (!endpoint) return endpoint.error();
  const std::string mount = url.path == "/" ? "" : url.path;
  tour::Walk walk({url.target.address, url.target.port, mount});
  for (const tour::StepResult& step : walk.TakeAll(*tour)) {
    if (step.has_passed()) continue;
    return Error{
        step.failure ? ErrorKind::Closed : ErrorKind::InvalidInput,
        fmt::format(
            "the tour's step '{}' ({} {}): {}", step.name, step.method, step.path, *step.problem)};
  }
  auto requests = walk.LoadRequests(*tour);
  if (requests.empty()) {
    return Error{ErrorKind::InvalidInput,
                 fmt::format("{} has no step that may be repeated (\"load\": true)", path)};
  }
  return requests;
}

Result<void> WarmUp(const LoadOptions& options, const LoadPlan& plan) {
  if (options.warmup <= 0) return {};
  load::LoadProfile profile = plan.profile;
  profile.loop = load::Loop::Closed;
  profile.duration = std::chrono::hours(1);
  profile.most_requests = options.warmup;
  profile.ramp_to_per_s.reset();
  const auto warmed = load::RunLoad(plan.url.target, plan.requests, profile, &IsInterrupted);
  if (!warmed) return warmed.error();
  return {};
}

Result<void> WriteFiles(const LoadOptions& options, const LoadResult& result, double started_at) {
  if (!options.hgrm.empty()) {
    auto written = hosts::base::WriteFile(options.hgrm, reports::histogram::ToHgrm(result.latency));
    if (!written) return written.error().While("--hgrm");
  }
  if (options.log.empty()) return {};
  const double length = result.seconds;
  auto written = hosts::base::WriteFile(
      options.log,
      reports::histogram::ToLog(started_at,
                                {{"latency", 0, length, &result.latency},
                                 {"service", 0, length, &result.service},
                                 {"lateness", 0, length, &result.lateness}}));
  if (!written) return written.error().While("--hdr-log");
  return {};
}

double SecondsSinceEpoch() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

int SearchCapacity(const LoadOptions& options, const LoadPlan& plan) {
  load::CapacityQuestion question{plan.url.target, plan.profile, *plan.limit, &IsInterrupted, {}};
  question.on_step = [&](const load::CapacityStep& step) {
    if (options.json) {
      fmt::print("{}\n", reports::record::ToJsonLine(run::ToLoad(options.url, step.result)));
    } else {
      fmt::print(stderr, "{}", RenderStep(step, *plan.limit));
    }
  };
  const double started_at = SecondsSinceEpoch();
  auto capacity = load::FindCapacity(question, plan.requests);
  if (!capacity) return ComplainOfServer(options.url, capacity.error());
  if (capacity->best) {
    capacity->best->calibration =
        load::CalibrationFor(plan.profile.connections, plan.profile.connecting);
    if (auto written = WriteFiles(options, *capacity->best, started_at); !written) {
      return Complain(written.error());
    }
  }
  if (options.json) {
    nlohmann::ordered_json line = {{"type", "capacity"}, {"cell", options.url}};
    line["limit"] = options.capacity;
    line["rate_per_s"] = capacity->rate_per_s();
    line["closed_loop_per_s"] = capacity->closed_loop_per_s;
    if (capacity->why_not) {
      line["too_high_per_s"] = capacity->too_high_per_s;
      line["reason"] = *capacity->why_not;
    }
    line["state"] = capacity->is_lower_bound ? "lower_bound" : "verified";
    fmt::print("{}\n", line.dump());
  } else {
    fmt::print("{}", RenderCapacity(options.url, *capacity, *plan.limit));
  }
  if (capacity->was_interrupted) return kInterrupted;
  if (capacity->best) return kPass;
  return capacity->is_lower_bound ? kInconclusive : kThresholdBroken;
}

int Load(const LoadOptions& options) {
  ListenForInterruption();
  auto plan = PlanLoad(options);
  if (!plan) return Complain(plan.error());
  if (!options.tour.empty()) {
    auto requests = RequestsOfTour(options.tour, plan->url);
    if (!requests) return ComplainOfServer(options.url, requests.error());
    plan->requests = std::move(*requests);
  }
  if (auto warmed = WarmUp(options, *plan); !warmed) {
    return ComplainOfServer(options.url, warmed.error());
  }
  const auto calibration =
      load::CalibrationFor(plan->profile.connections, plan->profile.connecting);
  if (plan->limit) return SearchCapacity(options, *plan);
  const double started_at = SecondsSinceEpoch();
  auto result = load::RunLoad(plan->url.target, plan->requests, plan->profile, &IsInterrupted);
  if (!result) return ComplainOfServer(options.url, result.error());
  result->calibration = calibration;
  if (options.json) {
    fmt::print("{}\n", reports::record::ToJsonLine(run::ToLoad(options.url, *result)));
  } else {
    fmt::print("{}", RenderLoad(options.url, *result));
  }
  if (auto written = WriteFiles(options, *result, started_at); !written) {
    return Complain(written.error());
  }
  return ExitCodeOf(*result);
}

void AddHow(CLI::App& verb, LoadOptions& options) {
  verb.add_option("-R,--rate",
                  options.rate,
                  "open loop: requests a second, on one schedule, whatever the answers do; 0.5, 2k")
      ->type_name("RATE");
  verb.add_option(
          "-c,--connections",
          options.connections,
          "alone: closed loop, each connection sends when its answer has come; with a rate: how "
          "many there are (16)")
      ->type_name("COUNT");
  verb.add_option("--ramp", options.ramp, "open loop whose rate changes evenly over the duration")
      ->type_name("FROM..TO");
  verb.add_option("--capacity",
                  options.capacity,
                  "search the highest rate at which a percentile of the latency is below a limit")
      ->type_name("'p99<20ms'");
  verb.add_option("-d,--duration", options.duration, "with its unit; with --capacity: of each rate")
      ->type_name("10s")
      ->capture_default_str();
  verb.add_flag("--poisson",
                options.poisson,
                "open loop: gaps as clients make that know nothing of each other");
  verb.add_option("--seed", options.seed, "of --poisson: the same seed is the same schedule")
      ->capture_default_str();
  verb.add_flag(
      "--new-connections", options.new_connections, "a connection of its own for each request");
  verb.add_option("--warmup", options.warmup, "so many requests first, whose numbers are not kept")
      ->type_name("COUNT");
}

void AddWhat(CLI::App& verb, LoadOptions& options) {
  verb.add_option("-X,--method", options.method, "of every request")->capture_default_str();
  verb.add_option("-H,--header", options.headers, "of every request")
      ->type_name("'NAME: VALUE'")
      ->expected(1)
      ->take_all();
  verb.add_option("--body", options.body, "of every request; @FILE: what is in it")
      ->type_name("TEXT");
  verb.add_option("--mix", options.mix, "a weight and a target on that server; once for each")
      ->type_name("'3 /path'")
      ->expected(1)
      ->take_all();
  verb.add_option(
          "--tour",
          options.tour,
          "walk this application's tour (apps/README.md) and repeat what may be repeated, with "
          "the cookies")
      ->type_name("DIR");
  verb.add_option("--expect-status", options.expect_status, "any other is a wrong answer")
      ->capture_default_str();
  verb.add_option("--expect-text", options.expect_texts, "an answer without it is a wrong one")
      ->type_name("TEXT")
      ->expected(1)
      ->take_all();
  verb.add_flag(
      "--canary",
      options.canary,
      "a token in each request, which must come back in its own answer and in no other: in the "
      "header X-Wsgilab-Canary, or where {canary} stands in target, header or body");
}

}  // namespace

int ExitCodeOf(const LoadResult& result) {
  if (result.ended_early == "interrupted") return kInterrupted;
  if (result.failed + result.wrong_answers + result.unfinished + result.crosstalk > 0)
    return kFailed;
  if (result.done == 0) return kNothingMatched;
  if (load::StandingOf(result).state == Standing::State::Unverified) return kInconclusive;
  return kPass;
}

void AddLoadCommand(CLI::App& program, std::function<int()>& chosen) {
  CLI::App* verb = program.add_subcommand("load", "the load generator alone, on any HTTP server");
  auto options = std::make_shared<LoadOptions>();
  verb->add_option("URL", options->url, "http://name[:port]/path")->required();
  AddHow(*verb, *options);
  AddWhat(*verb, *options);
  verb->add_flag(
      "--json", options->json, "for programs: the line of a record (wsgilab schema load)");
  verb->add_option("--hgrm", options->hgrm, "the latencies for HdrHistogram's plotters")
      ->type_name("FILE");
  verb->add_option(
          "--hdr-log", options->log, "latency, service and lateness as an HdrHistogram log")
      ->type_name("FILE");
  verb->footer(
      "Examples:\n"
      "  wsgilab load http://localhost:8000/ -R 500 -d 30s --expect-text 'Hello'\n"
      "  wsgilab load http://localhost:8000/ -c 8\n"
      "  wsgilab load http://localhost:8000/ --mix '9 /' --mix '1 /search?q=x' -R 200 --poisson\n"
      "  wsgilab load http://localhost:8000/ --capacity 'p99<20ms' -d 2s\n"
      "Latency is counted from the instant at which a request was due, service from the sending;\n"
      "lateness is the generator's own, and in neither. What was not answered counts with its age; "
      "a\n"
      "'>' marks what may be more for it.\n"
      "Exit codes: 0 all answered rightly; 1 wrong, broken off or unanswered, or another request's "
      "token; 2 usage;\n"
      "3 the generator cannot vouch for its numbers; 4 nothing was answered; 70 our own fault; 99 "
      "--capacity: no\n"
      "rate holds the limit; 130 interrupted, with what was measured till then.");
  verb->callback([options, &chosen] { chosen = [options] { return Load(*options); }; });
}

}  // namespace harness::command
