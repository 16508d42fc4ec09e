#include "suites/isolation/request_in_flight.h"

#include <fmt/format.h>

#include <atomic>

#include "suites/hosts_under_test/check.h"
#include "suites/hosts_under_test/eventually.h"

namespace suites::isolation {

using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;
using hosts_under_test::ExecuteWhere;
using hosts_under_test::ProbeAnswer;

namespace {

std::string NewName() {
  static std::atomic<int> count{0};
  return fmt::format("flight{}", ++count);
}

}  // namespace

RequestInFlight::RequestInFlight(const hosts_under_test::Stage& stage,
                                 int port,
                                 const std::string& url,
                                 const std::string& wanted)
    : stage_(stage),
      name_(NewName()),
      answer_(Error{ErrorKind::Closed, "never asked"}),
      thread_([this, port, url, wanted] {
        client::HttpClient client(port);
        const std::string python = fmt::format(
            "open(HERE + '/{0}.running', 'w').close()\n"
            "wait_for(lambda: exists('{0}.go'))\n"
            "result = 'done'",
            name_);
        answer_ = ExecuteWhere(wanted, client, url, python, "");
        is_answered_ = true;
      }) {}

RequestInFlight::~RequestInFlight() {
  if (thread_.joinable()) (void)LetGo();  // the check has ended already: nobody wants the answer
}

bool RequestInFlight::HasBegun() const {
  const auto is_running = [this] {
    return std::filesystem::exists(stage_.path(name_ + ".running"));
  };
  (void)hosts_under_test::Eventually([&] { return is_running() || is_answered_.load(); },
                                     hosts_under_test::Soon());
  return is_running();
}

Result<ProbeAnswer> RequestInFlight::LetGo() {
  const auto written = stage_.Write(name_ + ".go", "");
  thread_.join();
  if (!written) return written.error();
  return answer_;
}

}  // namespace suites::isolation
