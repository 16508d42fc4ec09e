#include "hosts/interpreters/current_request.h"

#include "hosts/python/call.h"
#include "hosts/python/strings.h"

namespace hosts::interpreters {

using python::Attached;
using python::Ref;
using python::Take;

namespace {
thread_local CurrentRequest* t_current = nullptr;
}

CurrentRequest::CurrentRequest(const Attached&,
                               ActiveRequests& among,
                               std::string_view id,
                               int thread_id)
    : among_(among), id_(id), thread_id_(thread_id) {
  among_.requests_.push_back(this);
  t_current = this;
}

CurrentRequest::~CurrentRequest() {
  t_current = nullptr;
  std::erase(among_.requests_, this);
}

CurrentRequest* CurrentRequest::OfThisThread(const ActiveRequests& among) {
  return t_current != nullptr && &t_current->among_ == &among ? t_current : nullptr;
}

const Ref& CurrentRequest::Data(const Attached&) {
  if (data_) return data_;
  const Ref data = Take(PyDict_New());
  python::Check(PyDict_SetItemString(data.get(), "request_id", python::Latin1(id_).get()));
  python::Check(
      PyDict_SetItemString(data.get(), "thread_id", Take(PyLong_FromLong(thread_id_)).get()));
  // Making them may have let another thread run, which asked for the same.
  if (!data_) data_ = Ref::Share(data.get());
  return data_;
}

}  // namespace hosts::interpreters
