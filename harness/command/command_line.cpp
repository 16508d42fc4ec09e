#include "harness/command/command_line.h"

namespace harness::command {

namespace {

// Within '…' a shell takes everything for itself but the quote: that is written '\''.
std::string Quoted(const std::string& word) {
  const bool is_plain =
      !word.empty() && word.find_first_of(" \t\n*?$&|;<>()'\"\\`#~[]{}!") == std::string::npos;
  if (is_plain) return word;
  std::string quoted = "'";
  for (const char letter : word) {
    if (letter == '\'') {
      quoted += "'\\''";
    } else {
      quoted += letter;
    }
  }
  return quoted + "'";
}

}  // namespace

std::string CommandOf(const std::vector<std::string>& words) {
  std::string command = "wsgilab";
  for (size_t at = 1; at < words.size(); ++at)
    command += " " + Quoted(words[at]);
  return command;
}

std::vector<std::string> WordsOf(const std::string& command) {
  std::vector<std::string> words;
  std::string word;
  bool is_in_word = false;
  bool is_quoted = false;
  for (size_t at = 0; at < command.size(); ++at) {
    const char letter = command[at];
    if (letter == '\'') {
      is_quoted = !is_quoted;
      is_in_word = true;
    } else if (letter == '\\' && !is_quoted && at + 1 < command.size()) {
      word += command[++at];
      is_in_word = true;
    } else if (letter == ' ' && !is_quoted) {
      if (is_in_word) words.push_back(std::move(word));
      word.clear();
      is_in_word = false;
    } else {
      word += letter;
      is_in_word = true;
    }
  }
  if (is_in_word) words.push_back(std::move(word));
  return words;
}

}  // namespace harness::command
