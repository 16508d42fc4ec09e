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

// The same for people, in words that mod_wsgi's log has, too (LOG-7).
[[nodiscard]] constexpr std::string_view InWords(EndReason reason) {
  switch (reason) {
    case EndReason::ShutdownSignal:
      return "told to by a signal";
    case EndReason::GracefulSignal:
    case EndReason::EvictionSignal:
      return "told to by SIGUSR1";
    case EndReason::MaximumRequests:
      return "Maximum requests reached";
    case EndReason::RestartInterval:
      return "restart timer expired";
    case EndReason::InactivityTimeout:
      return "idle inactivity timer expired";
    case EndReason::RequestTimeout:
      return "request time limit exceeded";
    case EndReason::StartupTimeout:
      return "startup timer expired";
    case EndReason::DeadlockTimeout:
      return "deadlock timer expired";
    case EndReason::CpuTimeLimit:
      return "CPU time limit reached";
    case EndReason::ScriptReload:
      return "a script has changed";
  }
  return "";
}

}  // namespace hosts::lifecycle
