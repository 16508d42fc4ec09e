#include "hosts/http1/target.h"

#include <charconv>
#include <optional>

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

}  // namespace

Target ParseTarget(std::string_view target) {
  Target parsed;
  if (target == "*") {
    parsed.path = "*";
    return parsed;
  }
  if (!target.starts_with('/')) {
    const size_t scheme = target.find("://");
    if (scheme == std::string_view::npos) {
      parsed.refused_status = 400;
      return parsed;
    }
    target.remove_prefix(scheme + 3);
    const size_t path = target.find_first_of("/?");
    parsed.authority = target.substr(0, path);
    target = path == std::string_view::npos ? std::string_view("/") : target.substr(path);
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
  parsed.name.reserve(name.size());
  for (const char c : name) {
    const bool is_allowed = static_cast<unsigned char>(c) > ' ' && c != '/' && c != '\\' &&
                            c != '@' && c != '?' && c != '#' && c != '"' && c != '<' && c != '>' &&
                            c != '\x7f';
    if (!is_allowed) parsed.is_valid = false;
    parsed.name.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
  }
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
