#include "hosts/command/plain_answers.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <ctime>

#include "hosts/base/letters.h"
#include "hosts/base/unique_fd.h"
#include "hosts/http1/answer_writer.h"

namespace hosts::command {

namespace {

constexpr size_t kPiece = size_t{64} << 10;
constexpr size_t kMostBacklog = size_t{256} << 10;

struct Type {
  std::string_view extension;
  std::string_view type;
};
constexpr std::array<Type, 24> kTypes = {{{"avif", "image/avif"},
                                          {"css", "text/css"},
                                          {"csv", "text/csv"},
                                          {"gif", "image/gif"},
                                          {"htm", "text/html"},
                                          {"html", "text/html"},
                                          {"ico", "image/vnd.microsoft.icon"},
                                          {"jpeg", "image/jpeg"},
                                          {"jpg", "image/jpeg"},
                                          {"js", "text/javascript"},
                                          {"json", "application/json"},
                                          {"map", "application/json"},
                                          {"md", "text/markdown"},
                                          {"mjs", "text/javascript"},
                                          {"mp4", "video/mp4"},
                                          {"pdf", "application/pdf"},
                                          {"png", "image/png"},
                                          {"svg", "image/svg+xml"},
                                          {"txt", "text/plain"},
                                          {"wasm", "application/wasm"},
                                          {"webp", "image/webp"},
                                          {"woff", "font/woff"},
                                          {"woff2", "font/woff2"},
                                          {"xml", "application/xml"}}};

std::string_view TypeOf(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return {};
  for (const Type& type : kTypes) {
    if (base::SameLetters(type.extension, name.substr(dot + 1))) return type.type;
  }
  return {};
}

std::string HttpDate(time_t time) {
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  static constexpr std::array<const char*, 7> kDays = {
      "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths = {
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  constexpr int kYearZero = 1900;
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT",
                     kDays.at(static_cast<size_t>(parts.tm_wday)),
                     parts.tm_mday,
                     kMonths.at(static_cast<size_t>(parts.tm_mon)),
                     parts.tm_year + kYearZero,
                     parts.tm_hour,
                     parts.tm_min,
                     parts.tm_sec);
}

std::string_view HeaderOf(const exchange::RequestHead& head, std::string_view name) {
  for (const auto& field : head.headers) {
    if (base::SameLetters(field.name, name)) return field.value;
  }
  return {};
}

// Lets the body of the request go by before it answers.
class PlainAnswer : public serving::Forwarding {
 public:
  void OnBody() override { StartWhenComplete(); }
  void OnDrained() override {}

 protected:
  explicit PlainAnswer(serving::ForwardedRequest& request) : request_(request) {}

  [[nodiscard]] serving::ForwardedRequest& request() { return request_; }
  void StartWhenComplete() {
    if (has_started_) return;
    request_.body().clear();
    if (!request_.is_body_complete()) return request_.ReceiveMore();
    has_started_ = true;
    Start();
  }

 private:
  virtual void Start() = 0;

  serving::ForwardedRequest& request_;
  bool has_started_ = false;
};

class Redirect final : public PlainAnswer {
 public:
  Redirect(serving::ForwardedRequest& forwarded, std::string location)
      : PlainAnswer(forwarded), location_(std::move(location)) {
    StartWhenComplete();
  }

 private:
  void Start() override {
    exchange::AnswerHead head;
    head.status = 301;
    head.reason = "Moved Permanently";
    head.headers = {{"Location", location_}, {"Content-Length", "0"}};
    head.content_length = 0;
    request().Begin(std::move(head));
    request().Finish();
  }

  std::string location_;
};

class File final : public PlainAnswer {
 public:
  File(serving::ForwardedRequest& forwarded, const std::string& path)
      : PlainAnswer(forwarded), path_(path) {
    StartWhenComplete();
  }

  void OnDrained() override { Send(); }

 private:
  void Start() override {
    const std::string_view method = request().head().method;
    if (method != "GET" && method != "HEAD" && method != "POST") return RefuseMethod();
    file_ = base::UniqueFd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat status {};
    if (!file_.is_open()) return request().Fail(errno == ENOENT ? 404 : 403);
    if (::fstat(file_.get(), &status) != 0 || !S_ISREG(status.st_mode)) return request().Fail(403);
    const std::string changed = HttpDate(status.st_mtime);
    exchange::AnswerHead head;
    head.headers = {{"Last-Modified", changed}};
    if (HeaderOf(request().head(), "If-Modified-Since") == changed) {
      head.status = 304;
      head.reason = "Not Modified";
      request().Begin(std::move(head));
      return request().Finish();
    }
    head.reason = "OK";
    head.content_length = static_cast<std::uint64_t>(status.st_size);
    head.headers.emplace_back("Content-Length", std::to_string(status.st_size));
    if (const auto type = TypeOf(path_); !type.empty()) {
      head.headers.emplace_back("Content-Type", type);
    }
    request().Begin(std::move(head));
    if (method == "HEAD") return request().Finish();
    left_ = static_cast<size_t>(status.st_size);
    Send();
  }

  // RFC 9110, 15.5.6: with the methods that there are.
  void RefuseMethod() {
    constexpr int kMethodNotAllowed = 405;
    exchange::AnswerHead head = http1::ErrorHead(kMethodNotAllowed);
    head.headers.emplace_back("Allow", "GET, HEAD, POST");
    request().Begin(std::move(head));
    request().Write(http1::ErrorPage(kMethodNotAllowed));
    request().Finish();
  }

  void Send() {
    if (!file_.is_open()) return;
    std::string piece(kPiece, '\0');
    while (left_ > 0 && request().backlog() < kMostBacklog) {
      const ssize_t size = ::read(file_.get(), piece.data(), std::min(piece.size(), left_));
      if (size <= 0) {
        file_.reset();
        return request().Fail(500);  // it became shorter: the client must notice
      }
      left_ -= static_cast<size_t>(size);
      request().Write(std::string_view(piece.data(), static_cast<size_t>(size)));
      request().SendNow();
    }
    if (left_ > 0) return;
    file_.reset();
    request().Finish();
  }

  std::string path_;
  base::UniqueFd file_;
  size_t left_ = 0;
};

}  // namespace

std::unique_ptr<serving::Forwarding> AnswerWithFile(serving::ForwardedRequest& request,
                                                    const std::string& path) {
  return std::make_unique<File>(request, path);
}

std::unique_ptr<serving::Forwarding> AnswerWithRedirect(serving::ForwardedRequest& request,
                                                        const std::string& location) {
  return std::make_unique<Redirect>(request, location);
}

}  // namespace hosts::command
