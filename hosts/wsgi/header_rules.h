#pragma once
// What an application may say in start_response (PEP 3333; RESP-7, RESP-8, RESP-9). Pure: text in,
// verdict out.
//
// Fails:   with InvalidInput and the sentence that the application's developer will read.

#include <cstdint>
#include <string_view>

#include "hosts/base/result.h"

namespace hosts::wsgi {

struct Status {
  int code = 0;
  std::string_view reason;  // into the text, or the standard one of a bare code
};

// "200 OK", "200", "299 My Reason". Not 1xx: an interim answer cannot be the final one.
[[nodiscard]] base::Result<Status> ParseStatus(std::string_view text);

// A token and a value without control characters but tab, and no hop-by-hop header: those belong
// to the connection, which is the server's.
[[nodiscard]] base::Result<void> CheckHeader(std::string_view name, std::string_view value);

// Digits only, and 2^63 - 1 at most, as the length of a file.
[[nodiscard]] base::Result<std::uint64_t> ParseContentLength(std::string_view text);

}  // namespace hosts::wsgi
