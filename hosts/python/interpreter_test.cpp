#include "hosts/python/interpreter.h"

#include <gtest/gtest.h>

#include "hosts/python/call.h"
#include "hosts/python/runtime.h"
#include "hosts/python/thread_state.h"

namespace hosts::python {
namespace {

TEST(Interpreter, StartsAndEnds) {
  auto runtime = Runtime::Start();
  ASSERT_TRUE(runtime) << runtime.error().Text();
  auto& main = (*runtime)->starting_thread();
  auto sub = Interpreter::MakeSub(main);
  ASSERT_TRUE(sub) << sub.error().Text();
  {
    ThreadState state(**sub);
    Attached attached(state);
    const Ref one = Take(
        PyRun_String("1", Py_eval_input, PyEval_GetBuiltins(), PyEval_GetBuiltins()));
    EXPECT_EQ(PyLong_AsLong(one.get()), 1);
  }
  EXPECT_EQ((*sub)->End(main), Interpreter::Ended::Destroyed);
}

}  // namespace
}  // namespace hosts::python
