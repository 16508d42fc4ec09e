#include "reports/samples/sample_hosts.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace reports::samples {

using record::CheckOutcome;

namespace {

constexpr std::string_view kShapes[] = {"a request line without a version",
                                        "two Host fields",
                                        "a chunk size with a sign",
                                        "a body shorter than its length",
                                        "a field name with a space before its colon",
                                        "an absolute target",
                                        "a fold in a field"};
constexpr std::string_view kSuites[] = {"http1", "pep3333", "hosting"};

// What a host makes of a subject, the same everywhere.
CheckOutcome OutcomeOf(const std::string& host, int subject, std::size_t place) {
  const auto salt = static_cast<int>(host.size()) * 7 + static_cast<int>(place);
  if (host == "engine") return CheckOutcome::Passed;
  if ((subject * 13 + salt) % 41 == 0) return CheckOutcome::Failed;
  if ((subject * 5 + salt) % 37 == 0) return CheckOutcome::ExpectedFailure;
  if (subject % 10 == 9) return CheckOutcome::NotApplicable;
  return CheckOutcome::Passed;
}

record::Check CheckOf(const std::string& host,
                      int subject,
                      std::size_t place,
                      std::size_t transcript_bytes) {
  const std::string_view mode = place == 0 ? "embedded/main" : "daemon/main";
  std::string ending(mode);
  std::ranges::replace(ending, '/', '_');
  record::Check check;
  check.suite = kSuites[static_cast<std::size_t>(subject) % std::size(kSuites)];
  check.check = fmt::format("Shapes.Row/{}_{}", subject, ending);
  if (host != "engine") check.host = host;
  check.rule = fmt::format("RFC 9112, {}.{}", 2 + subject % 8, 1 + subject % 3);
  check.level = subject % 4 == 0 ? record::Level::Should : record::Level::Must;
  check.mode = mode;
  check.title = fmt::format(
      "{} ({})", kShapes[static_cast<std::size_t>(subject) % std::size(kShapes)], subject);
  check.expected = "400 and an end of the connection";
  check.outcome = OutcomeOf(host, subject, place);
  check.ms = 3.5;
  check.reproduce = fmt::format("wsgilab-checks --host {} --gtest_filter='{}'", host, check.check);
  const bool has_failed =
      check.outcome == CheckOutcome::Failed || check.outcome == CheckOutcome::ExpectedFailure;
  if (has_failed) {
    check.observed = "200";
    check.detail = "the request was answered as if it were a good one";
    check.transcript =
        "--> sent\nGET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n<-- received\nHTTP/1.1 200 OK\r\n";
    check.transcript->append(transcript_bytes, '.');
  } else {
    check.observed = "400 and an end of the connection";
  }
  return check;
}

}  // namespace

std::vector<record::Check> SampleHostChecks(const std::vector<std::string>& hosts,
                                            int subjects,
                                            std::size_t transcript_bytes) {
  std::vector<record::Check> checks;
  for (const std::string& host : hosts) {
    for (int subject = 0; subject < subjects; ++subject) {
      for (const std::size_t place : {0U, 1U})
        checks.push_back(CheckOf(host, subject, place, transcript_bytes));
    }
  }
  return checks;
}

}  // namespace reports::samples
