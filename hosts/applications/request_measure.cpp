#include "hosts/applications/request_measure.h"

#include <chrono>

#include "hosts/base/deadline.h"

namespace hosts::applications {

namespace {

double InSeconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

base::Result<bool> MeasuredBody::Fill() {
  const auto begun = base::Clock::now();
  auto filled = body_.Fill();
  waited_ += InSeconds(base::Clock::now() - begun);
  return filled;
}

RequestMeasure::RequestMeasure(exchange::RequestBody& body, wsgi::Answer& answer)
    : body_(body), answer_(answer) {
  answer_.MeasureWriting();
}

interpreters::RequestCost RequestMeasure::CostOf(const exchange::RequestHead& head,
                                                 double begun_at,
                                                 double now) const {
  const interpreters::ProcessorTime used = interpreters::ProcessorTimeOfThread();
  interpreters::RequestCost cost;
  cost.status = answer_.status();
  cost.request_start = interpreters::InSeconds(head.received_at_us);
  cost.queue_start = interpreters::InSeconds(head.queued_at_us);
  cost.daemon_start = head.queued_at_us != 0 ? begun_at : 0;
  cost.application_start = begun_at;
  cost.application_finish = now;
  cost.input_bytes = body_.bytes();
  cost.input_reads = body_.reads();
  cost.input_time = body_.waited();
  cost.output_bytes = answer_.body_bytes();
  cost.output_writes = answer_.pieces();
  cost.output_time = InSeconds(answer_.writing_time());
  cost.cpu_user_time = used.user - before_.user;
  cost.cpu_system_time = used.system - before_.system;
  cost.gil_wait_time = InSeconds(gil_waits_.total());
  cost.gil_wait_count = gil_waits_.count();
  return cost;
}

}  // namespace hosts::applications
