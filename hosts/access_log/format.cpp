#include "hosts/access_log/format.h"

#include <fmt/format.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "hosts/base/letters.h"

namespace hosts::access_log {

namespace {

using base::Error;
using base::ErrorKind;
using base::SameLetters;

constexpr std::int64_t kMicroseconds = 1'000'000;
constexpr std::int64_t kMilliseconds = 1'000;
constexpr char kTrailer = '^';  // an item of mod_logio, or a trailer: nothing that is known here

// Letters that take an argument of few words.
struct Choices {
  char letter;
  std::string_view words;  // between blanks
};
constexpr std::array<Choices, 5> kChoices = {{{'T', "s ms us"},
                                              {'P', "pid tid hextid"},
                                              {'p', "canonical local remote"},
                                              {'a', "c"},
                                              {'W', "mode process-group application-group pid"}}};
constexpr std::string_view kLetters = "aABbCDefhHiIklLmnoOpPqrRsStTuUvVWxXc";

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

bool IsAmong(std::string_view word, std::string_view words) {
  while (!words.empty()) {
    const size_t end = std::min(words.find(' '), words.size());
    if (words.substr(0, end) == word) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

void Append(std::optional<std::string> text, std::string& out) {
  if (!text) {
    out += '-';
    return;
  }
  AppendEscaped(*text, out);
}

void AppendOrDash(std::string_view text, std::string& out) {
  if (text.empty()) {
    out += '-';
    return;
  }
  AppendEscaped(text, out);
}

template <typename Number>
void AppendNumber(Number number, std::string& out) {
  const fmt::format_int digits(number);
  out.append(digits.data(), digits.size());
}

std::string Strftime(const char* format, std::time_t seconds) {
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  std::array<char, 256> text{};
  return {text.data(), std::strftime(text.data(), text.size(), format, &parts)};
}

// "[31/Jan/2026:12:00:00 +0000]", made anew once a second on each thread.
void AppendClfTime(std::time_t seconds, std::string& out) {
  thread_local std::time_t made_for = -1;
  thread_local std::string text;
  if (seconds != made_for) {
    made_for = seconds;
    constexpr std::array<std::string_view, 12> kMonths = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    constexpr int kYearZero = 1900;
    constexpr int kMinute = 60;
    std::tm parts{};
    ::localtime_r(&seconds, &parts);
    const long offset = std::abs(parts.tm_gmtoff) / kMinute;
    text = fmt::format("[{:02}/{}/{}:{:02}:{:02}:{:02} {}{:02}{:02}]",
                       parts.tm_mday,
                       kMonths.at(static_cast<size_t>(parts.tm_mon)),
                       parts.tm_year + kYearZero,
                       parts.tm_hour,
                       parts.tm_min,
                       parts.tm_sec,
                       parts.tm_gmtoff < 0 ? '-' : '+',
                       offset / kMinute,
                       offset % kMinute);
  }
  out += text;
}

void AppendTime(std::string_view format, const Entry& entry, std::string& out) {
  constexpr std::string_view kBegin = "begin:";
  constexpr std::string_view kEnd = "end:";
  std::int64_t us = entry.began_us;
  if (format.starts_with(kBegin)) {
    format.remove_prefix(kBegin.size());
  } else if (format.starts_with(kEnd)) {
    format.remove_prefix(kEnd.size());
    us += entry.took.count();
  }
  if (format.empty()) return AppendClfTime(us / kMicroseconds, out);
  if (format == "sec") return AppendNumber(us / kMicroseconds, out);
  if (format == "msec") return AppendNumber(us / kMilliseconds, out);
  if (format == "usec") return AppendNumber(us, out);
  if (format == "msec_frac") {
    out += fmt::format("{:03}", us % kMicroseconds / kMilliseconds);
  } else if (format == "usec_frac") {
    out += fmt::format("{:06}", us % kMicroseconds);
  } else {
    out += Strftime(std::string(format).c_str(), us / kMicroseconds);
  }
}

void AppendDuration(std::string_view unit, std::chrono::microseconds took, std::string& out) {
  if (unit == "us") return AppendNumber(took.count(), out);
  AppendNumber(took.count() / (unit == "ms" ? kMilliseconds : kMicroseconds), out);
}

void AppendPort(std::string_view which, const Entry& entry, std::string& out) {
  if (which == "local") return AppendNumber(entry.local_port, out);
  AppendNumber(which == "remote" ? entry.remote_port : entry.server_port, out);
}

void AppendProcess(std::string_view which, std::string& out) {
  if (which == "tid") return AppendNumber(::syscall(SYS_gettid), out);
  if (which == "hextid") {
    out += fmt::format("{:x}", ::syscall(SYS_gettid));
    return;
  }
  AppendNumber(::getpid(), out);
}

std::optional<std::string> Cookie(const Entry& entry, std::string_view name) {
  const auto header = entry.names->RequestHeader("Cookie");
  if (!header) return std::nullopt;
  for (std::string_view rest = *header; !rest.empty();) {
    const size_t end = std::min(rest.find(';'), rest.size());
    std::string_view pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    pair.remove_prefix(std::min(pair.find_first_not_of(' '), pair.size()));
    const size_t equals = pair.find('=');
    if (equals == std::string_view::npos || !SameLetters(pair.substr(0, equals), name)) continue;
    return std::string(pair.substr(equals + 1));
  }
  return std::nullopt;
}

void AppendWhere(std::string_view what, const Entry& entry, std::string& out) {
  if (what == "mode") return AppendOrDash(entry.mode, out);
  if (what == "pid" && entry.pid != 0) return AppendNumber(entry.pid, out);
  if (entry.mode.empty() || what == "pid") {
    out += '-';
    return;
  }
  AppendEscaped(what == "process-group" ? entry.process_group : entry.application_group, out);
}

char Symbol(Afterwards afterwards) {
  if (afterwards == Afterwards::BrokeOff) return 'X';
  return afterwards == Afterwards::Kept ? '+' : '-';
}

}  // namespace

void AppendEscaped(std::string_view text, std::string& out) {
  constexpr std::string_view kNamed = "\b\n\r\t\v\\\"";
  constexpr std::string_view kNames = "bnrtv\\\"";
  constexpr unsigned char kFirstPrintable = 0x20;
  constexpr unsigned char kLastPrintable = 0x7e;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= kFirstPrintable && byte <= kLastPrintable && c != '\\' && c != '"') {
      out += c;
    } else if (const size_t at = kNamed.find(c); at != std::string_view::npos) {
      out += '\\';
      out += kNames[at];
    } else {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", byte);
    }
  }
}

// Reads the items of a format, one after the other.
class Format::Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  [[nodiscard]] base::Result<std::vector<Item>> Read() {
    std::vector<Item> items;
    while (at_ < text_.size()) {
      if (text_[at_] == '%' && (at_ + 1 == text_.size() || text_[at_ + 1] != '%')) {
        auto item = ReadItem();
        if (!item) return item.error();
        items.push_back(std::move(*item));
        continue;
      }
      if (items.empty() || items.back().letter != 0) items.emplace_back();
      items.back().argument += ReadCharacter();
    }
    return items;
  }

 private:
  // Of text: "%%" is one character, and so are \n, \r and \t.
  [[nodiscard]] std::string_view ReadCharacter() {
    const std::string_view two = text_.substr(at_, 2);
    at_ += two == "%%" || two == "\\n" || two == "\\r" || two == "\\t" ? 2 : 1;
    if (two == "\\n") return "\n";
    if (two == "\\r") return "\r";
    return two == "\\t" ? "\t" : two.substr(0, 1);
  }

  [[nodiscard]] base::Result<Item> ReadItem() {
    const size_t begin = at_++;
    Item item;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '!') {
        item.is_for_others = !item.is_for_others;
      } else if (c == '{') {
        const size_t end = text_.find('}', at_);
        if (end == std::string_view::npos) break;
        item.argument = text_.substr(at_ + 1, end - at_ - 1);
        at_ = end;
      } else if (IsDigit(c)) {
        item.statuses.push_back(ReadStatus());
      } else if (c != '<' && c != '>' && c != ',') {
        return ReadLetter(begin, std::move(item));
      }
    }
    return Error{ErrorKind::InvalidInput,
                 fmt::format("the log format ends within the item that begins at its character {}: "
                             "write the item's letter, or %% for a percent sign",
                             begin + 1)};
  }

  [[nodiscard]] base::Result<Item> ReadLetter(size_t begin, Item item) {
    const std::string_view three = text_.substr(at_, 3);
    const bool is_trailer = three == "^FB" || three == "^FU" || three == "^ti" || three == "^to";
    item.letter = is_trailer ? kTrailer : text_[at_];
    at_ += is_trailer ? three.size() : 1;
    const std::string_view written = text_.substr(begin, at_ - begin);
    if (!is_trailer && kLetters.find(item.letter) == std::string_view::npos) {
      std::string shown;
      AppendEscaped(written, shown);
      return Error{ErrorKind::InvalidInput,
                   fmt::format("{}, at character {} of the log format, is no item of one: the "
                               "reference of LogFormat names them",
                               shown,
                               begin + 1)};
    }
    for (const Choices& choices : kChoices) {
      if (choices.letter != item.letter || IsAmong(item.argument, choices.words)) continue;
      if (item.argument.empty() && item.letter != 'W') continue;
      return Error{ErrorKind::InvalidInput,
                   fmt::format("%{{...}}{}, at character {} of the log format, is for one of: {}",
                               item.letter,
                               begin + 1,
                               choices.words)};
    }
    return item;
  }

  // Leaves the place at its last digit.
  [[nodiscard]] int ReadStatus() {
    constexpr int kBase = 10;
    constexpr int kMost = 999;
    int status = 0;
    for (; at_ < text_.size() && IsDigit(text_[at_]); ++at_)
      status = std::min(status * kBase + (text_[at_] - '0'), kMost + 1);
    --at_;
    return status;
  }

  std::string_view text_;
  size_t at_ = 0;
};

base::Result<Format> Format::Parse(std::string_view text) {
  auto items = Reader(text).Read();
  if (!items) return items.error();
  Format format;
  format.text_ = text;
  format.items_ = std::move(*items);
  return format;
}

void Format::Write(const Entry& entry, std::string& out) const {
  for (const Item& item : items_) {
    if (item.letter == 0) {
      out += item.argument;
      continue;
    }
    const bool is_listed = std::ranges::find(item.statuses, entry.status) != item.statuses.end();
    if (!item.statuses.empty() && is_listed == item.is_for_others) {
      out += '-';
      continue;
    }
    WriteItem(item, entry, out);
  }
  out += '\n';
}

void Format::WriteItem(const Item& item, const Entry& entry, std::string& out) {
  switch (item.letter) {
    case 'a':
    case 'h':
      return AppendOrDash(entry.remote_address, out);
    case 'A':
      return AppendOrDash(entry.local_address, out);
    case 'B':
      return AppendNumber(entry.body_bytes, out);
    case 'b':
      if (entry.body_bytes > 0) return AppendNumber(entry.body_bytes, out);
      break;
    case 'C':
      return Append(Cookie(entry, item.argument), out);
    case 'D':
      return AppendNumber(entry.took.count(), out);
    case 'e':
      return Append(entry.names->Variable(item.argument), out);
    case 'f':
      return AppendOrDash(entry.filename, out);
    case 'H':
      return AppendOrDash(entry.protocol, out);
    case 'i':
      return Append(entry.names->RequestHeader(item.argument), out);
    case 'I':
      return AppendNumber(entry.received, out);
    case 'k':
      return AppendNumber(entry.requests_before, out);
    case 'm':
      return AppendOrDash(entry.method, out);
    case 'o':
      return Append(entry.names->AnswerHeader(item.argument), out);
    case 'O':
      return AppendNumber(entry.sent, out);
    case 'p':
      return AppendPort(item.argument, entry, out);
    case 'P':
      return AppendProcess(item.argument, out);
    case 'q':
      if (entry.query.empty()) return;
      out += '?';
      return AppendEscaped(entry.query, out);
    case 'r':
      return AppendOrDash(entry.request_line, out);
    case 'R':
      return AppendOrDash(entry.handler, out);
    case 's':
      if (entry.status > 0) return AppendNumber(entry.status, out);
      break;
    case 'S':
      return AppendNumber(entry.received + entry.sent, out);
    case 't':
      return AppendTime(item.argument, entry, out);
    case 'T':
      return AppendDuration(item.argument, entry.took, out);
    case 'U':
      return AppendOrDash(entry.path, out);
    case 'v':
      return AppendOrDash(entry.server_name, out);
    case 'V':
      return AppendOrDash(entry.host_name.empty() ? entry.server_name : entry.host_name, out);
    case 'W':
      return AppendWhere(item.argument, entry, out);
    case 'X':
      out += Symbol(entry.afterwards);
      return;
    default:
      break;  // what only other modules know
  }
  out += '-';
}

}  // namespace hosts::access_log
