#pragma once
// The page that is sent instead of an application's answer. It says the status and nothing of the
// error: that is in the log.
//
// Threads: any.

#include <string>
#include <string_view>

#include "hosts/exchange/answer.h"

namespace hosts::wsgi {

// "Internal Server Error"; empty for a code without a standard reason.
[[nodiscard]] std::string_view StandardReason(int status);

struct ErrorPage {
  exchange::AnswerHead head;
  std::string body;
};

[[nodiscard]] ErrorPage MakeErrorPage(int status);

}  // namespace hosts::wsgi
