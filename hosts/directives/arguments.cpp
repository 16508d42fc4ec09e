#include "hosts/directives/arguments.h"

#include <arpa/inet.h>
#include <grp.h>
#include <pwd.h>

#include <array>
#include <charconv>
#include <limits>
#include <optional>

#include "hosts/base/numbers.h"
#include "hosts/directives/language.h"

namespace hosts::directives {
namespace {

using base::ParseWhole;
using base::Result;

constexpr int kHighestPort = 65535;

Word WithText(const Word& word, std::string_view text) {
  return Word{std::string(text), word.where, word.quoting};
}

// The address in the form in which the system shows it, so that two ways of writing it are equal.
std::optional<std::string> CanonicalAddress(const std::string& text) {
  std::array<char, INET6_ADDRSTRLEN> shown{};
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  for (const int family : {AF_INET, AF_INET6}) {
    if (inet_pton(family, text.c_str(), bytes.data()) != 1) continue;
    if (inet_ntop(family, bytes.data(), shown.data(), shown.size()) == nullptr) continue;
    return std::string(shown.data());
  }
  return std::nullopt;
}

// "addr:port" in two, either of which may be empty. Brackets are removed.
struct AddressAndPort {
  std::string address;
  std::string port;
  bool has_port = false;
};

Result<AddressAndPort> SplitAddress(const Word& word) {
  AddressAndPort split;
  std::string_view rest = word.text;
  if (rest.starts_with('[')) {
    const size_t bracket = rest.find(']');
    if (bracket == std::string_view::npos) {
      return Refuse(word, "{}: ] is missing behind the IPv6 address", Shown(word.text));
    }
    split.address = rest.substr(1, bracket - 1);
    rest.remove_prefix(bracket + 1);
    if (!rest.empty() && !rest.starts_with(':')) {
      return Refuse(word, "{}: only a :port may follow ]", Shown(word.text));
    }
  } else {
    const size_t colon = rest.find(':');
    if (colon != std::string_view::npos && rest.find(':', colon + 1) != std::string_view::npos) {
      return Refuse(
          word, "{}: write an IPv6 address in brackets: [address]:port", Shown(word.text));
    }
    split.address = rest.substr(0, colon);
    rest.remove_prefix(split.address.size());
  }
  split.has_port = !rest.empty();
  if (split.has_port) split.port = rest.substr(1);
  return split;
}

Result<std::string> ReadIpAddress(const Word& word, const std::string& address) {
  const auto canonical = CanonicalAddress(address);
  if (canonical) return *canonical;
  return Refuse(word,
                "{}: {} is not an IP address, and names are not looked up: write the address",
                Shown(word.text),
                Shown(address));
}

// To compile this much takes a good part of a second.
Result<void> SpendRegexBytes(size_t bytes, const Word& word, Scope& scope) {
  constexpr size_t kMost = 4 << 20;
  scope.settings.regex_bytes += bytes;
  if (scope.settings.regex_bytes <= kMost) return {};
  return Refuse(word,
                "the regular expressions come to more than {} MiB when they are compiled: is this "
                "the right file?",
                kMost >> 20);
}

}  // namespace

Result<int> ReadNumber(const Word& word, NumberRange range) {
  const auto number = ParseWhole<int>(word.text);
  if (!number || *number < range.lowest || *number > range.highest) {
    return Refuse(word,
                  "{} is not a whole number from {} to {}",
                  Shown(word.text),
                  range.lowest,
                  range.highest);
  }
  return *number;
}

Result<mode_t> ReadUmask(const Word& word) {
  constexpr mode_t kHighest = 0777;
  constexpr int kOctal = 8;
  const auto mask = ParseWhole<mode_t>(word.text, kOctal);
  if (!mask || *mask > kHighest) {
    return Refuse(
        word, "{} is not a umask: write octal digits, for example 0027", Shown(word.text));
  }
  return *mask;
}

Result<expressions::Expression> ReadExpression(const Word& word, Scope& scope) {
  Result<expressions::Expression> expression = expressions::Expression::Parse(word.text);
  if (!expression) return Refuse(word, "{}", expression.error().message);
  const Result<void> spent = SpendRegexBytes(expression->regex_bytes(), word, scope);
  if (!spent) return spent.error();
  if (!expression->foreign().empty()) {
    scope.settings.not_obeyed.push_back(
        {"the expression with " + expression->foreign(), {}, OriginOf(word)});
  }
  return expression;
}

Result<bool> ReadOnOff(const Word& word) {
  if (SameLetters(word.text, "on")) return true;
  if (SameLetters(word.text, "off")) return false;
  return Refuse(word, "{} is neither On nor Off", Shown(word.text));
}

Result<int> ReadWholeNumber(const Word& word) {
  std::string_view digits = word.text;
  const bool is_negative = digits.starts_with('-');
  if (is_negative) digits.remove_prefix(1);
  const auto number = ParseWhole<int>(digits);
  if (!number) return Refuse(word, "{} is not a whole number", Shown(word.text));
  return is_negative ? -*number : *number;
}

Result<double> ReadSeconds(const Word& word) {
  constexpr double kMost = 1e9;  // in microseconds CPython's number still holds them
  double seconds = 0;
  const char* end = word.text.data() + word.text.size();
  const auto [stopped, error] = std::from_chars(word.text.data(), end, seconds);
  if (error == std::errc() && stopped == end && seconds > 0 && seconds <= kMost) return seconds;
  return Refuse(word, "{} is not a number of seconds above 0, like 0.005", Shown(word.text));
}

Result<deployment::HashSeed> ReadHashSeed(const Word& word) {
  if (word.text == "random") return deployment::HashSeed();
  const auto seed = ParseWhole<std::uint32_t>(word.text);
  if (seed) return deployment::HashSeed(*seed);
  return Refuse(word, "{} is neither random nor a whole number up to 4294967295", Shown(word.text));
}

Result<deployment::Listen> ReadListen(const Word& word) {
  deployment::Listen listen;
  listen.origin = OriginOf(word);
  const NumberRange ports{0, kHighestPort};
  if (word.text.find_first_not_of("0123456789") == std::string::npos) {
    const Result<int> port = ReadNumber(word, ports);
    if (!port) return port.error().While("the port");
    listen.port = *port;
    return listen;
  }
  const Result<AddressAndPort> split = SplitAddress(word);
  if (!split) return split.error();
  if (!split->has_port) {
    return Refuse(word, "{} has no port: write {}:80", Shown(word.text), Shown(word.text));
  }
  if (split->address != "*") {
    const Result<std::string> address = ReadIpAddress(word, split->address);
    if (!address) return address.error();
    listen.address = *address;
  }
  const Result<int> port = ReadNumber(WithText(word, split->port), ports);
  if (!port) return port.error().While("the port");
  listen.port = *port;
  return listen;
}

Result<HostAddress> ReadHostAddress(const Word& word) {
  const Result<AddressAndPort> split = SplitAddress(word);
  if (!split) return split.error();
  HostAddress host;
  if (split->address != "*" && !SameLetters(split->address, "_default_")) {
    const Result<std::string> address = ReadIpAddress(word, split->address);
    if (!address) return address.error();
    host.address = *address;
  }
  if (!split->has_port || split->port == "*") return host;
  const Result<int> port = ReadNumber(WithText(word, split->port), {0, kHighestPort});
  if (!port) return port.error().While("the port");
  host.port = *port;
  return host;
}

Result<ServerName> ReadServerName(const Word& word) {
  constexpr int kHttpsPort = 443;
  constexpr std::string_view kAfterScheme = "://";
  ServerName server;
  std::string_view rest = word.text;
  const size_t scheme_end = rest.find(kAfterScheme);
  if (scheme_end != std::string_view::npos) {
    const std::string_view scheme = rest.substr(0, scheme_end);
    if (!SameLetters(scheme, "http") && !SameLetters(scheme, "https")) {
      return Refuse(word, "{}: the scheme is http or https", Shown(word.text));
    }
    if (SameLetters(scheme, "https")) server.port = kHttpsPort;
    rest.remove_prefix(scheme_end + kAfterScheme.size());
  }
  const size_t colon = rest.rfind(':');
  const bool has_port = colon != std::string_view::npos && rest.find(']', colon) == rest.npos;
  server.name = rest.substr(0, has_port ? colon : rest.npos);
  if (server.name.empty() || server.name.find_first_of("/ \t") != std::string::npos) {
    return Refuse(word, "{} is not a server name: write [scheme://]name[:port]", Shown(word.text));
  }
  if (!has_port) return server;
  const Result<int> port = ReadNumber(WithText(word, rest.substr(colon + 1)), {1, kHighestPort});
  if (!port) return port.error().While("the port");
  server.port = *port;
  return server;
}

Result<std::filesystem::path> ReadPath(const Word& word, const std::filesystem::path& root) {
  const std::filesystem::path path(word.text);
  if (path.empty()) return Refuse(word, "an empty path: write an absolute one");
  if (path.is_relative() && root.empty()) {
    return Refuse(word,
                  "{} is a relative path: write an absolute one, or ServerRoot above it",
                  Shown(word.text));
  }
  return (root / path).lexically_normal();
}

Result<std::vector<std::string>> ReadPathList(const Word& word, const std::filesystem::path& root) {
  std::vector<std::string> paths;
  std::string_view rest = word.text;
  while (true) {
    const size_t colon = rest.find(':');
    const Result<std::filesystem::path> path =
        ReadPath(WithText(word, rest.substr(0, colon)), root);
    if (!path) return path.error();
    paths.push_back(path->string());
    if (colon == std::string_view::npos) return paths;
    rest.remove_prefix(colon + 1);
  }
}

Result<deployment::GroupName> ReadGroupName(const Word& word) {
  if (word.text.empty()) {
    return Refuse(word, "an empty group name: write a name, or %{{GLOBAL}}");
  }
  return deployment::ParseGroupName(word.text);
}

Result<base::Regex> ReadRegex(const Word& word, Scope& scope, base::Regex::Case letters) {
  Result<base::Regex> regex = base::Regex::Compile(word.text, letters);
  if (!regex) return Refuse(word, "{}: {}", Shown(word.text), regex.error().message);
  const Result<void> spent = SpendRegexBytes(regex->size_bytes(), word, scope);
  if (!spent) return spent.error();
  return regex;
}

Result<void> CheckAny(const Word& /*word*/) {
  return {};
}

Result<void> CheckOnOff(const Word& word) {
  const Result<bool> read = ReadOnOff(word);
  return read ? Result<void>() : read.error();
}

Result<void> CheckWholeNumber(const Word& word) {
  const Result<int> read = ReadWholeNumber(word);
  return read ? Result<void>() : read.error();
}

Result<std::uint64_t> ReadBytes(const Word& word, std::uint64_t least) {
  const auto bytes = ParseWhole<std::uint64_t>(word.text);
  if (bytes && (*bytes == 0 || *bytes >= least)) return *bytes;
  return least == 0
             ? Refuse(word, "{} is not a number of bytes: write digits only", Shown(word.text))
             : Refuse(word, "{} is neither 0 nor at least {} bytes", Shown(word.text), least);
}

Result<void> CheckBytes(const Word& word, std::uint64_t least) {
  const auto bytes = ReadBytes(word, least);
  return bytes ? Result<void>() : bytes.error();
}

Result<uid_t> ReadOwner(const Word& word) {
  if (word.text.starts_with('#')) {
    const auto number = ParseWhole<uid_t>(std::string_view(word.text).substr(1));
    if (number && *number != std::numeric_limits<uid_t>::max()) return *number;
    return Refuse(word, "{} is not a user: write #number or a name", Shown(word.text));
  }
  const passwd* entry = getpwnam(word.text.c_str());
  if (entry != nullptr) return entry->pw_uid;
  return Refuse(
      word, "there is no user {} on this machine: create it, or name another", Shown(word.text));
}

Result<std::string> ReadUser(const Word& word) {
  const Result<uid_t> uid = ReadOwner(word);
  if (!uid) return uid.error();
  if (*uid == 0) {
    return Refuse(word,
                  "{} is the superuser, who must not run applications: name another user",
                  Shown(word.text));
  }
  return word.text;
}

Result<gid_t> ReadOwningGroup(const Word& word) {
  if (word.text.starts_with('#')) {
    const auto number = ParseWhole<gid_t>(std::string_view(word.text).substr(1));
    if (number && *number != std::numeric_limits<gid_t>::max()) return *number;
    return Refuse(word, "{} is not a group of users: write #number or a name", Shown(word.text));
  }
  const group* entry = getgrnam(word.text.c_str());
  if (entry != nullptr) return entry->gr_gid;
  return Refuse(word,
                "there is no group of users {} on this machine: create it, or name another",
                Shown(word.text));
}

Result<std::string> ReadUnixGroup(const Word& word) {
  const Result<gid_t> gid = ReadOwningGroup(word);
  if (!gid) return gid.error();
  return word.text;
}

deployment::Origin OriginOf(const Word& word) {
  return {word.where.file, word.where.line};
}

}  // namespace hosts::directives
