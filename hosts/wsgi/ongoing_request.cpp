#include "hosts/wsgi/ongoing_request.h"

#include <fmt/format.h>

#include <utility>

#include "hosts/python/error.h"

namespace hosts::wsgi {

using python::PythonError;

namespace {

PythonError TooLate(const char* what) {
  return PythonError(PyExc_RuntimeError,
                     fmt::format("{} was used after its request had ended", what));
}

OngoingRequest& Required(OngoingRequest* request, const char* what) {
  if (request == nullptr) throw TooLate(what);
  return *request;
}

}  // namespace

// The handles are ended: who sees 0 here, sees it for good.
void OngoingRequest::WaitUntilUnused(const python::Attached& attached) {
  {
    const std::lock_guard lock(mutex_);
    if (users_ == 0) return;
  }
  const python::GilReleased released(attached);
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return users_ == 0; });
}

void OngoingHandle::End() {
  const std::lock_guard lock(mutex_);
  request_ = nullptr;
}

bool OngoingHandle::has_ended() const {
  const std::lock_guard lock(mutex_);
  return request_ == nullptr;
}

OngoingRequest* OngoingHandle::Enter() {
  const std::lock_guard lock(mutex_);
  if (request_ == nullptr) return nullptr;
  const std::lock_guard of_request(request_->mutex_);
  ++request_->users_;
  return request_;
}

InUse::InUse(const python::Attached& attached, OngoingHandle& handle, const char* what)
    : attached_(attached), request_(Required(handle.Enter(), what)) {
  Begin(std::unique_lock(request_.mutex_), what);
  if (!handle.has_ended()) return;
  Leave();  // it ended while this thread waited for another one
  throw TooLate(what);
}

InUse::InUse(const python::Attached& attached, OngoingRequest& request, const char* what)
    : attached_(attached), request_(request) {
  std::unique_lock lock(request_.mutex_);
  ++request_.users_;
  Begin(std::move(lock), what);
}

void InUse::Begin(std::unique_lock<std::mutex> lock, const char* what) {
  if (request_.is_in_use_ && request_.user_ == std::this_thread::get_id()) {
    --request_.users_;
    lock.unlock();
    throw PythonError(PyExc_RuntimeError, fmt::format("{} was used from within itself", what));
  }
  if (request_.is_in_use_) {
    lock.unlock();
    const python::GilReleased released(attached_);
    lock.lock();
    request_.changed_.wait(lock, [this] { return !request_.is_in_use_; });
    request_.is_in_use_ = true;
    request_.user_ = std::this_thread::get_id();
    lock.unlock();
    return;
  }
  request_.is_in_use_ = true;
  request_.user_ = std::this_thread::get_id();
}

InUse::~InUse() {
  Leave();
}

void InUse::Leave() {
  const std::lock_guard lock(request_.mutex_);
  request_.is_in_use_ = false;
  --request_.users_;
  request_.changed_.notify_all();
}

}  // namespace hosts::wsgi
