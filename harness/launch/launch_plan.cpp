#include "harness/launch/launch_plan.h"

#include <fmt/format.h>

namespace harness::launch {

namespace {

std::string ShellWord(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:,+@%";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string quoted = "'";
  for (const char c : word) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

// With `number` wherever the mark stands.
void Fill(std::string& text, const std::string& number) {
  for (size_t at = text.find(kPortMark); at != std::string::npos; at = text.find(kPortMark, at)) {
    text.replace(at, kPortMark.size(), number);
  }
}

}  // namespace

bool NeedsPort(const LaunchPlan& plan) {
  return plan.connect_address.find(kPortMark) != std::string::npos;
}

LaunchPlan WithPort(LaunchPlan plan, int port) {
  const std::string number = std::to_string(port);
  for (std::string& word : plan.argv)
    Fill(word, number);
  for (auto& [name, value] : plan.environment)
    Fill(value, number);
  for (GeneratedFile& file : plan.files)
    Fill(file.text, number);
  Fill(plan.connect_address, number);
  return plan;
}

std::string Describe(const LaunchPlan& plan) {
  std::string text = fmt::format("cd {}\n", ShellWord(plan.directory.string()));
  for (const auto& [name, value] : plan.environment) {
    text += fmt::format("export {}={}\n", name, ShellWord(value));
  }
  std::string command;
  for (const std::string& word : plan.argv) {
    if (!command.empty()) command += ' ';
    command += ShellWord(word);
  }
  text += command + "\n";
  for (const GeneratedFile& file : plan.files) {
    text += fmt::format("\n# {}\n{}", file.path.string(), file.text);
  }
  return text;
}

}  // namespace harness::launch
