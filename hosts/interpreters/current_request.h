#pragma once
// CurrentRequest: a request that a thread of this process is busy with, as mod_wsgi.request_data() and
//                 mod_wsgi.active_requests show it (API-4): a dict that applications may keep things in,
//                 made when somebody asks for it.
// ActiveRequests: those of one interpreter.
//
// Owns:    a CurrentRequest the dict: it ends attached to its interpreter.
// Threads: attached to the interpreter; a CurrentRequest lives on the thread that answers, All asks on any. A lock of
//          moments is between them, under which nothing of Python is made: there need not be a GIL.
// Fails:   Data and All throw PythonError.

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/python/ref.h"
#include "hosts/python/thread_state.h"

namespace hosts::interpreters {

class CurrentRequest;

class ActiveRequests {
 public:
  struct Entry {
    std::string id;
    python::Ref data;
  };
  // Those that are inside now.
  [[nodiscard]] std::vector<Entry> All(const python::Attached& attached);

 private:
  friend class CurrentRequest;
  struct Identity {
    const CurrentRequest* request;
    std::string id;
    int thread_id;
  };
  [[nodiscard]] std::vector<Identity> Identities();
  // What the request has; `made` where it has nothing yet. Null: it is over.
  [[nodiscard]] python::Ref DataOf(const Identity& identity, const python::Ref& made);

  std::mutex mutex_;
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
  [[nodiscard]] python::Ref Data(const python::Attached& attached);

 private:
  friend class ActiveRequests;
  ActiveRequests& among_;
  const std::string_view id_;
  const int thread_id_;
  python::Ref data_;  // guarded by the lock of those among whom it is
};

}  // namespace hosts::interpreters
