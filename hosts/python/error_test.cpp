#include "hosts/python/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hosts/python/call.h"
#include "hosts/python/runtime.h"
#include "hosts/python/testing/captured_log.h"
#include "hosts/python/testing/source.h"

namespace hosts::python {
namespace {

using testing::Execute;

PythonFailure FailureOf(const Attached& attached, const std::string& source) {
  try {
    Execute(attached, source);
  } catch (const PythonError& error) {
    return error.Describe(attached);
  }
  ADD_FAILURE() << "nothing was raised by: " << source;
  return {};
}

TEST(PythonError, IsDescribedWithItsTracebackLineByLine) {
  const auto runtime = std::move(*Runtime::Start());
  const Attached attached(runtime->starting_thread());
  const auto failure = FailureOf(attached,
                                 "def inner():\n"
                                 "    raise ValueError('one\\ntwo')\n"
                                 "try:\n"
                                 "    inner()\n"
                                 "except ValueError as error:\n"
                                 "    raise KeyError('gone') from error\n");
  EXPECT_EQ(failure.type, "KeyError");
  EXPECT_THAT(failure.lines, ::testing::Contains("ValueError: one"));
  EXPECT_THAT(failure.lines, ::testing::Contains("two"));
  EXPECT_THAT(failure.lines, ::testing::Contains(::testing::HasSubstr("line 2, in inner")));
  EXPECT_EQ(failure.lines.back(), "KeyError: 'gone'");
  EXPECT_EQ(PyErr_Occurred(), nullptr);
}

TEST(PythonError, SystemExitIsAnExceptionLikeAnyOther) {
  const auto runtime = std::move(*Runtime::Start());
  const Attached attached(runtime->starting_thread());
  EXPECT_EQ(FailureOf(attached, "import sys; sys.exit(3)").lines.back(), "SystemExit: 3");
}

TEST(PythonError, ThatCannotBeFormattedIsDescribedByItsType) {
  const auto runtime = std::move(*Runtime::Start());
  const Attached attached(runtime->starting_thread());
  Execute(attached, "import sys; sys.modules['traceback'] = None");
  const auto failure = FailureOf(attached, "raise ValueError('lost')");
  EXPECT_THAT(failure.lines, ::testing::ElementsAre(::testing::StartsWith("ValueError")));
}

TEST(PythonError, TrampolineGivesItBackToPython) {
  const auto runtime = std::move(*Runtime::Start());
  const Attached attached(runtime->starting_thread());
  PyObject* result = Trampoline(
      [](const Attached&) -> Ref { throw PythonError(PyExc_OSError, "the client left"); });
  EXPECT_EQ(result, nullptr);
  const PythonError error;
  EXPECT_TRUE(error.Is(PyExc_OSError));
  EXPECT_EQ(error.Describe(attached).lines.back(), "OSError: the client left");
}

TEST(PythonError, IsLoggedOneRecordALine) {
  const auto runtime = std::move(*Runtime::Start());
  const Attached attached(runtime->starting_thread());
  const testing::CapturedLog log;
  LogFailure("H0302", "heading", FailureOf(attached, "1/0"));
  EXPECT_THAT(log.Lines("H0302"),
              ::testing::ElementsAre("heading",
                                     "Traceback (most recent call last):",
                                     "  File \"<string>\", line 1, in <module>",
                                     "ZeroDivisionError: division by zero"));
}

}  // namespace
}  // namespace hosts::python
