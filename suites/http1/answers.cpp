#include "suites/http1/answers.h"

#include <fmt/format.h>

#include "suites/client/answer_parser.h"
#include "suites/http1/outcome.h"

namespace suites::http1 {

using client::Answer;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

namespace {

// These are all bytes that there are: what is cut is wrong.
Error NotInOrder(const Error& error) {
  return {ErrorKind::InvalidInput, error.message};
}

Result<std::string> TakeBody(const Answer& answer, std::string_view& bytes) {
  if (answer.Header("Transfer-Encoding") == "chunked") return client::TakeChunks(bytes);
  const std::string length = answer.Header("Content-Length");
  // Without one it is what comes until the end of the connection.
  const auto size = length.empty() ? Result<size_t>(bytes.size()) : client::ParseLength(length);
  if (!size) return size.error();
  if (*size > bytes.size()) {
    return Error{ErrorKind::Closed, fmt::format("a body of {} bytes is cut", *size)};
  }
  std::string body(bytes.substr(0, *size));
  bytes.remove_prefix(*size);
  return body;
}

}  // namespace

Result<std::vector<Answer>> AnswersIn(std::string_view bytes, bool is_head) {
  constexpr int kNoContent = 204;
  constexpr int kNotModified = 304;
  std::vector<Answer> answers;
  while (!bytes.empty()) {
    auto answer = client::TakeHead(bytes);
    if (!answer) return NotInOrder(answer.error());
    const bool is_bodiless = !IsFinal(answer->status) || answer->status == kNoContent ||
                             answer->status == kNotModified || is_head;
    if (IsFinal(answer->status)) is_head = false;
    if (!is_bodiless) {
      auto body = TakeBody(*answer, bytes);
      if (!body) return NotInOrder(body.error());
      answer->body = std::move(*body);
    }
    answers.push_back(std::move(*answer));
  }
  return answers;
}

}  // namespace suites::http1
