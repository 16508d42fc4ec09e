#pragma once
// PlainAnswers: what the server itself answers beside errors: a file that is no script, and the
// redirect to a directory's slash.
//
// The file is read piece by piece as the client takes it: memory stays flat, and nobody waits for a
// client. A disk that is slow holds the loop.
//
// Threads: the leader's (serving/service.h).
// Source:  RFC 9110 (Last-Modified, If-Modified-Since, HEAD).

#include <memory>
#include <string>

#include "hosts/serving/service.h"

namespace hosts::command {

[[nodiscard]] std::unique_ptr<serving::Forwarding> AnswerWithFile(
    serving::ForwardedRequest& request, const std::string& path);

[[nodiscard]] std::unique_ptr<serving::Forwarding> AnswerWithRedirect(
    serving::ForwardedRequest& request, const std::string& location);

}  // namespace hosts::command
