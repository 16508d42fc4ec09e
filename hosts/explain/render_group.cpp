#include <fmt/ranges.h>

#include <utility>

#include "hosts/explain/text_layout.h"

namespace hosts::explain {

namespace {

struct Question {
  GroupFact::About about;
  std::string_view label;
};
constexpr Question kQuestions[] = {{GroupFact::About::Identity, "as whom"},
                                   {GroupFact::About::Resources, "may use"},
                                   {GroupFact::About::Ends, "ends"},
                                   {GroupFact::About::Afterwards, "and then"},
                                   {GroupFact::About::Clients, "clients"},
                                   {GroupFact::About::Socket, "socket"},
                                   {GroupFact::About::Scripts, "scripts"}};

// The file is that of the WSGIDaemonProcess, which is named above, unless it is another one.
std::string ByOption(const GroupExplanation& group, const Fact& fact) {
  if (fact.origin.line == 0 || fact.origin.file != group.group->origin.file) return By(fact);
  return fmt::format("[line {}: {}, {}]", fact.origin.line, fact.written, fact.rule);
}

// What nobody wrote, in one sentence: it must not hide what somebody did. Of the rules those about the
// behaviour are enough.
Fact Gathered(const std::vector<const Fact*>& defaults) {
  Fact all;
  std::vector<std::string_view> rules;
  for (const Fact* fact : defaults) {
    all.meaning += all.meaning.empty() ? fact->meaning : "; " + fact->meaning;
    const std::string_view rule = fact->rule;
    const bool has_more = rule.starts_with("CFG-") && rule.find(' ') != std::string_view::npos;
    rules.push_back(has_more ? rule.substr(rule.find(' ') + 1) : rule);
  }
  all.rule = fmt::format("{}", fmt::join(rules, " "));
  return all;
}

void WriteAnswers(const GroupExplanation& group,
                  const Question& question,
                  const Writer& writer,
                  std::string& text) {
  std::string_view label = question.label;
  const auto write = [&](const Fact& fact) {
    WriteFact(label, fact, ByOption(group, fact), writer, text);
    label = {};
  };
  std::vector<const Fact*> defaults;
  for (const GroupFact& one : group.facts) {
    if (one.about != question.about || one.is_usual) continue;
    if (one.fact.origin.line == 0) {
      defaults.push_back(&one.fact);
    } else {
      write(one.fact);
    }
  }
  if (!defaults.empty()) write(Gathered(defaults));
}

// A plain group is no list of all that it could be.
std::string OffInWords(const GroupExplanation& group) {
  const bool is_service = group.group->threads == 0;
  constexpr std::size_t kAll = 9;
  const std::string names = group.off.size() == kAll
                                ? "all other limits and timers"
                                : fmt::format("{}", fmt::join(group.off, ", "));
  return names + (is_service ? ": nothing else limits it"
                             : ": only signals and changed scripts end it besides");
}

void WriteOff(const GroupExplanation& group, std::string& text) {
  if (group.off.empty()) return;
  const size_t indent = 2 + kNameWidth;
  const std::string sentence = Wrapped(OffInWords(group), indent, indent);
  text += fmt::format("  {:<{}}{}\n", "not set", kNameWidth, sentence);
}

}  // namespace

void WriteGroup(const GroupExplanation& group, const Writer& writer, std::string& text) {
  text += writer.Strong(fmt::format("process group '{}'", group.group->name)) + "\n";
  const Fact& processes = group.Find("processes")->fact;
  WriteFact("processes", processes, By(processes), writer, text);
  for (const Question& question : kQuestions)
    WriteAnswers(group, question, writer, text);
  WriteOff(group, text);
  text += "\n";
}

}  // namespace hosts::explain
