#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>

#include "hosts/explain/render.h"

namespace hosts::explain {

namespace {

constexpr size_t kNameWidth = 15;
constexpr size_t kWidth = 100;

class Writer {
 public:
  explicit Writer(Colours colours) : is_coloured_(colours == Colours::On) {}

  [[nodiscard]] std::string Strong(std::string_view text) const { return Put("1", text); }
  [[nodiscard]] std::string Faint(std::string_view text) const { return Put("2", text); }
  [[nodiscard]] std::string Bad(std::string_view text) const { return Put("31", text); }
  [[nodiscard]] std::string Doubtful(std::string_view text) const { return Put("33", text); }
  [[nodiscard]] std::string Good(std::string_view text) const { return Put("32", text); }

 private:
  [[nodiscard]] std::string Put(std::string_view code, std::string_view text) const {
    return is_coloured_ ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
  }
  bool is_coloured_;
};

// Words into lines of the width; the lines after the first are indented.
std::string Wrapped(std::string_view text, size_t first, size_t indent) {
  std::string wrapped;
  size_t column = first;
  size_t at = 0;
  while (at < text.size()) {
    const size_t end = std::min(text.find(' ', at), text.size());
    const std::string_view word = text.substr(at, end - at);
    if (column + word.size() > kWidth && column > indent) {
      while (wrapped.ends_with(' '))
        wrapped.pop_back();
      wrapped += "\n" + std::string(indent, ' ');
      column = indent;
    }
    wrapped += word;
    column += word.size() + 1;
    if (end < text.size()) wrapped += ' ';
    at = end + 1;
  }
  return wrapped;
}

// What people call the facts, in the order in which they ask.
struct Label {
  std::string_view name;
  std::string_view label;
};
constexpr Label kLabels[] = {{"virtual_host", "virtual host"},
                             {"target", "script"},
                             {"access", "access"},
                             {"process_group", "processes"},
                             {"application_group", "interpreter"},
                             {"loading", "loading"},
                             {"callable_object", "callable"},
                             {"dispatch_script", "dispatch"},
                             {"proxies", "proxies"},
                             {"pass_authorization", "Authorization"},
                             {"chunked_request", "chunked body"},
                             {"error_override", "error pages"},
                             {"file_sending", "files"},
                             {"map_head_to_get", "HEAD"},
                             {"user", "user"},
                             {"group", "group"},
                             {"home", "directory"},
                             {"python_home", "Python"},
                             {"python_path", "python-path"},
                             {"python_optimize", "optimize"},
                             {"python_warnings", "warnings"},
                             {"python_hash_seed", "hash seed"},
                             {"dont_write_bytecode", "bytecode"},
                             {"python_eggs", "eggs"},
                             {"restrict_stdin", "stdin"},
                             {"restrict_stdout", "stdout"},
                             {"restrict_signal", "signals"},
                             {"gil", "GIL"},
                             {"switch_interval", "GIL interval"},
                             {"destroy_interpreter", "at the end"}};

std::string By(const Fact& fact) {
  if (fact.origin.line == 0) return fmt::format("[default, {}]", fact.rule);
  return fmt::format("[{}: {}, {}]", AsWritten(fact.origin), fact.written, fact.rule);
}

// `by` says who decided it.
void WriteFact(const Label& label,
               const Fact& fact,
               const std::string& by,
               const Writer& writer,
               std::string& text) {
  const size_t indent = 2 + kNameWidth;
  std::string line = fmt::format("  {:<{}}", label.label, kNameWidth);
  const std::string meaning = Wrapped(fact.meaning, indent, indent);
  const size_t last_line = meaning.size() - (meaning.rfind('\n') + 1);
  const bool is_one_line = meaning.find('\n') == std::string::npos;
  const size_t column = is_one_line ? indent + last_line : last_line;
  line += meaning;
  line += column + 2 + by.size() <= kWidth ? "  " : "\n" + std::string(indent + 2, ' ');
  text += line + writer.Faint(by) + "\n";
}

void WriteFact(const Label& label, const Fact& fact, const Writer& writer, std::string& text) {
  WriteFact(label, fact, By(fact), writer, text);
}

std::string AnswerInWords(const UrlExplanation& url) {
  if (url.answer == "redirect") return "redirected to the same URL with a slash: it is a directory";
  if (url.status != 0) return fmt::format("answered {}: {}", url.status, url.why);
  return url.answer == "file" ? "answered with a file, not by a script" : "answered by a script";
}

// What is said once of the process group, below.
bool IsSaidOfGroup(const UrlExplanation& url, std::string_view fact) {
  if (url.Find("declared") == nullptr) return false;
  constexpr std::string_view kOfGroup[] = {"group", "home", "umask"};
  return std::ranges::find(kOfGroup, fact) != std::end(kOfGroup);
}

void WriteUrl(const UrlExplanation& url, const Writer& writer, std::string& text) {
  const std::string answer = AnswerInWords(url);
  text += writer.Strong(url.url) + "\n  ";
  text += (url.answer == "refused" ? writer.Bad(Wrapped(answer, 2, 2)) : answer) + "\n";
  for (const Label& label : kLabels) {
    const Fact* fact = url.Find(label.name);
    if (fact == nullptr || IsSaidOfGroup(url, label.name)) continue;
    const bool is_usual =
        fact->origin.line == 0 && (label.name == "callable_object" || label.name == "python_path");
    if (!is_usual) WriteFact(label, *fact, writer, text);
  }
  for (const Fact& condition : url.conditions)
    WriteFact({"condition", "condition"}, condition, writer, text);
  text += "\n";
}

// ---- process groups ----

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
    WriteFact({{}, label}, fact, ByOption(group, fact), writer, text);
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

void WriteGroup(const GroupExplanation& group, const Writer& writer, std::string& text) {
  text += writer.Strong(fmt::format("process group '{}'", group.group->name)) + "\n";
  WriteFact({{}, "processes"}, group.Find("processes")->fact, writer, text);
  for (const Question& question : kQuestions)
    WriteAnswers(group, question, writer, text);
  WriteOff(group, text);
  text += "\n";
}

std::string WeightInWords(Advice::Weight weight, const Writer& writer) {
  switch (weight) {
    case Advice::Weight::Mistake:
      return writer.Bad("mistake");
    case Advice::Weight::Warning:
      return writer.Doubtful("warning");
    case Advice::Weight::Hint:
      return writer.Good("hint");
  }
  return {};
}

void WriteAdvice(const Advice& advice, const Writer& writer, std::string& text) {
  std::vector<std::string> evidence;
  for (const auto& origin : advice.evidence)
    evidence.push_back(AsWritten(origin));
  const std::string rule = advice.rule.empty() ? std::string() : ", " + advice.rule;
  text += fmt::format(
      "{} {}\n",
      WeightInWords(advice.weight, writer),
      writer.Faint(fmt::format("[{}: {}{}]", advice.id, fmt::join(evidence, ", "), rule)));
  text += "  " + Wrapped(advice.text, 2, 2) + "\n";
  constexpr std::string_view kWrite = "  write: ";
  size_t at = 0;
  while (at < advice.write.size()) {
    const size_t end = std::min(advice.write.find('\n', at), advice.write.size());
    text += at == 0 ? std::string(kWrite) : std::string(kWrite.size(), ' ');
    text += writer.Strong(advice.write.substr(at, end - at)) + "\n";
    at = end + 1;
  }
}

void WriteForeign(const deployment::Deployment& deployment, std::string& text) {
  if (deployment.foreign.empty()) return;
  int count = 0;
  std::vector<std::string> names;
  for (const auto& use : deployment.foreign) {
    count += use.count;
    names.push_back(use.count == 1 ? use.name : fmt::format("{} ×{}", use.name, use.count));
  }
  const std::string sentence =
      fmt::format("not about hosting: {} directive{} of other modules ({})",
                  count,
                  count == 1 ? "" : "s",
                  fmt::join(names, ", "));
  text += Wrapped(sentence, 0, 2) + "\n";
}

void WriteNotObeyed(const deployment::Deployment& deployment, std::string& text) {
  if (deployment.not_obeyed.empty()) return;
  std::vector<std::string> names;
  for (const auto& option : deployment.not_obeyed)
    names.push_back(fmt::format("{} ({})", option.name, AsWritten(option.origin)));
  const std::string sentence =
      fmt::format("mod_wsgi does, and this engine does not yet: {}", fmt::join(names, ", "));
  text += Wrapped(sentence, 0, 2) + "\n";
}

// The lines of the rows that are about the same, each once.
std::vector<std::string> EvidenceOf(std::span<const ShownDeviation> rows) {
  std::vector<std::string> lines;
  for (const ShownDeviation& shown : rows) {
    for (const auto& origin : shown.evidence) {
      std::string line = AsWritten(origin);
      if (std::ranges::find(lines, line) == lines.end()) lines.push_back(std::move(line));
    }
  }
  constexpr size_t kMost = 3;
  if (lines.size() > kMost + 1) {
    const size_t others = lines.size() - kMost;
    lines.resize(kMost);
    lines.push_back(fmt::format("and {} others", others));
  }
  return lines;
}

// Rows that are about the same make one sentence.
void WriteDeviations(std::span<const ShownDeviation> rows, std::string& text) {
  if (rows.empty()) return;
  if (!text.ends_with("\n\n")) text += "\n";
  text += "differs from mod_wsgi; `wsgilab-host deviations` says why:\n";
  while (!rows.empty()) {
    const auto bears_on = rows.front().row->bears_on;
    const auto end = std::ranges::find_if(
        rows, [bears_on](const auto& shown) { return shown.row->bears_on != bears_on; });
    const auto same = rows.first(static_cast<size_t>(end - rows.begin()));
    std::vector<std::string> clauses;
    for (const ShownDeviation& shown : same)
      clauses.push_back(fmt::format("{} ({})", shown.row->clause, shown.row->rules));
    const auto evidence = EvidenceOf(same);
    std::string sentence =
        fmt::format("  {}: {}", deviations::InWords(bears_on), fmt::join(clauses, "; "));
    if (!evidence.empty()) sentence += fmt::format(" [{}]", fmt::join(evidence, ", "));
    text += Wrapped(sentence, 0, 4) + "\n";
    rows = rows.subspan(same.size());
  }
}

}  // namespace

std::string ToText(const deployment::Deployment& deployment,
                   const Explanation& explanation,
                   Colours colours) {
  const Writer writer(colours);
  std::string text;
  for (const UrlExplanation& url : explanation.urls)
    WriteUrl(url, writer, text);
  if (explanation.urls.empty()) text += "No URL is mapped to a script.\n\n";
  for (const GroupExplanation& group : explanation.groups)
    if (group.is_asked_for) WriteGroup(group, writer, text);
  for (const Advice& advice : explanation.advice)
    WriteAdvice(advice, writer, text);
  const bool has_more = !deployment.foreign.empty() || !deployment.not_obeyed.empty();
  if (!explanation.advice.empty() && has_more) text += "\n";
  WriteForeign(deployment, text);
  WriteNotObeyed(deployment, text);
  WriteDeviations(explanation.deviations, text);
  return text;
}

}  // namespace hosts::explain
