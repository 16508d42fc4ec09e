#pragma once
// RunExperiment: arms against each other, so that what they have in common (the machine's mood, its neighbours, the time of day) falls
// out of what is compared.
//
//   for each block: a fresh host for every arm, launched in an order of the block's own; all are warmed up; then windows of load, one
//   arm at a time while the others rest, each row of windows in the next of the balanced orders; one sample line for each arm
//
// A sample is what one host did; what is compared later is samples of the same block.
//
// Owns:    nothing beyond the call.
// Threads: blocks its caller.
// Fails:   when an arm cannot be had three blocks in a row: what went wrong, and with which arm. One that fails now and then costs its block.

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "harness/experiment/arm.h"
#include "harness/experiment/subject.h"
#include "hosts/base/result.h"
#include "reports/record/record.h"
#include "reports/statistics/orders.h"
#include "reports/statistics/paired.h"

namespace harness::experiment {

// How what is measured will be judged: decided before.
struct Judging {
  double margin = reports::statistics::kMargin;
  double alpha = reports::statistics::kAlpha;
  int looks = 1;
  std::vector<std::string> metrics;  // empty: all
};

struct Plan {
  std::string id;
  int attempt = 1;
  std::vector<Arm> arms;  // the baseline first
  int blocks = 20;
  int rows = 4;  // of windows in a block: each arm once in each row, of two arms twice
  Window window;
  std::chrono::milliseconds warm_up{150};
  std::uint64_t seed = 1;
  bool is_reversed = false;
  Judging judging;

  [[nodiscard]] reports::record::Experiment ToRecord() const;
};

struct Observer {
  std::function<void(const reports::record::Line&)> write;
  std::function<void(int block, int blocks)> block_begins;
  std::function<bool()> is_interrupted;
  // Asked after each block, where given: is enough known? Only at looks that were planned ahead.
  std::function<bool(int block)> is_enough;
};

// In which the arms are measured: `rows` of them for each block.
using Order = reports::statistics::Order;
[[nodiscard]] std::vector<Order> OrdersOf(const Plan& plan);

enum class Ending { Complete, Enough, Interrupted };
[[nodiscard]] hosts::base::Result<Ending> RunExperiment(const Plan& plan,
                                                        const Beginning& beginning,
                                                        const Observer& observer);

}  // namespace harness::experiment
