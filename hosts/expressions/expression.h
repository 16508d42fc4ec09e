#pragma once
// Expression: a condition in the language of Apache 2.4 (ap_expr), as <If>, Require expr and
//             SetEnvIfExpr have it: "%{HTTP_HOST} == 'a.example' && ! -R '10.0.0.0/8'".
//
// Parsed once, when the configuration is read, and judged for each request. What asks for something
// that only another module of Apache knows (a certificate, a user, a subrequest) is parsed and
// never judged: foreign() says what it is.
//
// Bounded, so that no configuration and no request makes it take long: its length, the depth of its
// nesting, the texts that it makes, the steps of its regular expressions.
//
// Owns:    its tree, shared by copies.
// Threads: const functions from any thread, each with Values of its own.
// Fails:   a text that is no expression: InvalidInput, at which character and what is wrong there.
// Source:  Apache 2.4, "Expressions in Apache HTTP Server".

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/base/result.h"
#include "hosts/expressions/values.h"

namespace hosts::expressions {

struct Node;

struct Judged {
  bool holds = false;
  std::string error = {};  // why it could not be judged for this request; then it does not hold
  // What the last regular expression with groups took: $0 to $9. Empty: none matched.
  std::vector<std::string> captures = {};
};

class Expression {
 public:
  [[nodiscard]] static base::Result<Expression> Parse(std::string_view text);

  [[nodiscard]] const std::string& text() const { return text_; }
  // Of its regular expressions, compiled.
  [[nodiscard]] size_t regex_bytes() const { return regex_bytes_; }
  // Empty: all of it can be judged.
  [[nodiscard]] const std::string& foreign() const { return foreign_; }
  // Only of one that is not foreign.
  [[nodiscard]] Judged Judge(Values& values) const;

 private:
  Expression(std::string_view text,
             std::shared_ptr<const Node> root,
             std::string foreign,
             size_t regex_bytes)
      : text_(text),
        root_(std::move(root)),
        foreign_(std::move(foreign)),
        regex_bytes_(regex_bytes) {}

  std::string text_;
  std::shared_ptr<const Node> root_;
  std::string foreign_;
  size_t regex_bytes_ = 0;
};

}  // namespace hosts::expressions
