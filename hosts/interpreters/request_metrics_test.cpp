#include "hosts/interpreters/request_metrics.h"

#include <gtest/gtest.h>

#include <numeric>
#include <thread>
#include <vector>

namespace hosts::interpreters {
namespace {

RequestCost CostOfDaemonRequest(double begin) {
  RequestCost cost;
  cost.status = 200;
  cost.request_start = begin;
  cost.queue_start = begin + 0.001;
  cost.daemon_start = begin + 0.003;
  cost.application_start = begin + 0.004;
  cost.application_finish = begin + 0.054;
  cost.input_bytes = 10;
  cost.input_reads = 2;
  cost.output_bytes = 100;
  cost.output_writes = 3;
  cost.cpu_user_time = 0.03;
  cost.cpu_system_time = 0.01;
  cost.gil_wait_time = 0.002;
  cost.gil_wait_count = 4;
  return cost;
}

TEST(Durations, AreCountedInBucketsOfTheFourthRootOfTwo) {
  const std::pair<double, std::size_t> places[] = {{0, 0},
                                                   {0.001249, 0},
                                                   {0.001251, 1},
                                                   {0.00249, 4},
                                                   {0.00251, 5},
                                                   {0.0051, 9},
                                                   {0.0201, 17},
                                                   {1e9, 64}};
  for (const auto& [seconds, bucket] : places) {
    Durations durations;
    durations.Note(seconds);
    EXPECT_EQ(durations.buckets[bucket], 1U) << seconds;
  }
}

TEST(Durations, HaveTheirMeanAndTheirEnds) {
  Durations durations;
  EXPECT_EQ(durations.mean(), 0);
  for (const double seconds : {0.2, 0.1, 0.6})
    durations.Note(seconds);
  EXPECT_DOUBLE_EQ(durations.mean(), 0.3);
  EXPECT_DOUBLE_EQ(durations.shortest, 0.1);
  EXPECT_DOUBLE_EQ(durations.longest, 0.6);
}

TEST(RequestMetrics, CountWhatRequestsCost) {
  RequestMetrics metrics(3);
  EXPECT_FALSE(metrics.is_recording());
  EXPECT_FALSE(metrics.are_wanted());
  metrics.StartRecording();
  EXPECT_TRUE(metrics.is_recording());
  EXPECT_TRUE(metrics.are_wanted());
  const double now = SecondsSinceEpoch();
  metrics.Begin(2, now + 0.004);
  EXPECT_EQ(metrics.totals().active, 1);
  metrics.End(2, CostOfDaemonRequest(now));
  const auto totals = metrics.totals();
  EXPECT_EQ(totals.active, 0);
  EXPECT_EQ(totals.requests, 1U);
  EXPECT_NEAR(totals.busy_time, 0.05, 1e-6);
  const auto interval = metrics.TakeInterval();
  EXPECT_EQ(interval.requests, 1U);
  EXPECT_EQ(interval.by_class[2], 1U);
  EXPECT_EQ(interval.input_bytes, 10U);
  EXPECT_EQ(interval.output_writes, 3U);
  EXPECT_NEAR(interval.server.mean(), 0.001, 1e-6);
  EXPECT_NEAR(interval.queue.mean(), 0.002, 1e-6);
  EXPECT_NEAR(interval.daemon.mean(), 0.001, 1e-6);
  EXPECT_NEAR(interval.application.mean(), 0.05, 1e-6);
  EXPECT_NEAR(interval.request.mean(), 0.054, 1e-6);
  EXPECT_EQ(interval.threads.at(2).completed, 1U);
  EXPECT_NEAR(interval.threads.at(2).cpu_time, 0.04, 1e-6);
  EXPECT_EQ(metrics.TakeInterval().requests, 0U);
  EXPECT_EQ(metrics.totals().requests, 1U);
}

TEST(RequestMetrics, AnEmbeddedRequestWaitsInNoQueue) {
  RequestMetrics metrics(1);
  metrics.StartRecording();
  RequestCost cost = CostOfDaemonRequest(SecondsSinceEpoch());
  cost.queue_start = cost.daemon_start = 0;
  metrics.Begin(1, cost.application_start);
  metrics.End(1, cost);
  const auto interval = metrics.TakeInterval();
  EXPECT_EQ(interval.queue.count, 0U);
  EXPECT_EQ(interval.daemon.count, 0U);
  EXPECT_NEAR(interval.server.mean(), 0.004, 1e-6);
}

// A request that lasts over the end of an interval is in both with its part.
TEST(RequestMetrics, AnIntervalHasThePartOfARequestThatIsInIt) {
  RequestMetrics metrics(1);
  metrics.StartRecording();
  RequestCost cost = CostOfDaemonRequest(SecondsSinceEpoch());
  metrics.Begin(1, cost.application_start - 0.004);
  const auto first = metrics.TakeInterval();
  EXPECT_EQ(first.active, 1);
  EXPECT_EQ(first.requests, 0U);
  cost.application_finish = first.stop + 1;
  metrics.End(1, cost);
  const auto second = metrics.TakeInterval();
  EXPECT_EQ(second.requests, 1U);
  EXPECT_NEAR(second.threads.at(1).busy_time, 1, 1e-3);
}

TEST(RequestMetrics, ARequestThatIsHandedBackIsNone) {
  RequestMetrics metrics(1);
  metrics.StartRecording();
  metrics.Begin(1, SecondsSinceEpoch());
  metrics.Forget(1);
  EXPECT_EQ(metrics.totals().active, 0);
  EXPECT_EQ(metrics.TakeInterval().requests, 0U);
}

TEST(RequestMetrics, MayBeToldByManyThreads) {
  constexpr int kThreads = 4;
  constexpr int kRequests = 2000;
  RequestMetrics metrics(kThreads);
  metrics.StartRecording();
  std::vector<std::thread> threads;
  for (int number = 1; number <= kThreads; ++number) {
    threads.emplace_back([&metrics, number] {
      for (int i = 0; i < kRequests; ++i) {
        const double now = SecondsSinceEpoch();
        metrics.Begin(number, now);
        metrics.End(number, CostOfDaemonRequest(now));
      }
    });
  }
  std::uint64_t taken = 0;
  for (int i = 0; i < 100; ++i)
    taken += metrics.TakeInterval().requests;
  for (auto& thread : threads)
    thread.join();
  taken += metrics.TakeInterval().requests;
  EXPECT_EQ(taken, static_cast<std::uint64_t>(kThreads) * kRequests);
  EXPECT_EQ(metrics.totals().requests, taken);
}

}  // namespace
}  // namespace hosts::interpreters
