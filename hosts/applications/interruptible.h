#pragma once
// Interruptible: which request a Worker is busy with, for who may have to raise mod_wsgi.RequestTimeout in
// it (DAEMON-36).
//
// An exception that is raised from outside arrives when its thread next runs Python code, which may be
// after the request. So everything that counts is done attached to the request's interpreter and under a lock: who sees
// there that the request is inside has it there until the exception is set; and who ends the request
// takes back one that has not arrived.
//
// Owns:    nothing of Python.
// Threads: made, Begin and End by the worker's; the rest by any.

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "hosts/python/thread_state.h"

namespace hosts::applications {

class Interruptible {
 public:
  Interruptible();

  void Begin(const python::Attached& attached,
             std::uint64_t turn,
             std::string_view application_group);
  void End(const python::Attached& attached);

  // Where that request runs; nothing: it is over.
  [[nodiscard]] std::optional<std::string> ApplicationGroupOf(std::uint64_t turn) const;
  // Logs the stack of the request's thread and raises RequestTimeout there. Attached to the interpreter
  // of that application group. False: it is over. Where there is no GIL the thread runs on meanwhile, and Python forbids to look at
  // its frames: then nothing is logged (GIL-7).
  enum class Stack { IsLogged, IsNotToBeRead };
  [[nodiscard]] bool Interrupt(const python::Attached& attached,
                               std::uint64_t turn,
                               Stack stack = Stack::IsLogged) const;

 private:
  const unsigned long thread_;  // as Python numbers them
  mutable std::mutex mutex_;
  std::uint64_t turn_ = 0;  // 0: none
  std::string application_group_;
};

}  // namespace hosts::applications
