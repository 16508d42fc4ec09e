#include "hosts/python/restricted_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hosts/python/runtime.h"
#include "hosts/python/testing/source.h"

namespace hosts::python {
namespace {

using testing::Execute;
using testing::Say;

constexpr const char* kTry = R"(
def raised(use):
    try:
        use()
    except OSError as error:
        return str(error)
)";

TEST(RestrictedStream, RaisesForEveryAttribute) {
  const auto runtime = std::move(*Runtime::Start());
  const Attached attached(runtime->starting_thread());
  RestrictStream(attached, StandardStream::Output);
  Execute(attached, std::string("import sys\n") + kTry);
  const std::string expected = "sys.stdout is not for applications here";
  EXPECT_EQ(Say(attached, "raised(lambda: print('text'))"), expected);
  EXPECT_EQ(Say(attached, "raised(lambda: sys.stdout.encoding)"), expected);
  EXPECT_EQ(Say(attached, "raised(lambda: sys.stdout.__class__)"), expected);
  EXPECT_EQ(Say(attached, "type(sys.stdout).__name__"), "Restricted");
}

TEST(RestrictedStream, LetsPythonEndWithoutAWord) {
  ::testing::internal::CaptureStderr();
  {
    const auto runtime = std::move(*Runtime::Start());
    const Attached attached(runtime->starting_thread());
    RestrictStream(attached, StandardStream::Output);
  }
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace hosts::python
