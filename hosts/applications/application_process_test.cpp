#include "hosts/applications/application_process.h"

#include <gtest/gtest.h>

#include <thread>

#include "hosts/applications/testing/site.h"

namespace hosts::applications {
namespace {

using testing::Get;
using testing::Site;

constexpr std::string_view kHello = R"(
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "13")])
    return [b"Hello, world!"]
)";

TEST(ApplicationProcess, AnswersInMainAndSub) {
  Site site;
  const std::string hello = site.Script("hello.wsgi", kHello);
  const auto process = site.Start();
  std::thread([&] {
    Worker worker(*process);
    for (const char* group : {"", "some|group", "", "other"}) {
      const auto answer = Get(worker, site.Request(hello, group));
      EXPECT_EQ(answer.status(), 200);
      EXPECT_EQ(answer.head().reason, "OK");
      EXPECT_EQ(answer.body(), "Hello, world!");
      EXPECT_TRUE(answer.is_finished());
    }
  }).join();
}

}  // namespace
}  // namespace hosts::applications
