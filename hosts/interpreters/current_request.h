#pragma once
// CurrentRequest: a request that a thread of this process is busy with, as mod_wsgi.request_data() and
//                 mod_wsgi.active_requests show it (API-4): a dict that applications may keep things in,
//                 made when somebody asks for it.
// ActiveRequests: those of one interpreter.
//
// Owns:    a CurrentRequest the dict: it ends attached to its interpreter.
// Threads: attached to the interpreter; a CurrentRequest lives on the thread that answers.
// Fails:   Data throws PythonError.

#include <string_view>
#include <vector>

#include "hosts/python/ref.h"
#include "hosts/python/thread_state.h"

namespace hosts::interpreters {

class CurrentRequest;

class ActiveRequests {
 public:
  [[nodiscard]] const std::vector<CurrentRequest*>& requests() const { return requests_; }

 private:
  friend class CurrentRequest;
  std::vector<CurrentRequest*> requests_;
};

class CurrentRequest {
 public:
  // The id must outlive it.
  CurrentRequest(const python::Attached& attached,
                 ActiveRequests& among,
                 std::string_view id,
                 int thread_id);
  CurrentRequest(const CurrentRequest&) = delete;
  CurrentRequest& operator=(const CurrentRequest&) = delete;
  ~CurrentRequest();

  // Of this thread, in that interpreter; null outside of requests.
  [[nodiscard]] static CurrentRequest* OfThisThread(const ActiveRequests& among);

  [[nodiscard]] std::string_view id() const { return id_; }
  [[nodiscard]] int thread_id() const { return thread_id_; }
  [[nodiscard]] const python::Ref& Data(const python::Attached& attached);

 private:
  ActiveRequests& among_;
  const std::string_view id_;
  const int thread_id_;
  python::Ref data_;
};

}  // namespace hosts::interpreters
