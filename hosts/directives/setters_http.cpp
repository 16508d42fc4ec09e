// Directives of Apache's core and of mod_reqtimeout that say how large a request may be, how slow a
// client, and how long its connection is kept.

#include "hosts/base/numbers.h"
#include "hosts/directives/language.h"
#include "hosts/directives/setters.h"

namespace hosts::directives {
namespace {

using base::ParseWhole;
using base::Result;
using deployment::ReadTimeout;
using std::chrono::milliseconds;

constexpr std::int64_t kMostSeconds = 86'400;
constexpr std::uint32_t kMostLineBytes = 1024 * 1024;
constexpr std::uint32_t kMostFields = 32'767;

// "5" are seconds, "500ms" milliseconds.
Result<milliseconds> ReadSpan(const Word& word) {
  constexpr int kMillisecondsOfSecond = 1000;
  std::string_view text = word.text;
  const bool is_ms = text.ends_with("ms");
  if (is_ms) text.remove_suffix(2);
  const auto number = ParseWhole<std::int64_t>(text);
  const std::int64_t most = is_ms ? kMostSeconds * kMillisecondsOfSecond : kMostSeconds;
  if (!number || *number < 1 || *number > most) {
    return Refuse(word,
                  "{} is not a time: write seconds from 1 to {}, or milliseconds like 500ms",
                  Shown(word.text),
                  kMostSeconds);
  }
  return milliseconds(is_ms ? *number : *number * kMillisecondsOfSecond);
}

Result<std::uint32_t> ReadCount(const Word& word, std::uint32_t lowest, std::uint32_t highest) {
  const auto number = ParseWhole<std::uint32_t>(word.text);
  if (number && *number >= lowest && *number <= highest) return *number;
  return Refuse(word, "{} is not a whole number from {} to {}", Shown(word.text), lowest, highest);
}

// "20", "20-40", "20,MinRate=500" or "20-40,MinRate=500"; 0: no limit.
Result<ReadTimeout> ReadTimeoutOf(const Word& word, std::string_view text) {
  const auto refuse = [&word] {
    return Refuse(word,
                  "{} is not understood: write header=20-40,MinRate=500 or body=20,MinRate=500",
                  Shown(word.text));
  };
  constexpr std::string_view kMinRate = "MinRate=";
  ReadTimeout timeout;
  const size_t comma = text.find(',');
  if (comma != std::string_view::npos) {
    std::string_view rate = text.substr(comma + 1);
    if (!SameLetters(rate.substr(0, kMinRate.size()), kMinRate)) return refuse();
    const auto bytes = ParseWhole<std::uint32_t>(rate.substr(kMinRate.size()));
    if (!bytes || *bytes == 0) return refuse();
    timeout.bytes_per_second = *bytes;
    text = text.substr(0, comma);
  }
  const size_t dash = text.find('-');
  const auto first = ParseWhole<std::int64_t>(text.substr(0, dash));
  if (!first || *first < 0 || *first > kMostSeconds) return refuse();
  timeout.first = std::chrono::seconds(*first);
  if (dash == std::string_view::npos) return timeout;
  const auto most = ParseWhole<std::int64_t>(text.substr(dash + 1));
  if (!most || *most <= *first || *most > kMostSeconds) return refuse();
  if (timeout.bytes_per_second == 0) timeout.bytes_per_second = 1;
  timeout.most = std::chrono::seconds(*most);
  return timeout;
}

}  // namespace

Result<void> SetLimitRequestLine(const Directive& directive, Scope& scope) {
  const auto bytes = ReadCount(directive.arguments.front(), 1, kMostLineBytes);
  if (!bytes) return bytes.error();
  scope.host().http.request_line = *bytes;
  return {};
}

Result<void> SetLimitRequestFieldSize(const Directive& directive, Scope& scope) {
  const auto bytes = ReadCount(directive.arguments.front(), 1, kMostLineBytes);
  if (!bytes) return bytes.error();
  scope.host().http.field_size = *bytes;
  return {};
}

Result<void> SetLimitRequestFields(const Directive& directive, Scope& scope) {
  const auto count = ReadCount(directive.arguments.front(), 0, kMostFields);
  if (!count) return count.error();
  scope.host().http.fields = *count;
  return {};
}

Result<void> SetTimeout(const Directive& directive, Scope& scope) {
  const auto span = ReadSpan(directive.arguments.front());
  if (!span) return span.error();
  scope.host().http.timeout = *span;
  return {};
}

Result<void> SetKeepAlive(const Directive& directive, Scope& scope) {
  const auto on = ReadOnOff(directive.arguments.front());
  if (!on) return on.error();
  scope.host().http.keep_alive = *on;
  return {};
}

Result<void> SetKeepAliveTimeout(const Directive& directive, Scope& scope) {
  const auto span = ReadSpan(directive.arguments.front());
  if (!span) return span.error();
  scope.host().http.keep_alive_timeout = *span;
  return {};
}

Result<void> SetMaxKeepAliveRequests(const Directive& directive, Scope& scope) {
  const auto count =
      ReadCount(directive.arguments.front(), 0, std::numeric_limits<std::int32_t>::max());
  if (!count) return count.error();
  scope.host().http.keep_alive_requests = *count;
  return {};
}

Result<void> SetListenBacklog(const Directive& directive, Scope& scope) {
  const auto count = ReadCount(directive.arguments.front(), 1, 65'535);
  if (!count) return count.error();
  scope.settings.listen_backlog = static_cast<int>(*count);
  return {};
}

Result<void> SetRequestReadTimeout(const Directive& directive, Scope& scope) {
  for (const Word& word : directive.arguments) {
    const size_t equals = word.text.find('=');
    const std::string_view what = std::string_view(word.text).substr(0, equals);
    const bool is_head = SameLetters(what, "header");
    if (equals == std::string::npos ||
        (!is_head && !SameLetters(what, "body") && !SameLetters(what, "handshake"))) {
      return Refuse(word, "{} is not known: write header= or body=", Shown(what));
    }
    const auto timeout = ReadTimeoutOf(word, std::string_view(word.text).substr(equals + 1));
    if (!timeout) return timeout.error();
    if (is_head) {
      scope.host().http.head_timeout = *timeout;
    } else if (SameLetters(what, "body")) {
      scope.host().http.body_timeout = *timeout;
    }
  }
  return {};
}

Result<std::uint64_t> ReadBodyLimit(const Word& word) {
  constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 62;
  const auto bytes = ParseWhole<std::uint64_t>(word.text);
  if (bytes && *bytes <= kMostBytes) return *bytes;
  return Refuse(word, "{} is not a number of bytes; 0 is any number", Shown(word.text));
}

}  // namespace hosts::directives
