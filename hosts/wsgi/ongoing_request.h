#pragma once
// OngoingRequest: what wsgi.input, start_response and write() have in common while their request
// is being answered.
// OngoingHandle:  how they hold it: they may outlive the request, and an application may hand them to other threads.
// InUse:          the scope in which one thread uses the request's body or sink.
//
// When the request is over its handles are ended, so that nobody begins (INP-4), and then who is inside is waited for.
// A body and a sink are used by one thread at a time: a second one waits.
//
// Threads: attached; the waits release the GIL, if there is one. Its locks are held for moments, and nothing of Python
//          happens meanwhile.
// Fails:   InUse throws PythonError: RuntimeError when the request is over, or when the thread is
//          inside already (a finalizer ran).

#include <condition_variable>
#include <mutex>
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

  // Waits until no thread is inside or about to be. The caller has ended the handles first.
  void WaitUntilUnused(const python::Attached& attached);

 private:
  friend class InUse;
  friend class OngoingHandle;
  std::mutex mutex_;
  std::condition_variable changed_;
  int users_ = 0;  // inside, or about to be
  std::thread::id user_{};
  bool is_in_use_ = false;
};

class OngoingHandle {
 public:
  explicit OngoingHandle(OngoingRequest& request) : request_(&request) {}
  OngoingHandle(const OngoingHandle&) = delete;
  OngoingHandle& operator=(const OngoingHandle&) = delete;

  // The request is over, or about to be: who is inside may still use it.
  void End();
  [[nodiscard]] bool has_ended() const;

 private:
  friend class InUse;
  // Counts the caller among the users; null: the request is over.
  [[nodiscard]] OngoingRequest* Enter();

  mutable std::mutex mutex_;
  OngoingRequest* request_;
};

class [[nodiscard]] InUse {
 public:
  // what: "wsgi.input", for the exception.
  InUse(const python::Attached& attached, OngoingHandle& handle, const char* what);
  // For the thread that answers.
  InUse(const python::Attached& attached, OngoingRequest& request, const char* what);
  InUse(const InUse&) = delete;
  InUse& operator=(const InUse&) = delete;
  ~InUse();

  [[nodiscard]] OngoingRequest& request() const { return request_; }
  [[nodiscard]] const python::Attached& attached() const { return attached_; }

 private:
  void Begin(std::unique_lock<std::mutex> lock, const char* what);
  void Leave();

  const python::Attached& attached_;
  OngoingRequest& request_;
};

}  // namespace hosts::wsgi
