// Any bytes as what a client sends, up to what an application is shown of it: parsed, routed in a
// deployment with several mounts, made an environ of. Whatever came, environ is as PEP 3333 says, and
// it does not matter in which pieces it came.
//
// Built with the preset fuzz; scripts/fuzz runs it.

#include <fcntl.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/base/check.h"
#include "hosts/base/files.h"
#include "hosts/base/letters.h"
#include "hosts/base/log.h"
#include "hosts/base/numbers.h"
#include "hosts/command/routed_service.h"
#include "hosts/directives/configuration.h"
#include "hosts/http1/request_parser.h"
#include "hosts/http1/target.h"
#include "hosts/python/runtime.h"
#include "hosts/python/strings.h"
#include "hosts/serving/loop.h"
#include "hosts/wsgi/adapter.h"

namespace hosts::command {
namespace {

using http1::RequestParser;
using Progress = RequestParser::Progress;
using namespace std::string_view_literals;

constexpr std::string_view kLineEnds = "\r\n\0"sv;

// Small, so that inputs reach them.
constexpr http1::ParseLimits kLimits = {
    .head_bytes = 4096, .request_line = 300, .field_size = 400, .fields = 12};

constexpr std::string_view kConfiguration = R"(
Listen 127.0.0.1:8000
ServerName front.example
WSGIScriptAlias /everywhere SITE/root.wsgi
SetEnvIf User-Agent (.*) AGENT=$1
<Directory SITE>
  Require all granted
</Directory>
<VirtualHost *:8000>
  ServerName a.example
  ServerAlias *.a.example
  WSGIScriptAlias /deep/er SITE/deeper.wsgi
  WSGIScriptAlias /deep SITE/deep.wsgi
  WSGIScriptAliasMatch ^/m/([a-z]+) SITE/$1.wsgi
  WSGIScriptAlias / SITE/root.wsgi
  WSGITrustedProxies 192.0.2.0/24
  WSGITrustedProxyHeaders X-Forwarded-For X-Forwarded-Host X-Forwarded-Port X-Script-Name X-Forwarded-Proto
  WSGIChunkedRequest On
</VirtualHost>
<VirtualHost *:8000>
  ServerName b.example
  WSGIScriptAlias /only SITE/deep.wsgi
</VirtualHost>
)";

std::string Replaced(std::string text, std::string_view what, std::string_view by) {
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, what.size(), by);
  return text;
}

// Scripts that exist, as long as the fuzzer runs.
class Site {
 public:
  Site() {
    for (const char* script : {"root", "deep", "deeper"})
      std::ofstream(folder_.path() / (std::string(script) + ".wsgi")) << "application = None\n";
  }
  [[nodiscard]] deployment::Deployment Deployment() const {
    const auto text = Replaced(std::string(kConfiguration), "SITE", folder_.path().string());
    auto read = directives::ReadConfigurationText(text, "fuzz.conf");
    CHECK(read, "the deployment of the fuzzer cannot be read");
    return std::move(read).value();
  }

 private:
  base::TemporaryDirectory folder_ = base::TemporaryDirectory::Make("wsgilab-fuzz").value();
};

wsgi::MountVariables ServerVariables() {
  wsgi::MountVariables variables;
  variables.server_name = "front.example";
  variables.server_port = 8000;
  return variables;
}

// Everything that is the same for all inputs.
struct Stage {
  Site site;
  deployment::Deployment deployment = site.Deployment();
  serving::Loop loop{{.threads = 0}};
  daemon::Front front{loop, {}};
  RoutedService service{deployment, front, loop};
  std::unique_ptr<python::Runtime> runtime = std::move(*python::Runtime::Start());
  python::Attached attached{runtime->starting_thread()};
  wsgi::Adapter adapter{attached};
  wsgi::HeaderKeys header_keys{attached};
  wsgi::EnvironTemplate environ_template =
      adapter.MakeTemplate(attached, header_keys, ServerVariables());
};

// How many bytes come next: decided by the input, so that a finding stays one.
class Sizes {
 public:
  explicit Sizes(std::string_view input) {
    for (const char c : input)
      state_ = (state_ ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  }
  size_t Next() {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    const size_t size = state_ >> 33;
    return 1 + (size % 4 == 0 ? size / 4 % 700 : size / 4 % 7);
  }

 private:
  std::uint64_t state_ = 1469598103934665603ULL;
};

// One request, read as serving::HttpConnection reads it.
class Reading {
 public:
  Reading() : parser_(kLimits) {}

  // The bytes are all that comes; the result is what HttpConnection would know then.
  template <typename NextSize>
  void Read(std::string_view bytes, NextSize next_size) {
    size_t given = 0;
    while (true) {
      if (in_.size() > head_size_ && ParseOn()) continue;
      if (progress_ == Progress::Refused || progress_ == Progress::Complete) return;
      if (given == bytes.size()) return;
      const std::string_view piece = bytes.substr(given, next_size());
      Receive(piece);
      given += piece.size();
    }
  }

  [[nodiscard]] Progress progress() const { return progress_; }
  [[nodiscard]] size_t used() const { return used_; }
  [[nodiscard]] size_t head_size() const { return head_size_; }
  [[nodiscard]] RequestParser& parser() { return parser_; }
  // All that is known, to be compared.
  [[nodiscard]] std::string InWords() {
    std::string words = std::to_string(static_cast<int>(progress_));
    if (progress_ == Progress::Refused) return words;  // which rule was broken first, may differ
    const exchange::RequestHead& head = parser_.head();
    ((words += ' ') += head.method) += head.target;
    words += std::to_string(head.version_minor) + std::to_string(head.is_chunked) +
             std::to_string(head.content_length.value_or(-1)) + ' ' + std::to_string(used_);
    for (const auto& field : head.headers)
      (((words += '\n') += field.name) += ':') += field.value;
    (words += '\n') += parser_.host_header();
    if (parser_.is_head_complete()) words += std::to_string(parser_.is_connection_kept());
    return words + '\n' + parser_.body();
  }

 private:
  // Whether it came any further.
  bool ParseOn() {
    const bool had_head = head_size_ > 0;
    const std::string_view rest = std::string_view(in_).substr(head_size_);
    const auto outcome = parser_.Parse(rest);
    CHECK(outcome.used <= rest.size(), "more was used than is there");
    progress_ = outcome.progress;
    used_ += outcome.used;
    if (progress_ == Progress::Refused) return false;
    if (!had_head && parser_.is_head_complete()) {
      head_size_ = outcome.used;
      return progress_ != Progress::Complete;
    }
    CHECK(had_head || outcome.used == 0, "a part of a head was used");
    if (had_head) in_.erase(head_size_, outcome.used);
    return outcome.used > 0 && progress_ != Progress::Complete;
  }

  // To another place every time: a view that is left behind points to freed bytes.
  void Receive(std::string_view piece) {
    std::string moved;
    moved.reserve(std::max<size_t>(64, in_.size() + piece.size()));
    moved.append(in_).append(piece);
    parser_.Follow({in_.data(), in_.size(), moved.data()});
    in_ = std::move(moved);
  }

  std::string in_;
  size_t head_size_ = 0;
  size_t used_ = 0;
  RequestParser parser_;
  Progress progress_ = Progress::NeedMore;
};

// RFC 9112, 7.1, written a second time: the body of a message that is known to be complete.
std::string Unchunked(std::string_view coded) {
  std::string body;
  while (true) {
    const auto size = base::ParseWhole<size_t>(coded.substr(0, coded.find_first_of(" \t;\r")), 16);
    const size_t line_end = coded.find("\r\n");
    CHECK(size && line_end != std::string_view::npos, "a chunk without a size was accepted");
    coded.remove_prefix(line_end + 2);
    if (*size == 0) return body;
    CHECK(coded.size() >= *size + 2 && coded.substr(*size, 2) == "\r\n", "a chunk without an end");
    body += coded.substr(0, *size);
    coded.remove_prefix(*size + 2);
  }
}

void CheckBody(Reading& reading, std::string_view bytes) {
  const exchange::RequestHead& head = reading.parser().head();
  const auto rest = bytes.substr(reading.head_size(), reading.used() - reading.head_size());
  CHECK(!head.is_chunked || !head.content_length, "two framings were accepted (RFC 9112, 6.1)");
  if (reading.progress() != Progress::Complete) return;
  if (head.is_chunked) {
    CHECK(reading.parser().body() == Unchunked(rest), "the chunks are another body");
  } else {
    CHECK(rest.size() == head.content_length.value_or(0), "another length than was declared");
    CHECK(reading.parser().body() == rest, "the body is other bytes than came");
  }
}

bool IsCgiOfTheRequest(std::string_view name) {
  return name.starts_with("HTTP_") || name.starts_with("CONTENT_") || name.starts_with("SERVER_") ||
         name.starts_with("REMOTE_") || name == "REQUEST_METHOD" || name == "REQUEST_URI" ||
         name == "QUERY_STRING";
}

void CheckPath(std::string_view path) {
  CHECK(path.empty() || path.front() == '/', "a path that does not begin with a slash");
  CHECK(path.find('\0') == std::string_view::npos, "a NUL in a path");
  CHECK(path.find("//") == std::string_view::npos, "slashes are not collapsed (ENV-6)");
  CHECK(path.find("/../") == std::string_view::npos && !path.ends_with("/.."), "a way up");
}

// Which headers may have become this key.
void CheckHeaderKey(std::string_view name, const exchange::RequestHead& head) {
  name.remove_prefix("HTTP_"sv.size());
  const auto becomes = [&](const exchange::HeaderField& field) {
    std::string key(field.name);
    std::ranges::replace(key, '-', '_');
    return field.name.find('_') == std::string_view::npos && base::SameLetters(key, name);
  };
  CHECK(std::ranges::any_of(head.headers, becomes), "a key of no header (ENV-4)");
}

void CheckEntry(std::string_view name, PyObject* value, const exchange::RequestHead& head) {
  if (name == "wsgi.url_scheme") {
    const auto scheme = python::Latin1View(value);
    CHECK(scheme == "http" || scheme == "https", "another scheme");
  }
  if (name.starts_with("wsgi.") || name.starts_with("mod_wsgi.")) return;
  CHECK(PyUnicode_Check(value) != 0, "a CGI variable is a native string (PEP 3333)");
  const auto text = python::Latin1View(value);
  CHECK(text, "a native string holds bytes only (PEP 3333)");
  if (name == "PATH_INFO") CheckPath(*text);
  if (!IsCgiOfTheRequest(name)) return;
  CHECK(text->find_first_of(kLineEnds) == std::string_view::npos, "a line end in a variable");
  if (name.starts_with("HTTP_")) CheckHeaderKey(name, head);
  if (name == "CONTENT_LENGTH") {
    CHECK(base::ParseWhole<std::uint64_t>(*text) == head.content_length, "another CONTENT_LENGTH");
  }
}

void CheckEnviron(PyObject* environ, const exchange::RequestHead& head) {
  PyObject* key = nullptr;
  PyObject* value = nullptr;
  Py_ssize_t at = 0;
  bool has_length = false;
  while (PyDict_Next(environ, &at, &key, &value) != 0) {
    CHECK(PyUnicode_Check(key) != 0, "a key is a native string");
    const auto name = python::Latin1View(key);
    CHECK(name, "a key is Latin-1");
    CHECK(*name != "HTTP_PROXY" && *name != "HTTP_PROXY_AUTHORIZATION", "a header to be hidden");
    CHECK(*name != "HTTP_AUTHORIZATION", "Authorization is not passed on (ENV-5)");
    CHECK(*name != "HTTP_CONTENT_LENGTH" && *name != "HTTP_CONTENT_TYPE",
          "a key CGI has no HTTP_ for");
    has_length = has_length || *name == "CONTENT_LENGTH";
    CheckEntry(*name, value, head);
  }
  CHECK(has_length == head.content_length.has_value(), "CONTENT_LENGTH where there is a length");
  for (const char* constant : {"wsgi.version",
                               "wsgi.errors",
                               "wsgi.multithread",
                               "SCRIPT_NAME",
                               "PATH_INFO",
                               "REQUEST_METHOD",
                               "SERVER_NAME",
                               "SERVER_PORT"})
    CHECK(PyDict_GetItemString(environ, constant) != nullptr, "PEP 3333 wants another key");
}

// As serving::HttpConnection::TakeHead.
void RouteAndShow(Stage& stage, RequestParser& parser) {
  exchange::RequestHead& head = parser.head();
  head.remote_address = "192.0.2.7";
  head.remote_port = 50'000;
  head.local_address = "127.0.0.1";
  head.local_port = 8000;
  http1::Target target = http1::ParseTarget(head.target);
  http1::HostName host =
      http1::ParseHost(target.authority.empty() ? parser.host_header() : target.authority);
  if (target.refused_status != 0 || !host.is_valid) return;
  serving::Decision decision;
  head.query = target.query;
  decision.path = std::move(target.path);
  decision.host_name = std::move(host.name);
  head.host_name = decision.host_name;
  head.host_port = host.port;
  stage.service.Decide(head, decision);
  if (decision.what != serving::Decision::What::Run) return;
  CHECK(head.script.ends_with(".wsgi"), "something else than a script is run");
  stage.adapter.ShowEnviron(
      stage.attached, stage.environ_template, head, {.request_id = "r"}, [&](PyObject* environ) {
        CheckEnviron(environ, head);
      });
}

void ReadBytes(std::string_view bytes) {
  static Stage* const stage = [] {
    base::SetLogDescriptor(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    static Stage made;
    return &made;
  }();
  Sizes sizes(bytes);
  while (!bytes.empty()) {
    Reading at_once;
    at_once.Read(bytes, [&] { return bytes.size(); });
    Reading in_pieces;
    in_pieces.Read(bytes, [&] { return sizes.Next(); });
    // A head that is refused, or not complete, may be refused sooner in one way than in the other.
    if (at_once.head_size() == 0 && in_pieces.head_size() == 0) return;
    CHECK(at_once.InWords() == in_pieces.InWords(), "it matters in which pieces a request comes");
    if (in_pieces.progress() == Progress::Refused || in_pieces.head_size() == 0) return;
    CheckBody(in_pieces, bytes);
    RouteAndShow(*stage, in_pieces.parser());
    if (in_pieces.progress() != Progress::Complete) return;
    if (!in_pieces.parser().is_connection_kept()) return;
    bytes.remove_prefix(in_pieces.used());
  }
}

}  // namespace
}  // namespace hosts::command

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  hosts::command::ReadBytes({reinterpret_cast<const char*>(data), size});
  return 0;
}
