#pragma once
// ReadOnly: what the chosen host says of a configuration that it is asked to check, and not to serve.
//
// Fails:   ends the check when the host cannot be asked.

#include <string>

#include "suites/hosts_under_test/stage.h"

namespace suites::hosting {

struct Verdict {
  bool is_accepted = false;
  std::string said;
  std::string last_line;  // where it says the text's last line is

  [[nodiscard]] bool Says(const std::string& words) const {
    return said.find(words) != std::string::npos;
  }
};

// Of one that ends with this text.
[[nodiscard]] Verdict ReadOnly(const hosts_under_test::Stage& stage, const std::string& text);

}  // namespace suites::hosting
