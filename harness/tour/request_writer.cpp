#include "harness/tour/request_writer.h"

#include <fmt/format.h>
#include <strings.h>

#include <cctype>

#include "harness/tour/answer_json.h"

namespace harness::tour {

using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

namespace {

constexpr std::string_view kBoundary = "wsgilab-tour-boundary";

struct Content {
  std::string type;
  std::string bytes;
};

// application/x-www-form-urlencoded, as a browser writes it.
std::string UrlEncode(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '-' || c == '_' || c == '.' || c == '~') {
      encoded += c;
    } else if (c == ' ') {
      encoded += '+';
    } else {
      encoded += fmt::format("%{:02X}", byte);
    }
  }
  return encoded;
}

Result<Content> WriteForm(const Step& step, const Visitor& visitor) {
  Content content{"application/x-www-form-urlencoded", {}};
  for (const auto& [name, value] : step.fields) {
    const auto filled = Fill(value, visitor);
    if (!filled) return filled.error();
    if (!content.bytes.empty()) content.bytes += '&';
    content.bytes += UrlEncode(name) + '=' + UrlEncode(*filled);
  }
  return content;
}

Result<Content> WriteMultipart(const Step& step, const Visitor& visitor) {
  Content content{fmt::format("multipart/form-data; boundary={}", kBoundary), {}};
  for (const auto& [name, value] : step.fields) {
    const auto filled = Fill(value, visitor);
    if (!filled) return filled.error();
    content.bytes +=
        fmt::format("--{}\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n{}\r\n",
                    kBoundary,
                    name,
                    *filled);
  }
  for (const UploadedFile& file : step.files) {
    const auto filled = Fill(file.content, visitor);
    if (!filled) return filled.error();
    content.bytes += fmt::format(
        "--{}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\n"
        "Content-Type: {}\r\n\r\n{}\r\n",
        kBoundary,
        file.field,
        file.filename,
        file.content_type,
        *filled);
  }
  content.bytes += fmt::format("--{}--\r\n", kBoundary);
  return content;
}

Result<Content> WriteContent(const Step& step, const Visitor& visitor) {
  switch (step.content) {
    case Step::Content::Form:
      return WriteForm(step, visitor);
    case Step::Content::Multipart:
      return WriteMultipart(step, visitor);
    case Step::Content::Json: {
      auto filled = Fill(step.text, visitor, Quoting::InJson);
      if (!filled) return filled.error();
      return Content{"application/json", std::move(*filled)};
    }
    case Step::Content::Text: {
      auto filled = Fill(step.text, visitor);
      if (!filled) return filled.error();
      return Content{"", std::move(*filled)};
    }
    case Step::Content::None:
      break;
  }
  return Content{};
}

}  // namespace

void Visitor::KeepCookies(const Answer& answer) {
  for (const std::string& line : answer.Headers("Set-Cookie")) {
    const size_t end = std::min(line.find(';'), line.size());
    const size_t equals = line.find('=');
    if (equals >= end) continue;
    const std::string name = line.substr(0, equals);
    bool forget = false;
    for (size_t part = end; part < line.size();
         part = std::min(line.find(';', part), line.size())) {
      const size_t word = line.find_first_not_of("; ", part);
      if (word == std::string::npos) break;
      forget = forget || ::strncasecmp(line.c_str() + word, "max-age=0", 9) == 0;
      part = word;
    }
    if (forget) {
      cookies.erase(name);
    } else {
      cookies[name] = line.substr(equals + 1, end - equals - 1);
    }
  }
}

std::string Visitor::CookieText() const {
  std::string text;
  for (const auto& [name, value] : cookies) {
    if (!text.empty()) text += "; ";
    text += name + '=' + value;
  }
  return text;
}

Result<std::string> Fill(const std::string& text, const Visitor& visitor, Quoting quoting) {
  std::string filled;
  for (size_t at = 0; at < text.size();) {
    const size_t mark = text.find("${", at);
    const size_t end = mark == std::string::npos ? mark : text.find('}', mark);
    if (end == std::string::npos) {
      filled += text.substr(at);
      break;
    }
    const std::string name = text.substr(mark + 2, end - mark - 2);
    const auto found = visitor.captured.find(name);
    if (found == visitor.captured.end()) {
      return Error{ErrorKind::InvalidInput,
                   fmt::format("${{{}}} was not captured by an earlier step", name)};
    }
    filled += text.substr(at, mark - at);
    filled += quoting == Quoting::InJson ? EscapeInJson(found->second) : found->second;
    at = end + 1;
  }
  return filled;
}

Result<std::string> WriteRequest(const Step& step, const Site& site, const Visitor& visitor) {
  const auto path = Fill(step.path, visitor);
  if (!path) return path.error();
  const auto content = WriteContent(step, visitor);
  if (!content) return content.error();
  std::string fields;
  bool has_type = content->type.empty();
  for (const auto& [name, value] : step.headers) {
    const auto filled = Fill(value, visitor);
    if (!filled) return filled.error();
    fields += fmt::format("{}: {}\r\n", name, *filled);
    has_type = has_type || ::strcasecmp(name.c_str(), "content-type") == 0;
  }
  if (!has_type) fields += fmt::format("Content-Type: {}\r\n", content->type);
  if (!visitor.cookies.empty()) fields += fmt::format("Cookie: {}\r\n", visitor.CookieText());
  if (step.content != Step::Content::None) {
    fields += fmt::format("Content-Length: {}\r\n", content->bytes.size());
  }
  return fmt::format("{} {}{} HTTP/1.1\r\nHost: {}\r\n{}\r\n{}",
                     step.method,
                     site.mount,
                     *path,
                     site.host(),
                     fields,
                     content->bytes);
}

}  // namespace harness::tour
