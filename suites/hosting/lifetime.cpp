#include "suites/hosting/lifetime.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <chrono>

#include "suites/hosts_under_test/eventually.h"
#include "suites/hosts_under_test/host_words.h"

namespace suites::hosting {

using client::HttpClient;
using hosts::base::Clock;
using hosts_under_test::Eventually;
using hosts_under_test::Execute;
using hosts_under_test::Need;
using hosts_under_test::Soon;
using hosts_under_test::Where;
using hosts_under_test::WordsOfAnyEnd;
using hosts_under_test::WordsOfDrain;

double SecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

void LifetimeCheck::ServeSubject(std::string_view options, std::string_view further) {
  (void)Need(stage().Copy("probe.wsgi", "subject.wsgi"));
  Serve(fmt::format("ThreadsPerChild 8\nWSGIDaemonProcess one {}\n{}{}",
                    options,
                    further,
                    Alias("subject",
                          fmt::format("process-group=one application-group={}",
                                      ApplicationGroupOf(interpreter_)))));
}

pid_t LifetimeCheck::Pid() const {
  auto client = host().NewClient();
  return Need(Where(client, "/subject")).pid;
}

void LifetimeCheck::ExpectToServeUntilAnswered(int signal,
                                               std::string_view reason,
                                               std::chrono::milliseconds meanwhile) const {
  auto held = Begin(Held("a"));
  ASSERT_TRUE(IsInside("a"));
  const pid_t before = Pid();
  ASSERT_EQ(::kill(before, signal), 0);
  ASSERT_TRUE(IsLogged(WordsOfDrain(reason)));
  auto client = host().NewClient();
  const auto answer = Need(Execute(client,
                                   "/subject",
                                   fmt::format("import time\nbegun = time.monotonic()\n"
                                               "result = wait_for(lambda: time.monotonic() >= "
                                               "begun + {})",
                                               std::chrono::duration<double>(meanwhile).count())));
  EXPECT_EQ(host().Log().find(WordsOfAnyEnd()), std::string::npos)
      << "it was not left the time to serve";
  Release("a");
  const Outcome outcome = held.get();
  Found(fmt::format(
      "{} process meanwhile, {}", answer.pid == before ? "the same" : "another", outcome.status()));
  EXPECT_EQ(answer.pid, before);
  EXPECT_EQ(outcome.status(), 200);
  EXPECT_NE(PidAfter(before), before);
}

std::future<Outcome> LifetimeCheck::Begin(std::string python,
                                          std::chrono::milliseconds patience) const {
  return std::async(std::launch::async, [port = host().port(), text = std::move(python), patience] {
    HttpClient client(port, std::max(patience, client::Patience()));
    const auto begun = Clock::now();
    Outcome outcome;
    outcome.answer = client.Post("/subject", text);
    outcome.seconds = SecondsSince(begun);
    return outcome;
  });
}

std::string LifetimeCheck::Held(std::string_view name) {
  return fmt::format(
      "import os\n"
      "open(os.path.join(HERE, '{0}.inside'), 'w').close()\n"
      "result = [os.getpid(), wait_for(lambda: exists('{0}.go'))]\n",
      name);
}

bool LifetimeCheck::IsInside(std::string_view name) const {
  return Eventually(
      [&] { return std::filesystem::exists(stage().path(fmt::format("{}.inside", name))); },
      Soon());
}

void LifetimeCheck::Release(std::string_view name) const {
  (void)Need(stage().Write(fmt::format("{}.go", name), ""));
}

pid_t LifetimeCheck::PidAfter(pid_t before) const {
  pid_t now = before;
  EXPECT_TRUE(Eventually([&] { return (now = Pid()) != before; }, Soon()))
      << "process " << before << " is still there";
  return now;
}

bool LifetimeCheck::HasEnded(pid_t pid) const {
  return Eventually(
      [&] {
        const auto children = host().Children();
        return std::ranges::find(children, pid) == children.end();
      },
      Soon());
}

bool LifetimeCheck::IsLogged(std::string_view text) const {
  return Eventually([&] { return host().Log().find(text) != std::string::npos; }, Soon());
}

}  // namespace suites::hosting
