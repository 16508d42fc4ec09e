#pragma once
// Regex:     a regular expression as Apache understands it (PCRE), matched anywhere in a text.
// FitsGlob:  wildcards: * and ? and [abc]; neither * nor ? stands for a slash where slashes count.
//
// Owns:    the compiled expression, shared by copies.
// Threads: const functions from any thread.
// Fails:   a pattern that does not compile: InvalidInput, with what is wrong and at which character.
//          A text that needs too many steps does not match.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hosts/base/result.h"

namespace hosts::base {

class Regex {
 public:
  enum class Case { Matters, Ignored };
  [[nodiscard]] static Result<Regex> Compile(std::string_view pattern,
                                             Case letters = Case::Matters);

  // What the whole and each group took, or nullopt. A group that took no part is empty.
  using Captures = std::vector<std::string_view>;
  [[nodiscard]] std::optional<Captures> Match(std::string_view text) const;
  [[nodiscard]] bool Fits(std::string_view text) const { return Match(text).has_value(); }

  // The groups (?<name>...), with what each took.
  using Named = std::vector<std::pair<std::string, std::string_view>>;
  [[nodiscard]] Named NamedGroups(const Captures& captures) const;

  [[nodiscard]] size_t group_count() const;  // without the whole
  [[nodiscard]] size_t size_bytes() const;   // compiled; how long that took goes with it

  [[nodiscard]] const std::string& pattern() const { return pattern_; }

 private:
  struct Code;
  Regex(std::string pattern, std::shared_ptr<const Code> code)
      : pattern_(std::move(pattern)), code_(std::move(code)) {}

  std::string pattern_;
  std::shared_ptr<const Code> code_;
};

// The template with $0 to $9 and & replaced by what was captured; \$ and \& are themselves.
[[nodiscard]] std::string Substitute(std::string_view replacement, const Regex::Captures& captures);

enum class Slashes { Count, DoNotCount };
[[nodiscard]] bool FitsGlob(std::string_view text, std::string_view glob, Slashes slashes);
[[nodiscard]] bool IsGlob(std::string_view text);

}  // namespace hosts::base
