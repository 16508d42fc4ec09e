#include "harness/examine/answer_pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "harness/examine/words.h"

namespace harness::examine {

namespace {

// A gap takes this many words, or twice as many as were seen in it.
constexpr std::size_t kRoomOfAGap = 12;
constexpr std::size_t kShown = 60;  // bytes of an answer, in a sentence

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(
      lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

// Name and value of every field, in order; names in lower case.
std::vector<std::pair<std::string, std::string>> FieldsOf(const tour::Answer& answer) {
  std::vector<std::pair<std::string, std::string>> fields;
  std::string_view rest = answer.head;
  bool is_status_line = true;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find("\r\n"), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 2, rest.size()));
    const std::size_t colon = line.find(':');
    if (!std::exchange(is_status_line, false) && colon != std::string_view::npos) {
      std::string_view value = line.substr(colon + 1);
      value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
      fields.emplace_back(Lower(line.substr(0, colon)), value);
    }
  }
  return fields;
}

bool IsText(std::string_view body) {
  return body.substr(0, 4096).find('\0') == std::string_view::npos;
}

// A part of it around a place, on one line.
std::string Excerpt(std::string_view text, std::size_t at) {
  const std::size_t begin = at > kShown / 3 ? at - kShown / 3 : 0;
  std::string shown = begin > 0 ? "…" : "";
  for (const char c : text.substr(std::min(begin, text.size()), kShown))
    shown += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  if (begin + kShown < text.size()) shown += "…";
  return shown;
}

}  // namespace

bool IsOfTheHost(std::string_view lower_case_name) {
  constexpr std::array<std::string_view, 8> kNames{"date",
                                                   "server",
                                                   "connection",
                                                   "keep-alive",
                                                   "transfer-encoding",
                                                   "content-length",
                                                   "x-wsgilab-worker",
                                                   "via"};
  return std::ranges::count(kNames, lower_case_name) > 0;
}

TextPattern::TextPattern(const std::vector<std::string_view>& texts) {
  if (texts.empty()) return;
  example_ = texts.front();
  const WordList first = SplitIntoWords(example_);
  std::vector<char> is_common(first.size(), 1);
  std::vector<std::size_t> gap_before(first.size() + 1,
                                      0);  // words that stood there in another text
  std::vector<char> has_gap_before(first.size() + 1, 0);
  for (std::size_t t = 1; t < texts.size(); ++t) {
    const WordList other = SplitIntoWords(texts[t]);
    std::size_t next_one = 0;
    std::size_t next_other = 0;
    const auto see_gap = [&](std::size_t one, std::size_t theirs) {
      for (std::size_t word = next_one; word < one; ++word)
        is_common[word] = 0;
      if (one == next_one && theirs == next_other) return;
      has_gap_before[one] = 1;
      gap_before[one] = std::max(gap_before[one], theirs - next_other);
    };
    for (const auto& [one, theirs] : CommonWords(first, other)) {
      see_gap(one, theirs);
      next_one = one + 1;
      next_other = theirs + 1;
    }
    see_gap(first.size(), other.size());
  }
  Piece piece;
  std::size_t left_out = 0;
  for (std::size_t word = 0; word <= first.size(); ++word) {
    const bool is_end = word == first.size();
    if (!is_end && is_common[word] == 0) {
      ++left_out;
      piece.has_gap_after = true;
      piece.gap_after = std::max(piece.gap_after, gap_before[word]);
      continue;
    }
    if (has_gap_before[word] != 0) piece.has_gap_after = true;
    piece.gap_after = std::max({piece.gap_after, gap_before[word], left_out});
    left_out = 0;
    if (piece.has_gap_after || is_end) {
      pieces_.push_back(std::exchange(piece, {}));
    }
    if (!is_end) piece.words.emplace_back(first[word]);
  }
}

std::size_t TextPattern::gaps() const {
  return static_cast<std::size_t>(std::ranges::count_if(pieces_, &Piece::has_gap_after));
}

bool TextPattern::Fits(std::string_view text) const {
  return Fits(SplitIntoWords(text));
}

bool TextPattern::Fits(const std::vector<std::string_view>& words) const {
  auto at = words.begin();
  const Piece* before = nullptr;  // whose gap stands in front
  for (const Piece& piece : pieces_) {
    const bool may_skip = before != nullptr && before->has_gap_after;
    const auto room = may_skip ? std::max(kRoomOfAGap, 2 * before->gap_after) : 0;
    const auto last = words.end() - at > static_cast<std::ptrdiff_t>(room + piece.words.size())
                          ? at + static_cast<std::ptrdiff_t>(room + piece.words.size())
                          : words.end();
    const bool is_last = &piece == &pieces_.back() && !piece.has_gap_after;
    auto found = at;
    if (is_last && may_skip) {  // to the end, wherever its words stand before
      if (words.end() - at < std::ssize(piece.words)) return false;
      found = words.end() - std::ssize(piece.words);
      if (found - at > static_cast<std::ptrdiff_t>(room)) return false;
      if (!std::equal(piece.words.begin(), piece.words.end(), found)) return false;
    } else {
      found = std::search(at, last, piece.words.begin(), piece.words.end());
      if (found == last && !piece.words.empty()) return false;
      if (!may_skip && found != at) return false;
    }
    at = found + std::ssize(piece.words);
    before = &piece;
  }
  if (before != nullptr && before->has_gap_after) {
    return words.end() - at <=
           static_cast<std::ptrdiff_t>(std::max(kRoomOfAGap, 2 * before->gap_after));
  }
  return at == words.end();
}

std::string TextPattern::FirstDifference(std::string_view text) const {
  // Up to where a pattern that is cut off there would fit.
  const WordList words = SplitIntoWords(text);
  const WordList expected = SplitIntoWords(example_);
  std::size_t at = 0;
  std::size_t example_at = 0;
  const auto common = CommonWords(expected, words);
  std::size_t next_expected = 0;
  std::size_t next_word = 0;
  const auto offset = [](std::string_view whole, const WordList& list, std::size_t word) {
    return word < list.size() ? static_cast<std::size_t>(list[word].data() - whole.data())
                              : whole.size();
  };
  // The largest stretch that the example and this text have not in common.
  std::size_t most = 0;
  const auto look = [&](std::size_t to_expected, std::size_t to_word) {
    const std::size_t size = (to_expected - next_expected) + (to_word - next_word);
    if (size > most) {
      most = size;
      example_at = offset(example_, expected, next_expected);
      at = offset(text, words, next_word);
    }
  };
  for (const auto& [one, other] : common) {
    look(one, other);
    next_expected = one + 1;
    next_word = other + 1;
  }
  look(expected.size(), words.size());
  return fmt::format("'{}' instead of '{}'", Excerpt(text, at), Excerpt(example_, example_at));
}

AnswerPattern::AnswerPattern(const std::vector<tour::Answer>& repeats) {
  if (repeats.empty()) return;
  status_ = repeats.front().status;
  std::map<std::string, std::vector<std::string>> values;
  std::vector<std::string> names;
  for (const tour::Answer& answer : repeats) {
    has_one_status_ = has_one_status_ && answer.status == status_;
    std::map<std::string, std::string> of_this;  // several of a name are one, in their order
    for (const auto& [name, value] : FieldsOf(answer)) {
      if (!IsOfTheHost(name)) of_this[name] += value + "\n";
    }
    for (const auto& [name, value] : of_this) {
      if (!values.contains(name)) names.push_back(name);
      values[name].push_back(value);
    }
    is_text_ = is_text_ && IsText(answer.body);
    is_body_the_same_ = is_body_the_same_ && answer.body == repeats.front().body;
  }
  for (const std::string& name : names) {
    const std::vector<std::string_view> texts(values[name].begin(), values[name].end());
    fields_.push_back({name, TextPattern(texts), texts.size() == repeats.size()});
  }
  if (is_text_) {
    std::vector<std::string_view> bodies;
    for (const tour::Answer& answer : repeats)
      bodies.push_back(answer.body);
    text_ = TextPattern(bodies);
  } else {
    body_ = repeats.front().body;
  }
}

std::size_t AnswerPattern::varying() const {
  std::size_t count = (has_one_status_ ? 0 : 1) + (is_text_            ? text_.gaps()
                                                   : is_body_the_same_ ? 0
                                                                       : 1);
  for (const Field& field : fields_)
    count += field.value.gaps() + (field.is_always_there ? 0 : 1);
  return count;
}

std::optional<std::string> AnswerPattern::Difference(const tour::Answer& answer) const {
  if (has_one_status_ && answer.status != status_) {
    return fmt::format("status {} instead of {}", answer.status, status_);
  }
  std::map<std::string, std::string> fields;
  for (const auto& [name, value] : FieldsOf(answer)) {
    if (!IsOfTheHost(name)) fields[name] += value + "\n";
  }
  for (const Field& field : fields_) {
    const auto found = fields.find(field.name);
    if (found == fields.end()) {
      if (field.is_always_there) return fmt::format("the header {} is missing", field.name);
      continue;
    }
    if (!field.value.Fits(found->second)) {
      return fmt::format(
          "the header {} has {}", field.name, field.value.FirstDifference(found->second));
    }
    fields.erase(found);
  }
  if (!fields.empty()) return fmt::format("there is a header {}", fields.begin()->first);
  if (is_text_ && IsText(answer.body)) {
    if (text_.Fits(answer.body)) return std::nullopt;
    return "the body has " + text_.FirstDifference(answer.body);
  }
  if (is_text_ || (is_body_the_same_ && answer.body != body_)) {
    return fmt::format("the body, which is no text, has {} bytes that are others",
                       answer.body.size());
  }
  return std::nullopt;
}

}  // namespace harness::examine
