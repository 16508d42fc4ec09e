#pragma once
// AnswerPattern: what stays the same in the answers to one request that was asked several times in the same mode, and where
// they vary: dates, CSRF tokens, session ids, whatever it is. An answer from another mode that fits says the same.
//
// Texts are compared word by word. What varied is a gap, and a gap takes any words, but not many more than were seen there: a
// page of an error does not fit into the place of a token. Bodies that are no text must be the same bytes, or vary as a whole.
//
// Pure: answers in, a sentence out. Fails: never; without an answer to learn from nothing fits.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/tour/exchange.h"

namespace harness::examine {

// Words and gaps: the common part of some texts.
class TextPattern {
 public:
  TextPattern() = default;
  explicit TextPattern(const std::vector<std::string_view>& texts);

  [[nodiscard]] bool Fits(std::string_view text) const;
  [[nodiscard]] std::size_t gaps() const;
  // Where it ceases to fit, with some words around it: "'… DEBUG = True …' instead of '… DEBUG = False …'".
  [[nodiscard]] std::string FirstDifference(std::string_view text) const;

 private:
  struct Piece {
    std::vector<std::string> words;
    std::size_t gap_after = 0;  // the most words that were seen in the gap behind it
    bool has_gap_after = false;
  };
  [[nodiscard]] bool Fits(const std::vector<std::string_view>& words) const;

  std::vector<Piece> pieces_;  // a first one without words: a gap at the beginning
  std::string example_;
};

class AnswerPattern {
 public:
  explicit AnswerPattern(const std::vector<tour::Answer>& repeats);

  // Why an answer does not fit, in a sentence; nothing when it does.
  [[nodiscard]] std::optional<std::string> Difference(const tour::Answer& answer) const;
  [[nodiscard]] int status() const { return status_; }
  // How many parts of the answer varied.
  [[nodiscard]] std::size_t varying() const;

 private:
  struct Field {
    std::string name;  // in lower case
    TextPattern value;
    bool is_always_there = true;
  };

  int status_ = 0;
  bool has_one_status_ = true;
  std::vector<Field> fields_;
  bool is_text_ = true;
  bool is_body_the_same_ = true;  // of a body that is no text
  std::string body_;              // likewise
  TextPattern text_;
};

// Header fields that tell of the connection or the moment and not of the application: not compared.
[[nodiscard]] bool IsOfTheHost(std::string_view lower_case_name);

}  // namespace harness::examine
