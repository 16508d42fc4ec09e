#pragma once
// EventSource: something with a descriptor in the loop's epoll set, edge-triggered.

#include <cstdint>

namespace hosts::serving {

class EventSource {
 public:
  EventSource() = default;
  EventSource(const EventSource&) = delete;
  EventSource& operator=(const EventSource&) = delete;
  virtual ~EventSource() = default;

  // epoll's bits since the last call. Called by the leader only.
  virtual void OnEvents(std::uint32_t events) = 0;
};

}  // namespace hosts::serving
