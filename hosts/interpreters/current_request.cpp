#include "hosts/interpreters/current_request.h"

#include <algorithm>
#include <utility>

#include "hosts/python/call.h"
#include "hosts/python/strings.h"

namespace hosts::interpreters {

using python::Attached;
using python::Ref;
using python::Take;

namespace {
thread_local CurrentRequest* t_current = nullptr;

Ref NewData(std::string_view id, int thread_id) {
  Ref data = Take(PyDict_New());
  python::Check(PyDict_SetItemString(data.get(), "request_id", python::Latin1(id).get()));
  python::Check(
      PyDict_SetItemString(data.get(), "thread_id", Take(PyLong_FromLong(thread_id)).get()));
  return data;
}

}  // namespace

std::vector<ActiveRequests::Identity> ActiveRequests::Identities() {
  const std::lock_guard lock(mutex_);
  std::vector<Identity> identities;
  for (const CurrentRequest* request : requests_)
    identities.push_back({request, std::string(request->id_), request->thread_id_});
  return identities;
}

Ref ActiveRequests::DataOf(const Identity& identity, const Ref& made) {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find_if(requests_, [&identity](const CurrentRequest* request) {
    return request == identity.request && request->id_ == identity.id;
  });
  if (found == requests_.end()) return {};
  CurrentRequest& request = **found;
  if (!request.data_) request.data_ = made.share();
  return request.data_.share();
}

// A dict is made for each, though it may have one: not under the lock, and seldom is this asked.
std::vector<ActiveRequests::Entry> ActiveRequests::All(const Attached&) {
  std::vector<Entry> entries;
  for (Identity& identity : Identities()) {
    const Ref made = NewData(identity.id, identity.thread_id);
    Ref data = DataOf(identity, made);
    if (data) entries.push_back({std::move(identity.id), std::move(data)});
  }
  return entries;
}

CurrentRequest::CurrentRequest(const Attached&,
                               ActiveRequests& among,
                               std::string_view id,
                               int thread_id)
    : among_(among), id_(id), thread_id_(thread_id) {
  const std::lock_guard lock(among_.mutex_);
  among_.requests_.push_back(this);
  t_current = this;
}

CurrentRequest::~CurrentRequest() {
  t_current = nullptr;
  const std::lock_guard lock(among_.mutex_);
  std::erase(among_.requests_, this);
}

CurrentRequest* CurrentRequest::OfThisThread(const ActiveRequests& among) {
  return t_current != nullptr && &t_current->among_ == &among ? t_current : nullptr;
}

Ref CurrentRequest::Data(const Attached&) {
  {
    const std::lock_guard lock(among_.mutex_);
    if (data_) return data_.share();
  }
  const Ref made = NewData(id_, thread_id_);
  const std::lock_guard lock(among_.mutex_);
  if (!data_) data_ = made.share();  // another thread may have asked for the same meanwhile
  return data_.share();
}

}  // namespace hosts::interpreters
