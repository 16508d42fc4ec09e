#include "hosts/wsgi/ongoing_request.h"

#include <fmt/format.h>

#include "hosts/python/error.h"

namespace hosts::wsgi {

using python::PythonError;

namespace {

OngoingRequest& Required(OngoingRequest* request, const char* what) {
  if (request == nullptr) {
    throw PythonError(PyExc_RuntimeError,
                      fmt::format("{} was used after its request had ended", what));
  }
  return *request;
}

}  // namespace

// Every change of users_ is made attached: who sees 0 here, sees it for good.
void OngoingRequest::WaitUntilUnused(const python::Attached& attached) {
  for (int users = users_; users != 0; users = users_) {
    const python::GilReleased released(attached);
    users_.wait(users);
  }
}

InUse::InUse(const python::Attached& attached, OngoingRequest* request, const char* what)
    : request_(Required(request, what)) {
  if (request_.user_ == std::this_thread::get_id()) {
    throw PythonError(PyExc_RuntimeError, fmt::format("{} was used from within itself", what));
  }
  ++request_.users_;
  while (request_.is_in_use_.exchange(true)) {
    const python::GilReleased released(attached);
    request_.is_in_use_.wait(true);
  }
  request_.user_ = std::this_thread::get_id();
}

InUse::~InUse() {
  request_.user_ = std::thread::id();
  request_.is_in_use_ = false;
  request_.is_in_use_.notify_one();
  --request_.users_;
  request_.users_.notify_all();
}

}  // namespace hosts::wsgi
