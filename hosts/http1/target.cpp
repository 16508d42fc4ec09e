#include "hosts/http1/target.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "hosts/base/letters.h"

namespace hosts::http1 {

namespace {

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Decodes %XX; 400 for a broken escape or a NUL, 404 for an encoded slash.
int Decode(std::string_view encoded, std::string& decoded) {
  decoded.reserve(encoded.size());
  for (size_t i = 0; i < encoded.size(); ++i) {
    if (encoded[i] != '%') {
      decoded.push_back(encoded[i]);
      continue;
    }
    if (i + 2 >= encoded.size()) return 400;
    const int high = HexValue(encoded[i + 1]);
    const int low = HexValue(encoded[i + 2]);
    if (high < 0 || low < 0) return 400;
    const char c = static_cast<char>(high * 16 + low);
    if (c == '\0') return 400;
    if (c == '/') return 404;
    decoded.push_back(c);
    i += 2;
  }
  return 0;
}

// RFC 3986, 5.2.4, on a path that begins with '/'.
void RemoveDotSegments(std::string& path) {
  if (path.find("/.") == std::string::npos) return;
  std::string kept;
  size_t at = 0;
  while (at < path.size()) {
    size_t end = path.find('/', at + 1);
    if (end == std::string::npos) end = path.size();
    const std::string_view segment(path.data() + at, end - at);  // with its leading slash
    const bool is_last = end == path.size();
    if (segment == "/." || segment == "/..") {
      if (segment == "/..") kept.resize(kept.empty() ? 0 : kept.rfind('/'));
      if (is_last) kept.push_back('/');
    } else {
      kept.append(segment);
    }
    at = end;
  }
  path = kept.empty() ? "/" : kept;
}

bool IsLetter(char c) {
  return base::Lower(c) >= 'a' && base::Lower(c) <= 'z';
}
bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

// Takes scheme and authority off the absolute form; empty: it is none (RFC 3986, 3; RFC 9110, 4.2.1).
std::string_view TakeAuthority(std::string_view& target) {
  constexpr std::string_view kMark = "://";
  const size_t end = target.find(kMark);
  if (end == std::string_view::npos || end == 0 || !IsLetter(target.front())) return {};
  const bool is_scheme = std::ranges::all_of(target.substr(0, end), [](char c) {
    return IsLetter(c) || IsDigit(c) || c == '+' || c == '-' || c == '.';
  });
  if (!is_scheme) return {};
  const std::string_view rest = target.substr(end + kMark.size());
  const size_t path = std::min(rest.find_first_of("/?#"), rest.size());
  if (path > 0) target = rest.substr(path);
  return rest.substr(0, path);
}

// RFC 3986, 3.2.2: a name, or, in brackets, an address.
bool IsHostText(std::string_view name) {
  const bool is_address = name.starts_with('[');
  if (is_address) name = name.substr(1, name.size() - 2);
  if (is_address && name.empty()) return false;
  return std::ranges::all_of(name, [is_address](char c) {
    constexpr std::string_view kOthers = "-._~%!$&'()*+,;=";
    return IsLetter(c) || IsDigit(c) || (is_address && c == ':') ||
           kOthers.find(c) != std::string_view::npos;
  });
}

}  // namespace

Target ParseTarget(std::string_view target, std::string_view method) {
  constexpr int kBad = 400;
  constexpr int kNotImplemented = 501;
  Target parsed;
  if (method == "CONNECT") {
    const bool is_authority = target.find_first_of("/?#*") == std::string_view::npos;
    parsed.refused_status = is_authority ? kNotImplemented : kBad;
    return parsed;
  }
  if (target == "*") {
    parsed.path = "*";
    if (method != "OPTIONS") parsed.refused_status = kBad;
    return parsed;
  }
  if (!target.starts_with('/')) parsed.authority = TakeAuthority(target);
  const bool has_fragment = target.find('#') != std::string_view::npos;
  if (has_fragment || (parsed.authority.empty() && !target.starts_with('/'))) {
    parsed.refused_status = kBad;
    return parsed;
  }
  const size_t question = target.find('?');
  if (question != std::string_view::npos) {
    parsed.query = target.substr(question + 1);
    target = target.substr(0, question);
  }
  if (target.empty()) target = "/";
  parsed.refused_status = Decode(target, parsed.path);
  if (parsed.refused_status == 0) RemoveDotSegments(parsed.path);
  return parsed;
}

HostName ParseHost(std::string_view host) {
  HostName parsed;
  std::string_view name = host;
  std::optional<std::string_view> port;
  if (host.starts_with('[')) {
    const size_t close = host.find(']');
    if (close == std::string_view::npos) {
      parsed.is_valid = false;
      return parsed;
    }
    name = host.substr(0, close + 1);
    if (close + 1 < host.size()) {
      if (host[close + 1] != ':') parsed.is_valid = false;
      port = host.substr(close + 2);
    }
  } else if (const size_t colon = host.find(':'); colon != std::string_view::npos) {
    name = host.substr(0, colon);
    port = host.substr(colon + 1);
  }
  if (!IsHostText(name)) parsed.is_valid = false;
  parsed.name = base::Lowered(name);
  if (port && !port->empty()) {
    const auto [end, error] =
        std::from_chars(port->data(), port->data() + port->size(), parsed.port);
    if (error != std::errc() || end != port->data() + port->size() || parsed.port < 1 ||
        parsed.port > 65535) {
      parsed.is_valid = false;
    }
  }
  return parsed;
}

}  // namespace hosts::http1
