#pragma once
// AnswersIn: the answers that follow each other on a connection, from all of its bytes.
//
// Fails:   InvalidInput where an answer is not in order: no status line, a body that is cut.
// Source:  RFC 9112, 6.3.

#include <string_view>
#include <vector>

#include "hosts/base/result.h"
#include "suites/client/answer.h"

namespace suites::http1 {

// is_head: the first answer that is not interim has no body, whatever its length says.
[[nodiscard]] hosts::base::Result<std::vector<client::Answer>> AnswersIn(std::string_view bytes,
                                                                         bool is_head);

}  // namespace suites::http1
