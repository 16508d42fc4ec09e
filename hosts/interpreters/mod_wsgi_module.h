#pragma once
// ModWsgiModule: the module mod_wsgi of one interpreter: who it is, what its requests are, and who wants to
// hear of events.
//
// A subscriber is called as callback(name, **payload). A dict that it returns is added to what the later
// ones get; what it raises is logged, and the next one is called.
//
// Owns:    references into the interpreter: ends attached to it.
// Threads: attached.
// Fails:   the constructor throws PythonError; Publish never.
// Source:  INTERP-9, API-1 to API-4.

#include <memory>
#include <string>

#include "hosts/interpreters/current_request.h"
#include "hosts/interpreters/set_up.h"
#include "hosts/python/ref.h"
#include "hosts/python/thread_state.h"

namespace hosts::interpreters {

class ModWsgiModule {
 public:
  enum class Subscribers { Events, Shutdown, Signals };

  // Puts it into sys.modules.
  ModWsgiModule(const python::Attached& attached,
                const std::string& application_group,
                const PoolSettings& settings);

  [[nodiscard]] ActiveRequests& active_requests() { return *active_; }
  [[nodiscard]] bool has(const python::Attached& attached, Subscribers which) const;
  // The payload is changed by what subscribers add.
  void Publish(const python::Attached& attached,
               Subscribers which,
               const char* name,
               const python::Ref& payload) const;

 private:
  [[nodiscard]] PyObject* ListOf(Subscribers which) const;

  std::shared_ptr<ActiveRequests> active_;  // also the module's, which may live longer
  python::Ref events_;
  python::Ref shutdown_;
  python::Ref signals_;
};

}  // namespace hosts::interpreters
