#pragma once
// OngoingRequest: what wsgi.input, start_response and write() have in common while their request
// is being answered.
// InUse:          the scope in which one thread uses the request's body or sink.
//
// Those objects may outlive the request, and an application may hand them to other threads. They
// hold a pointer to this, which End takes away (INP-4) after waiting for a thread that is inside.
// A body and a sink are used by one thread at a time: a second one waits.
//
// Threads: attached; the waits release the GIL.
// Fails:   InUse throws PythonError: RuntimeError when the request is over, or when the thread is
//          inside already (a finalizer ran).

#include <atomic>
#include <thread>

#include "hosts/exchange/request.h"
#include "hosts/python/thread_state.h"
#include "hosts/wsgi/answer.h"
#include "hosts/wsgi/observer.h"

namespace hosts::wsgi {

class OngoingRequest {
 public:
  OngoingRequest(exchange::RequestBody& request_body,
                 Answer& its_answer,
                 Observer* its_observer = nullptr)
      : body(request_body), answer(its_answer), observer(its_observer) {}
  OngoingRequest(const OngoingRequest&) = delete;
  OngoingRequest& operator=(const OngoingRequest&) = delete;

  exchange::RequestBody& body;
  Answer& answer;
  Observer* const observer;  // null: nobody wants to hear

  // Waits until no thread is inside or about to be. The caller has taken the pointers away first.
  void WaitUntilUnused(const python::Attached& attached);

 private:
  friend class InUse;
  std::atomic<int> users_{0};
  std::atomic<bool> is_in_use_{false};
  std::atomic<std::thread::id> user_{};
};

class [[nodiscard]] InUse {
 public:
  // what: "wsgi.input", for the exception.
  InUse(const python::Attached& attached, OngoingRequest* request, const char* what);
  InUse(const InUse&) = delete;
  InUse& operator=(const InUse&) = delete;
  ~InUse();

 private:
  OngoingRequest& request_;
};

}  // namespace hosts::wsgi
