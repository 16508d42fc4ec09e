#pragma once
// HostingReload:   the fixture of checks of scripts that change while they are served.
// HostingReloadIn: the same, in each of the places where an application can be.

#include <gtest/gtest.h>
#include <sys/types.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <string_view>

#include "suites/hosting/changing_script.h"
#include "suites/hosting/configured.h"
#include "suites/hosts_under_test/check.h"
#include "suites/hosts_under_test/chosen_host.h"
#include "suites/hosts_under_test/host_words.h"
#include "suites/hosts_under_test/place.h"

namespace suites::hosting {

class HostingReload : public hosts_under_test::Check {
 protected:
  HostingReload() : Check("hosting") {}

  [[nodiscard]] VersionAnswer Ask(const std::string& path) const {
    return ParseVersionAnswer(hosts_under_test::Need(NewClient().Get(path)));
  }
  [[nodiscard]] VersionAnswer Post(const std::string& path, const std::string& body) const {
    return ParseVersionAnswer(hosts_under_test::Need(NewClient().Post(path, body)));
  }
  // One that has the time for the replacement of a process: with mod_wsgi before 6.0 that may take all of shutdown-timeout,
  // if there was a sub-interpreter in it (SHUT-7).
  [[nodiscard]] client::HttpClient NewClient() const {
    constexpr std::chrono::milliseconds kReplacement{15'000};
    return client::HttpClient(host().port(),
                              hosts_under_test::IsEngineChosen()
                                  ? client::Patience()
                                  : std::max(client::Patience(), kReplacement));
  }
  [[nodiscard]] int Logged(std::string_view code) const {
    return CountOf(fmt::format(" {} ", code));
  }
  // How many requests have been sent on by a process whose script had changed.
  [[nodiscard]] int Refusals() const { return CountOf(hosts_under_test::WordsOfRefusal()); }
  // How often these words are in the log.
  [[nodiscard]] int CountOf(std::string_view words) const {
    const std::string log = host().Log();
    int count = 0;
    for (size_t at = log.find(words); at != std::string::npos; at = log.find(words, at + 1))
      ++count;
    return count;
  }
  [[nodiscard]] std::set<pid_t> ChildrenNow() const {
    const auto children = host().Children();
    return {children.begin(), children.end()};
  }
};

class HostingReloadIn : public HostingReload,
                        public testing::WithParamInterface<hosts_under_test::Place> {
 protected:
  [[nodiscard]] static bool is_daemon() { return GetParam().process == ProcessKind::Daemon; }
  [[nodiscard]] static std::string ModeName() { return hosts_under_test::ModeOf(GetParam()); }
  void ServePlaced(const std::string& more) {
    Serve("StartServers 1\n" + hosts_under_test::PlacedIn(GetParam()) + more);
  }
  // The new code was loaded where the rule says.
  static void ExpectReloaded(const VersionAnswer& before, const VersionAnswer& after) {
    EXPECT_EQ(after.status, 200);
    EXPECT_NE(after.load, before.load);
    EXPECT_EQ(after.pid != before.pid, is_daemon());
  }
};

[[nodiscard]] inline std::string NameOfPlace(
    const testing::TestParamInfo<hosts_under_test::Place>& parameter) {
  return hosts_under_test::NameOf(parameter.param);
}

}  // namespace suites::hosting
