#pragma once
// EnduranceCheck: the fixture of the checks in bad weather: application.py on a host, embedded or in a
// daemon process, clients that misbehave beside one that does not, and what the host holds afterwards.

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/deployment/modes.h"
#include "suites/client/raw_connection.h"
#include "suites/endurance/sizes.h"
#include "suites/hosts_under_test/check.h"
#include "suites/hosts_under_test/chosen_host.h"
#include "suites/hosts_under_test/eventually.h"
#include "suites/hosts_under_test/family.h"

namespace suites::endurance {

using client::RawConnection;
using hosts::deployment::ProcessKind;
using hosts_under_test::CpuSeconds;
using hosts_under_test::Descriptors;
using hosts_under_test::Eventually;
using hosts_under_test::Family;
using hosts_under_test::FamilyOf;
using hosts_under_test::Need;
using hosts_under_test::RssKib;
using hosts_under_test::Soon;

// Sanitizers keep what was freed: nothing can be said about memory.
[[nodiscard]] inline bool MemoryCounts() {
  return !hosts_under_test::IsHostSanitized();
}

inline constexpr int kManyTimes = 200;

// While it lives, processes that are started may open so many files; the most that is possible for 0.
class DescriptorLimit {
 public:
  explicit DescriptorLimit(rlim_t most);
  DescriptorLimit(const DescriptorLimit&) = delete;
  DescriptorLimit& operator=(const DescriptorLimit&) = delete;
  ~DescriptorLimit();
  [[nodiscard]] static rlim_t Greatest();

 private:
  rlimit before_{};
};

class EnduranceCheck : public hosts_under_test::Check,
                       public testing::WithParamInterface<ProcessKind> {
 protected:
  EnduranceCheck() : Check("endurance") {}

  void About(std::string_view rule, std::string_view title, std::string_view expected) const;
  // Found(), and at full size a line for who looks on.
  static void Tell(const std::string& observed);
  // Serves application.py as /app, in processes with so many threads.
  void ServeApplication(int threads, std::string_view directives = "");

  [[nodiscard]] RawConnection Connect() const;
  [[nodiscard]] static std::string Get(std::string_view path);
  [[nodiscard]] static std::string Post(std::string_view path, std::size_t length);
  // The body of the answer to a GET, over a connection of its own, or over this one.
  [[nodiscard]] std::string Ask(std::string_view path) const;
  [[nodiscard]] static std::string Ask(RawConnection& connection, std::string_view path);
  // What the application counted.
  [[nodiscard]] long Counted(std::string_view name) const;
  [[nodiscard]] bool WillHaveCounted(std::string_view name, long number) const;
  // That what was held before is all that is held: descriptors, and memory but for some slack.
  void ExpectNothingIsLeft(const Family& before, std::int64_t slack_kib = 4096) const;
  // Lines of the log with this code.
  [[nodiscard]] long Logged(std::string_view code) const;

 private:
  int threads_ = 0;
};

[[nodiscard]] inline std::string NameOfPlace(const testing::TestParamInfo<ProcessKind>& parameter) {
  return std::string(Name(parameter.param));
}
inline const auto kBothPlaces = testing::Values(ProcessKind::Embedded, ProcessKind::Daemon);

}  // namespace suites::endurance

namespace hosts::deployment {

inline void PrintTo(ProcessKind kind, std::ostream* out) {
  *out << Name(kind);
}

}  // namespace hosts::deployment
