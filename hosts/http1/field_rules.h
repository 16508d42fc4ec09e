#pragma once
// What RFC 9112 and 9110 say of the headers that decide where a request ends and what its sender
// expects. Boost.Beast's parser (1.74) takes more than they allow; what it takes too much is caught
// with these.
//
// Fails:   a value that must be refused has a status.
// Source:  RFC 9112, 5.2, 6.1, 7; RFC 9110, 5.6.1, 7.6.1, 8.6, 10.1.1; INP-8, ERR-16.

#include <string_view>

namespace hosts::http1 {

// Name and value stand on one line: nothing is folded (RFC 9112, 5.2). All three view one text, and
// the line ends within it.
[[nodiscard]] bool IsOnOneLine(std::string_view name,
                               std::string_view value,
                               std::string_view text);

// Transfer-Encoding: `chunked`, once, and nothing else. 501: a coding that is not known; 400: what is
// no list of codings, or names chunked twice.
struct Coding {
  int refused_status = 0;
  std::string_view name;  // of the value: the word alone
};
[[nodiscard]] Coding ParseCoding(std::string_view value);

// One number that a file could have as its length, 2^63 - 1 at most; a list of equal ones may be refused
// (RFC 9110, 8.6), and is.
[[nodiscard]] bool IsContentLength(std::string_view value);

// Every expectation of the list is 100-continue.
[[nodiscard]] bool IsContinueOnly(std::string_view value);

// The list of options has this one.
[[nodiscard]] bool HasOption(std::string_view list, std::string_view option);

// No control characters but tabs (RFC 9110, 5.6.4): an extension of a chunk, quoted strings included.
[[nodiscard]] bool IsPlainText(std::string_view text);

// `GET / HTTP/1.1`: a request line of three parts whose last one is a version.
[[nodiscard]] bool HasVersion(std::string_view line);

}  // namespace hosts::http1
