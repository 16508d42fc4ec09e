#pragma once
// BareCall: one WSGI application in the main interpreter, called with the least that a call takes: a
//           copy of a prepared environ with three keys of its own, a start_response that notes what
//           it is told, and the answer as one string of bytes.
//
// It is the floor that the engine's way is measured against, and no server: no header reaches environ,
// wsgi.input is empty, nothing of the answer is checked, no close() is called.
//
// Owns:    the application and what its calls have in common: ends attached.
// Threads: attached; one call at a time.
// Fails:   making it and Call throw PythonError.

#include <string>
#include <string_view>

#include "hosts/python/ref.h"
#include "hosts/python/thread_state.h"

namespace hosts::micro {

// What `script`, executed once, calls `callable`.
[[nodiscard]] python::Ref LoadApplication(const python::Attached& attached,
                                          const std::string& script,
                                          const std::string& callable);

class BareCall {
 public:
  BareCall(const python::Attached& attached, python::Ref application);

  // The application as it is, and the arguments that are the same for every call.
  [[nodiscard]] PyObject* application() const { return application_.get(); }
  [[nodiscard]] PyObject* environ_template() const { return environ_.get(); }
  [[nodiscard]] PyObject* start_response() const { return start_response_.get(); }

  // Appends the answer, from the status line to the last byte of the body.
  void Call(const python::Attached& attached,
            std::string_view method,
            std::string_view path,
            std::string_view query,
            std::string& out);

 private:
  python::Ref application_;
  python::Ref environ_;
  python::Ref start_response_;
  python::Ref method_key_;
  python::Ref path_key_;
  python::Ref query_key_;
};

}  // namespace hosts::micro
