#pragma once
// RequestMeasure: measures what one request costs, from when it is made.
//
// Threads: the thread that answers.

#include <cstdint>

#include "hosts/exchange/request.h"
#include "hosts/interpreters/request_metrics.h"
#include "hosts/python/thread_state.h"
#include "hosts/wsgi/answer.h"

namespace hosts::applications {

// A request's body, with the count of what is taken from it and of how long it was waited for.
class MeasuredBody final : public exchange::RequestBody {
 public:
  explicit MeasuredBody(exchange::RequestBody& body) : body_(body) {}

  [[nodiscard]] std::string_view buffered() const override { return body_.buffered(); }
  void Consume(std::size_t size) override {
    ++reads_;
    bytes_ += size;
    body_.Consume(size);
  }
  [[nodiscard]] base::Result<bool> Fill() override;

  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  [[nodiscard]] std::uint64_t reads() const { return reads_; }
  [[nodiscard]] double waited() const { return waited_; }  // seconds

 private:
  exchange::RequestBody& body_;
  std::uint64_t bytes_ = 0;
  std::uint64_t reads_ = 0;
  double waited_ = 0;
};

class RequestMeasure {
 public:
  RequestMeasure(exchange::RequestBody& body, wsgi::Answer& answer);

  [[nodiscard]] exchange::RequestBody& body() { return body_; }
  // So far. `begun_at`: seconds since the epoch, as is `now`.
  [[nodiscard]] interpreters::RequestCost CostOf(const exchange::RequestHead& head,
                                                 double begun_at,
                                                 double now) const;

 private:
  MeasuredBody body_;
  wsgi::Answer& answer_;
  const interpreters::ProcessorTime before_ = interpreters::ProcessorTimeOfThread();
  python::GilWaits gil_waits_;
};

}  // namespace hosts::applications
