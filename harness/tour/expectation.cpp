#include "harness/tour/expectation.h"

#include <fmt/format.h>

#include <regex>

#include "harness/load/answer_check.h"
#include "harness/tour/answer_json.h"

namespace harness::tour {

using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

namespace {

using Problem = std::optional<std::string>;

std::string Shown(const std::optional<std::string>& value) {
  return value ? fmt::format("'{}'", *value) : "absent";
}

Problem Different(std::string_view what,
                  const std::string& wanted,
                  const std::optional<std::string>& found) {
  if (found && *found == wanted) return std::nullopt;
  return fmt::format("{} is {}, not '{}'", what, Shown(found), wanted);
}

// "http://host/a/b?c" and "/a/b" are both "/a/b".
std::string PathOf(const std::string& url) {
  const size_t scheme = url.find("://");
  const size_t begin =
      scheme == std::string::npos ? 0 : std::min(url.find('/', scheme + 3), url.size());
  return url.substr(begin, std::min(url.find_first_of("?#", begin), url.size()) - begin);
}

Problem JudgeText(const Expectation& expect, const Answer& answer, const Visitor& visitor) {
  load::AnswerCheck check;
  check.status = expect.status;
  for (const auto& [from, to] : {std::pair(&expect.contains, &check.contains),
                                 std::pair(&expect.excludes, &check.excludes)}) {
    for (const std::string& text : *from) {
      auto filled = Fill(text, visitor);
      if (!filled) return filled.error().Text();
      to->push_back(std::move(*filled));
    }
  }
  if (expect.body) {
    auto filled = Fill(*expect.body, visitor);
    if (!filled) return filled.error().Text();
    check.body = std::move(*filled);
  }
  return load::Mismatch(check, answer.status, answer.body);
}

Problem JudgeHead(const Expectation& expect,
                  const Answer& answer,
                  const Site& site,
                  const Visitor& visitor) {
  for (const auto& [name, value] : expect.headers) {
    const auto wanted = Fill(value, visitor);
    if (!wanted) return wanted.error().Text();
    if (auto problem = Different("header " + name, *wanted, answer.Header(name))) return problem;
  }
  if (expect.location) {
    const auto wanted = Fill(*expect.location, visitor);
    if (!wanted) return wanted.error().Text();
    const auto found = answer.Header("Location");
    const auto path = found ? std::optional(PathOf(*found)) : std::nullopt;
    if (auto problem = Different("Location", site.mount + *wanted, path)) return problem;
  }
  if (expect.chunked) {
    if (const auto length = answer.Header("Content-Length")) {
      return fmt::format("header Content-Length is '{}': the answer was to be streamed", *length);
    }
    return Different("header Transfer-Encoding", "chunked", answer.Header("Transfer-Encoding"));
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> Judge(const Expectation& expect,
                                 const Answer& answer,
                                 const Site& site,
                                 const Visitor& visitor) {
  if (auto problem = JudgeText(expect, answer, visitor)) return problem;
  if (auto problem = JudgeHead(expect, answer, site, visitor)) return problem;
  for (const auto& [key, value] : expect.json) {
    const auto wanted = Fill(value, visitor, Quoting::InJson);
    if (!wanted) return wanted.error().Text();
    const auto found = TopLevelValue(answer.body, key, As::Json);
    if (auto problem = Different("JSON " + key, *wanted, found)) return problem;
  }
  return std::nullopt;
}

Result<std::string> CaptureFrom(const Capture& capture,
                                const Answer& answer,
                                const Visitor& visitor) {
  switch (capture.from) {
    case Capture::From::Cookie: {
      const auto found = visitor.cookies.find(capture.what);
      if (found != visitor.cookies.end()) return found->second;
      break;
    }
    case Capture::From::Json:
      if (auto found = TopLevelValue(answer.body, capture.what, As::Text)) return *found;
      break;
    case Capture::From::Regex: {
      std::smatch match;
      if (std::regex_search(answer.body, match, std::regex(capture.what)) && match.size() > 1) {
        return match[1].str();
      }
      break;
    }
  }
  return Error{
      ErrorKind::NotFound,
      fmt::format(
          "nothing to capture as {}: '{}' is not in the answer", capture.name, capture.what)};
}

}  // namespace harness::tour
