#include "hosts/wsgi/ongoing_request.h"

#include <gmock/gmock.h>

#include <atomic>
#include <string>
#include <thread>

#include "hosts/python/error.h"
#include "hosts/python/runtime.h"
#include "hosts/wsgi/testing/doubles.h"

namespace hosts::wsgi {
namespace {

using python::Attached;
using ::testing::HasSubstr;

// A thread of the application waits to write while another one sends, and meanwhile the request ends: what it would
// send belonged to nobody.
TEST(InUse, IsRefusedToWhoWaitedBeyondTheEndOfTheRequest) {
  const auto runtime = std::move(*python::Runtime::Start());
  testing::FakeBody body;
  testing::RecordingSink sink;
  Answer answer(sink);
  OngoingRequest request(body, answer);
  OngoingHandle handle(request);
  std::atomic<bool> is_about_to = false;
  std::string raised;
  std::thread late;
  const Attached attached(runtime->starting_thread());
  {
    const InUse in_use(attached, request, "the answer");
    late = std::thread([&] {
      python::ThreadState state(runtime->main());
      const Attached attached_there(state);
      is_about_to = true;
      is_about_to.notify_one();
      try {
        const InUse refused(attached_there, handle, "write()");
      } catch (const python::PythonError& error) {
        raised = error.Describe(attached_there).lines.back();
      }
    });
    {
      const python::GilReleased released(attached);
      is_about_to.wait(false);
    }  // whoever had the GIL waits now, where there is one
    handle.End();
  }
  {
    const python::GilReleased released(attached);
    late.join();
  }
  request.WaitUntilUnused(attached);
  EXPECT_THAT(raised, HasSubstr("write() was used after its request had ended"));
}

}  // namespace
}  // namespace hosts::wsgi
