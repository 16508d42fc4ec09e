#pragma once
// RequestEvents: tells the subscribers of an interpreter how one request goes: request_started,
// response_started, request_exception, request_finished.
//
// Threads: attached, on the thread that answers.
// Fails:   never; what subscribers raise is logged.
// Source:  API-1, API-2.

#include "hosts/exchange/request.h"
#include "hosts/interpreters/mod_wsgi_module.h"
#include "hosts/interpreters/request_metrics.h"
#include "hosts/wsgi/observer.h"

namespace hosts::applications {

class RequestEvents final : public wsgi::Observer {
 public:
  // started_at: seconds since the epoch.
  RequestEvents(const interpreters::ModWsgiModule& module,
                interpreters::CurrentRequest& request,
                const exchange::RequestHead& head,
                double started_at)
      : module_(module), request_(request), head_(head), started_at_(started_at) {}

  [[nodiscard]] python::Ref Started(const python::Attached& attached,
                                    PyObject* environ,
                                    PyObject* application) override;
  void ResponseStarted(const python::Attached& attached,
                       PyObject* status,
                       PyObject* headers,
                       PyObject* exc_info) override;
  void Raised(const python::Attached& attached, const python::PythonError& error) override;
  void Finished(const python::Attached& attached, const interpreters::RequestCost& cost);

 private:
  [[nodiscard]] python::Ref Payload(const python::Attached& attached);
  // Which process has the connection, and when the request came to where.
  void SetWay(const python::Ref& payload) const;
  void Publish(const python::Attached& attached,
               const char* name,
               const python::Ref& payload) const;

  const interpreters::ModWsgiModule& module_;
  interpreters::CurrentRequest& request_;
  const exchange::RequestHead& head_;
  const double started_at_;
};

}  // namespace hosts::applications
