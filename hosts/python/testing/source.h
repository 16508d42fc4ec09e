#pragma once
// Python source text for tests: run it, or ask what an expression says.
//
// Threads: attached.
// Fails:   an exception becomes a PythonError, which fails the test.

#include <string>

#include "hosts/python/ref.h"
#include "hosts/python/thread_state.h"

namespace hosts::python::testing {

// Runs statements in __main__.
void Execute(const Attached& attached, const std::string& statements);
// str() of an expression in __main__.
[[nodiscard]] std::string Say(const Attached& attached, const std::string& expression);
[[nodiscard]] Ref Evaluate(const Attached& attached, const std::string& expression);

}  // namespace hosts::python::testing
