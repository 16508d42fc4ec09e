#pragma once
// The part of the module mod_wsgi that is written in Python. It is executed in each interpreter's module, which
// has `_active`, `_log` and `_want_costs` from ModWsgiModule.
//
// Source: API-1 to API-5.

namespace hosts::interpreters {

inline constexpr const char* kModuleSource = R"(
from _collections_abc import Mapping

event_callbacks = []
shutdown_callbacks = []
signal_callbacks = []

def _subscribe(subscribers, callback):
    if not callable(callback):
        raise TypeError(f"a subscriber must be callable, not {type(callback).__name__}")
    subscribers.append(callback)
    return callback

def subscribe_events(callback):
    """callback(name, **payload) hears of every event in this interpreter."""
    _want_costs()
    return _subscribe(event_callbacks, callback)

def subscribe_shutdown(callback):
    """callback("process_stopping", **payload) is called before this process ends."""
    return _subscribe(shutdown_callbacks, callback)

def subscribe_signals(callback):
    """callback("process_signal", **payload) is called for SIGHUP and SIGUSR2 to a daemon process."""
    return _subscribe(signal_callbacks, callback)

class _ActiveRequests(Mapping):
    """The requests inside this interpreter, at every moment: their ids, and their request_data()."""

    def __getitem__(self, request_id):
        return _active()[request_id]

    def __iter__(self):
        return iter(_active())

    def __len__(self):
        return len(_active())

    # Of one moment: requests end between two of them.
    def items(self):
        return _active().items()

    def values(self):
        return _active().values()

active_requests = _ActiveRequests()
del Mapping

def _make_log_handler():
    import logging

    class LogHandler(logging.Handler):
        """Writes records to the server's log, each line at the record's own level."""

        def emit(self, record):
            try:
                _log(record.levelno, self.format(record))
            except Exception:
                self.handleError(record)

    LogHandler.__module__ = "mod_wsgi"
    LogHandler.__qualname__ = "LogHandler"
    return LogHandler

def __getattr__(name):
    # logging is imported where it is wanted, and not in every interpreter.
    if name != "LogHandler":
        raise AttributeError(f"module 'mod_wsgi' has no attribute '{name}'")
    return globals().setdefault(name, _make_log_handler())

def __dir__():
    return sorted({*globals(), "LogHandler"})
)";

}  // namespace hosts::interpreters
