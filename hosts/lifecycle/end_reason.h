#pragma once
// EndReason: why a daemon process ends, as mod_wsgi.process_stopping tells its subscribers (SHUT-5).

#include <string_view>

namespace hosts::lifecycle {

enum class EndReason {
  ShutdownSignal,
  GracefulSignal,
  EvictionSignal,
  MaximumRequests,
  RestartInterval,
  InactivityTimeout,
  RequestTimeout,
  StartupTimeout,
  DeadlockTimeout,
  CpuTimeLimit,
  ScriptReload,
};

// "shutdown_signal"
[[nodiscard]] constexpr std::string_view NameOf(EndReason reason) {
  switch (reason) {
    case EndReason::ShutdownSignal:
      return "shutdown_signal";
    case EndReason::GracefulSignal:
      return "graceful_signal";
    case EndReason::EvictionSignal:
      return "eviction_signal";
    case EndReason::MaximumRequests:
      return "maximum_requests";
    case EndReason::RestartInterval:
      return "restart_interval";
    case EndReason::InactivityTimeout:
      return "inactivity_timeout";
    case EndReason::RequestTimeout:
      return "request_timeout";
    case EndReason::StartupTimeout:
      return "startup_timeout";
    case EndReason::DeadlockTimeout:
      return "deadlock_timeout";
    case EndReason::CpuTimeLimit:
      return "cpu_time_limit";
    case EndReason::ScriptReload:
      return "script_reload";
  }
  return "";
}

}  // namespace hosts::lifecycle
