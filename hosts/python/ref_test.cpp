#include "hosts/python/ref.h"

#include <gtest/gtest.h>

#include "hosts/python/call.h"
#include "hosts/python/runtime.h"

namespace hosts::python {
namespace {

TEST(Ref, CountsItsReferenceOnce) {
  const auto runtime = std::move(*Runtime::Start());
  const Attached attached(runtime->starting_thread());
  PyObject* list = PyList_New(0);
  {
    Ref stolen = Ref::Steal(list);
    EXPECT_EQ(Py_REFCNT(list), 1);
    const Ref shared = stolen.share();
    EXPECT_EQ(Py_REFCNT(list), 2);
    const Ref moved = std::move(stolen);
    EXPECT_FALSE(stolen);  // NOLINT: that is what is tested
    EXPECT_EQ(Py_REFCNT(list), 2);
    stolen = shared.share();
    stolen.reset();
    EXPECT_EQ(Py_REFCNT(list), 2);
    stolen = moved.share();
    Py_DECREF(stolen.release());
    EXPECT_EQ(Py_REFCNT(list), 2);
    Py_INCREF(list);
  }
  EXPECT_EQ(Py_REFCNT(list), 1);
  Py_DECREF(list);
  EXPECT_EQ(Ref::live(), 0);
}

}  // namespace
}  // namespace hosts::python
