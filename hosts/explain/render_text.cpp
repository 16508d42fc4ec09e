#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>

#include "hosts/explain/text_layout.h"

namespace hosts::explain {

namespace {

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

void WriteFact(std::string_view label, const Fact& fact, const Writer& writer, std::string& text) {
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
    if (!is_usual) WriteFact(label.label, *fact, writer, text);
  }
  for (const Fact& condition : url.conditions)
    WriteFact("condition", condition, writer, text);
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
