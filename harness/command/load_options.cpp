#include "harness/command/load_options.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <utility>

#include "harness/load/canary.h"
#include "hosts/base/files.h"
#include "hosts/base/numbers.h"

namespace harness::command {

using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::ParseWhole;
using hosts::base::Result;

namespace {

constexpr int kConnections = 16;  // of an open loop, unless somebody says otherwise
constexpr std::string_view kScheme = "http://";

Error Misunderstood(std::string_view text, std::string_view what) {
  return {ErrorKind::InvalidInput, fmt::format("'{}' {}", text, what)};
}

std::optional<double> ParseNumber(std::string_view text) {
  double number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_whole = problem == std::errc() && end == text.data() + text.size();
  if (!is_whole || !std::isfinite(number)) return std::nullopt;
  return number;
}

// "{canary}" where the token of a request goes.
std::string WithPlaceholders(std::string text) {
  constexpr std::string_view kWritten = "{canary}";
  for (std::size_t at = text.find(kWritten); at != std::string::npos; at = text.find(kWritten, at))
    text.replace(at, kWritten.size(), load::kCanaryPlaceholder);
  return text;
}

Result<std::string> BodyOf(const LoadOptions& options) {
  if (!options.body.starts_with('@')) return options.body;
  auto text = hosts::base::ReadFile(options.body.substr(1));
  if (!text) return text.error().While("--body");
  return text;
}

Result<std::string> FieldsOf(const LoadOptions& options, const Url& url) {
  std::string fields = fmt::format("Host: {}\r\n", url.host);
  for (const std::string& header : options.headers) {
    const std::size_t colon = header.find(':');
    if (colon == 0 || colon == std::string::npos ||
        header.find_first_of("\r\n") != std::string::npos) {
      return Misunderstood(header, "is no header: write --header 'Name: value'");
    }
    if (header.substr(0, colon) == "Host") fields.clear();
    fields += header + "\r\n";
  }
  return fields;
}

// "3 /path": the weight, and the target of the request.
struct Share {
  int weight = 1;
  std::string path;
};

Result<Share> ParseShare(const std::string& text) {
  const std::size_t blank = text.find(' ');
  const auto weight = ParseWhole<int>(std::string_view(text).substr(0, blank));
  if (blank == std::string::npos || !weight || *weight < 1 || text[blank + 1] != '/') {
    return Misunderstood(text,
                         "is no share of a mix: write --mix '3 /path', with a weight from 1 up");
  }
  return Share{*weight, text.substr(blank + 1)};
}

Result<std::vector<load::LoadRequest>> RequestsOf(const LoadOptions& options, const Url& url) {
  const auto body = BodyOf(options);
  if (!body) return body.error();
  const auto fields = FieldsOf(options, url);
  if (!fields) return fields.error();
  std::vector<Share> shares;
  if (options.mix.empty()) shares.push_back({1, url.path});
  for (const std::string& text : options.mix) {
    auto share = ParseShare(text);
    if (!share) return share.error();
    shares.push_back(std::move(*share));
  }
  const std::string length =
      body->empty() ? "" : fmt::format("Content-Length: {}\r\n", WithPlaceholders(*body).size());
  const std::string close = options.new_connections ? "Connection: close\r\n" : "";
  std::vector<load::LoadRequest> requests;
  for (const Share& share : shares) {
    if (share.path.find_first_of(" \r\n") != std::string::npos) {
      return Misunderstood(share.path, "has a blank in it: write %20");
    }
    load::LoadRequest& request = requests.emplace_back();
    request.name = options.method + " " + share.path;
    request.bytes = WithPlaceholders(fmt::format("{} {} HTTP/1.1\r\n{}{}{}\r\n{}",
                                                 options.method,
                                                 share.path,
                                                 *fields,
                                                 length,
                                                 close,
                                                 *body));
    request.weight = share.weight;
    request.check.status = options.expect_status;
    request.check.contains = options.expect_texts;
  }
  return requests;
}

Result<void> SetRates(const LoadOptions& options, load::LoadProfile& profile) {
  if (!options.ramp.empty()) {
    const std::size_t dots = options.ramp.find("..");
    if (dots == std::string::npos) {
      return Misunderstood(options.ramp, "is no ramp: write --ramp 100..2000");
    }
    const auto from = ParseRate(std::string_view(options.ramp).substr(0, dots));
    const auto to = ParseRate(std::string_view(options.ramp).substr(dots + 2));
    if (!from) return from.error();
    if (!to) return to.error();
    profile.rate_per_s = *from;
    profile.ramp_to_per_s = *to;
  } else if (!options.rate.empty()) {
    const auto rate = ParseRate(options.rate);
    if (!rate) return rate.error();
    profile.rate_per_s = *rate;
  } else {
    return {};
  }
  if (profile.rate_per_s <= 0 && profile.ramp_to_per_s.value_or(0) <= 0) {
    return Misunderstood(options.rate + options.ramp, "asks for nothing: give a rate above 0");
  }
  profile.loop = load::Loop::Open;
  return {};
}

// Ways to offer requests that exclude each other.
Result<void> CheckWays(const LoadOptions& options) {
  const int ways = static_cast<int>(!options.rate.empty()) +
                   static_cast<int>(!options.ramp.empty()) +
                   static_cast<int>(!options.capacity.empty());
  if (ways > 1) {
    return Error{ErrorKind::InvalidInput,
                 "-R, --ramp and --capacity exclude each other: give one of them"};
  }
  if (ways == 0 && options.connections == 0) {
    return Error{ErrorKind::InvalidInput,
                 "say how requests are offered: -R RATE (open loop), -c CONNECTIONS (closed loop), "
                 "--ramp FROM..TO or --capacity 'p99<20ms'"};
  }
  if (options.connections < 0) {
    return Error{ErrorKind::InvalidInput, "-c: give a number of connections from 1 up"};
  }
  if (!options.tour.empty() && !options.mix.empty()) {
    return Error{ErrorKind::InvalidInput, "--tour and --mix exclude each other: give one of them"};
  }
  return {};
}

}  // namespace

Result<Url> ParseUrl(std::string_view text) {
  if (text.starts_with("https://")) {
    return Misunderstood(text,
                         "is HTTPS, which the load generator does not speak: name an http:// URL");
  }
  if (!text.starts_with(kScheme)) {
    return Misunderstood(text, "is no URL: write http://name[:port]/path");
  }
  const std::string_view rest = text.substr(kScheme.size());
  const std::size_t slash = std::min(rest.find_first_of("/?#"), rest.size());
  const std::string_view authority = rest.substr(0, slash);
  const std::string_view path = rest.substr(slash);
  Url url;
  url.path = path.substr(0, path.find('#'));
  if (!url.path.starts_with('/')) url.path.insert(0, 1, '/');
  url.host = authority;
  // An IPv6 address stands in brackets, as it has colons itself.
  const bool is_bracketed = authority.starts_with('[');
  const std::size_t bracket = is_bracketed ? authority.find(']') : 0;
  if (bracket == std::string_view::npos) return Misunderstood(text, "lacks a ']'");
  const std::size_t colon = authority.find(':', bracket);
  url.target.address = is_bracketed ? authority.substr(1, bracket - 1) : authority.substr(0, colon);
  url.target.port = 80;
  if (colon != std::string_view::npos) {
    const auto port = ParseWhole<int>(authority.substr(colon + 1));
    if (!port || *port < 1 || *port > 65535) {
      return Misunderstood(text, "has no port that could be: write one from 1 to 65535");
    }
    url.target.port = *port;
  }
  if (url.target.address.empty() || authority.find('@') != std::string_view::npos) {
    return Misunderstood(text, "names no host: write http://name[:port]/path");
  }
  return url;
}

Result<std::chrono::nanoseconds> ParseSpan(std::string_view text) {
  constexpr std::pair<std::string_view, double> kUnits[] = {
      {"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"min", 6e10}, {"m", 6e10}, {"h", 3.6e12}};
  const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto number = ParseNumber(text.substr(0, digits));
  for (const auto& [unit, ns] : kUnits) {
    if (!number || text.substr(digits) != unit) continue;
    const double span = *number * ns;
    if (span < 1 || span > 8.64e13) {
      return Misunderstood(text, "is too short or too long: from 1ns to 24h");
    }
    return std::chrono::nanoseconds(std::llround(span));
  }
  return Misunderstood(text,
                       "is no duration: write a number and its unit (us, ms, s, min, h), e.g. 10s");
}

Result<double> ParseRate(std::string_view text) {
  double factor = 1;
  std::string_view digits = text;
  if (digits.ends_with('k')) {
    factor = 1000;
    digits.remove_suffix(1);
  }
  const auto number = ParseNumber(digits);
  if (!number || *number < 0 || *number * factor > 1e7) {
    return Misunderstood(text, "is no rate: write requests a second, e.g. 500, 0.5 or 2k");
  }
  return *number * factor;
}

Result<load::LatencyLimit> ParseLimit(std::string_view text) {
  const std::size_t less = text.find('<');
  if (text.starts_with('p') && less != std::string_view::npos) {
    const auto percentile = ParseNumber(text.substr(1, less - 1));
    const auto below = ParseSpan(text.substr(less + 1));
    if (percentile && *percentile > 0 && *percentile <= 99.9 && below) {
      return load::LatencyLimit{*percentile, *below};
    }
  }
  return Misunderstood(
      text, "is no limit: write a percentile up to p99.9 and a duration, e.g. 'p99<20ms'");
}

Result<LoadPlan> PlanLoad(const LoadOptions& options) {
  if (auto fine = CheckWays(options); !fine) return fine.error();
  LoadPlan plan;
  auto url = ParseUrl(options.url);
  if (!url) return url.error();
  plan.url = std::move(*url);
  const auto duration = ParseSpan(options.duration);
  if (!duration) return duration.error().While("-d");
  plan.profile.duration = *duration;
  plan.profile.connections = options.connections > 0 ? options.connections : kConnections;
  if (auto set = SetRates(options, plan.profile); !set) return set.error();
  plan.profile.arrivals = options.poisson ? load::Arrivals::Poisson : load::Arrivals::Even;
  plan.profile.seed = options.seed;
  plan.profile.canary = options.canary ? load::Canary::On : load::Canary::Off;
  if (options.new_connections) plan.profile.connecting = load::Connecting::ForEachRequest;
  if (!options.capacity.empty()) {
    auto limit = ParseLimit(options.capacity);
    if (!limit) return limit.error();
    plan.limit = *limit;
  }
  if (options.poisson && plan.profile.loop == load::Loop::Closed && !plan.limit) {
    return Error{ErrorKind::InvalidInput,
                 "--poisson is for the open loop, which has a schedule: give -R RATE, too"};
  }
  if (!options.tour.empty()) return plan;
  auto requests = RequestsOf(options, plan.url);
  if (!requests) return requests.error();
  plan.requests = std::move(*requests);
  return plan;
}

}  // namespace harness::command
