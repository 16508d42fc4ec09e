#include "reports/markdown/text.h"

#include <algorithm>
#include <cctype>

#include "reports/characters/characters.h"

namespace reports::markdown {

namespace {

constexpr std::string_view kNothing = "\u200B";        // a blank without width
constexpr std::string_view kMarkup = "\\`*_[]<>&~$#";  // what a backslash makes text
constexpr std::string_view kMentions = "@#!%^&~$*";    // what a mention begins with, on one of them

bool IsLetter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

bool IsWord(char c) {
  return IsLetter(c) || c == '_' || c == '"' || static_cast<unsigned char>(c) >= 0x80;
}

// "[issue:": what GitLab's references of a kind begin with.
bool IsBehindBracket(std::string_view text, std::size_t at) {
  while (at > 0 && (IsLetter(text[at - 1]) || text[at - 1] == '_'))
    --at;
  return at > 0 && text[at - 1] == '[';
}

// What is written in the place of text[at], which is ASCII, given what stands around it.
std::string Escaped(std::string_view text, std::size_t at) {
  const char c = text[at];
  const char next = at + 1 < text.size() ? text[at + 1] : '\0';
  const auto ends_with = [&](std::string_view word) {
    return at >= word.size() &&
           std::ranges::equal(text.substr(at - word.size(), word.size()), word, [](char a, char b) {
             return std::tolower(static_cast<unsigned char>(a)) == b;
           });
  };
  if (c == '\n' || c == '\t') return " ";
  if (c == '|') return "&#124;";  // of a table, even within code
  std::string out;
  const char before = at > 0 ? text[at - 1] : '\0';
  const bool is_within_word = c == '_' && IsLetter(before) && IsLetter(next);  // is no markup there
  if (kMarkup.find(c) != std::string_view::npos && !is_within_word) out += '\\';
  out += c;
  const bool begins_mention =
      kMentions.find(c) != std::string_view::npos && (c == '@' || IsWord(next));
  const bool begins_address = c == ':' && next == '/';
  const bool begins_reference = c == ':' && IsBehindBracket(text, at);
  const bool begins_issue = c == '-' && ends_with("gh") && IsWord(next);
  if (begins_mention || begins_address || begins_reference || begins_issue) out += kNothing;
  if (c == '.' && ends_with("www")) out.insert(0, kNothing);
  return out;
}

}  // namespace

std::string Prose(std::string_view text, std::size_t limit) {
  // Escaping makes it longer: what is beyond the limit now is so afterwards.
  const std::string visible = characters::Visible(characters::Shortened(text, limit), limit);
  std::string out;
  bool is_cut = text.size() > limit || visible.size() > limit;
  for (std::size_t at = 0; at < visible.size();) {
    const std::size_t bytes =
        std::max<std::size_t>(1, characters::First(std::string_view(visible).substr(at)).bytes);
    const std::string next = bytes == 1 ? Escaped(visible, at) : visible.substr(at, bytes);
    if (out.size() + next.size() > limit) {
      is_cut = true;
      break;
    }
    const bool is_second_blank = next == " " && (out.empty() || out.ends_with(' '));
    if (!is_second_blank) out += next;
    at += bytes;
  }
  if (out.ends_with(' ')) out.pop_back();
  if (is_cut) out += characters::Omission(text.size());
  return out.empty() ? "?" : out;
}

std::string CodeBlock(std::string_view text, std::size_t limit) {
  const std::string visible = characters::Visible(text, limit);
  std::size_t longest = 2;
  std::size_t ticks = 0;
  std::string lines;
  bool is_at_start = true;
  for (const char c : visible) {
    ticks = c == '`' ? ticks + 1 : 0;
    longest = std::max(longest, ticks);
    if (is_at_start && c == '/') lines += ' ';
    lines += c;
    is_at_start = c == '\n';
  }
  if (!lines.ends_with('\n')) lines += '\n';
  const std::string fence(longest + 1, '`');
  return fence + "text\n" + lines + fence + "\n";
}

}  // namespace reports::markdown
