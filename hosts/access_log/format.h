#pragma once
// Format: what a line of the access log says (LogFormat), compiled once, written for each request.
// Entry:  what it may say of one request; plain views, good while the line is written.
// Names:  what a request and its answer carry under a name; asked only by formats that name it.
//
// What clients send is escaped as Apache does it: \" \\ \n \xhh. So a line stays one line, and a
// quote in it one of the format's own. What there is not is written as "-".
//
// Threads: const functions from any thread.
// Fails:   a text that is no format: InvalidInput, at which character and what is wrong there.
// Source:  Apache 2.4, mod_log_config and mod_logio.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/base/result.h"

namespace hosts::access_log {

class Names {
 public:
  virtual ~Names() = default;
  // Headers of one name are one value, with ", " between.
  [[nodiscard]] virtual std::optional<std::string> RequestHeader(std::string_view name) const = 0;
  [[nodiscard]] virtual std::optional<std::string> AnswerHeader(std::string_view name) const = 0;
  // A variable that the configuration gave the request.
  [[nodiscard]] virtual std::optional<std::string> Variable(std::string_view name) const = 0;
};

// What became of the connection.
enum class Afterwards { Kept, Closed, BrokeOff };

struct Entry {
  std::string_view remote_address;
  int remote_port = 0;
  std::string_view local_address;
  int local_port = 0;
  std::string_view server_name;  // of the virtual host
  int server_port = 0;
  std::string_view host_name;     // that the request named
  std::string_view request_line;  // as it came; empty: none came
  std::string_view method;
  std::string_view path;      // decoded, without query
  std::string_view query;     // without '?'
  std::string_view protocol;  // "HTTP/1.1"
  std::string_view filename;
  std::string_view handler;
  std::string_view mode;  // "embedded", "daemon"; empty: no application was asked
  std::string_view process_group;
  std::string_view application_group;
  int pid = 0;                   // of the process whose application answered; 0: none did
  int status = 0;                // 0: no answer was begun
  std::uint64_t body_bytes = 0;  // of the answer, without framing
  std::uint64_t sent = 0;        // bytes on the wire
  std::uint64_t received = 0;
  std::int64_t began_us = 0;  // since the epoch
  std::chrono::microseconds took{0};
  std::uint32_t requests_before = 0;  // on the same connection
  Afterwards afterwards = Afterwards::Kept;
  const Names* names = nullptr;
};

inline constexpr std::string_view kCommon = "%h %l %u %t \"%r\" %>s %b";
inline constexpr std::string_view kCombined =
    "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\"";

class Format {
 public:
  [[nodiscard]] static base::Result<Format> Parse(std::string_view text);

  [[nodiscard]] const std::string& text() const { return text_; }
  // Appends one line, with its end.
  void Write(const Entry& entry, std::string& out) const;

 private:
  struct Item;
  class Reader;
  static void WriteItem(const Item& item, const Entry& entry, std::string& out);

  std::string text_;
  std::vector<Item> items_;
};

// One item: text as it stands, or a letter with what stood between '%' and it.
struct Format::Item {
  char letter = 0;  // 0: `argument` is text
  std::string argument;
  std::vector<int> statuses;  // only for these, or only for others
  bool is_for_others = false;
};

// As Apache escapes what clients sent.
void AppendEscaped(std::string_view text, std::string& out);

}  // namespace hosts::access_log
