#pragma once
// TakeHead, TakeChunk, TakeChunks: an answer of HTTP/1.0 or HTTP/1.1, taken piece by piece from the front of its bytes.
// ParseLength, ParseChunkSize:     the numbers in it: digits, all of them, and none so big that adding to it overflows.
//
// Fails:   Closed where the bytes end too early, InvalidInput where they are none. What was taken is lost then.
// Source:  RFC 9112, 4, 5, 7.1. Chunk extensions are passed over; trailers, which nobody here asks for, are refused.

#include <string>
#include <string_view>

#include "hosts/base/result.h"
#include "suites/client/answer.h"

namespace suites::client {

// Status line, fields, and the empty line.
[[nodiscard]] hosts::base::Result<Answer> TakeHead(std::string_view& bytes);

// One chunk, its size and its ends included: what is in it, which is nothing of the last one.
[[nodiscard]] hosts::base::Result<std::string_view> TakeChunk(std::string_view& bytes);
// All chunks, the last one included: what is in them.
[[nodiscard]] hosts::base::Result<std::string> TakeChunks(std::string_view& bytes);

// The value of Content-Length.
[[nodiscard]] hosts::base::Result<size_t> ParseLength(std::string_view value);
// The line before a chunk, without its end.
[[nodiscard]] hosts::base::Result<size_t> ParseChunkSize(std::string_view line);

}  // namespace suites::client
