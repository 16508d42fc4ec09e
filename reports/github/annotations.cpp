#include "reports/github/annotations.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "reports/cases/cases.h"
#include "reports/characters/characters.h"
#include "reports/github/place.h"
#include "reports/notation/notation.h"
#include "reports/verdict/verdict.h"

namespace reports::github {

using cases::Case;

namespace {

constexpr std::size_t kTitleLimit = 200;     // bytes; of 255 characters
constexpr std::size_t kMessageLimit = 3000;  // of 4,096 characters

enum class Where { Message, Property };

std::string Escaped(std::string_view text, std::size_t limit, Where where) {
  std::string out;
  for (const char c : characters::Visible(text, limit)) {
    const bool is_escaped =
        c == '%' || c == '\n' || (where == Where::Property && (c == ':' || c == ','));
    out += is_escaped ? fmt::format("%{:02X}", static_cast<unsigned char>(c)) : std::string(1, c);
  }
  return out;
}

struct Annotation {
  std::string title;
  std::string message;
  std::optional<SourcePlace> place = {};
};

std::string CommandOf(std::string_view kind, const Annotation& annotation) {
  std::string command = fmt::format("::{} ", kind);
  if (annotation.place) {
    command += fmt::format("file={},line={},",
                           Escaped(annotation.place->file, kTitleLimit, Where::Property),
                           annotation.place->line);
  }
  return command + fmt::format("title={}::{}\n",
                               Escaped(annotation.title, kTitleLimit, Where::Property),
                               Escaped(annotation.message, kMessageLimit, Where::Message));
}

// All that are shown; the last of them counts the others when there are more.
std::string CommandsOf(std::string_view kind, const std::vector<Annotation>& annotations) {
  std::string commands;
  const bool has_more = annotations.size() > kShown;
  const std::size_t shown = has_more ? kShown - 1 : annotations.size();
  for (std::size_t at = 0; at < shown; ++at)
    commands += CommandOf(kind, annotations[at]);
  if (!has_more) return commands;
  const auto more = static_cast<std::int64_t>(annotations.size() - shown);
  return commands + CommandOf(kind,
                              {fmt::format("{} more", notation::Count(more)),
                               "They are not shown here: the report of the run has them all.",
                               {}});
}

Annotation OfCase(const Case& one) {
  std::string word = one.word;
  std::ranges::replace(word, '_', ' ');
  Annotation annotation;
  annotation.title =
      fmt::format("{}: {}{}{}", word, one.place, one.place.empty() ? "" : ": ", one.name);
  annotation.message = one.message;
  if (!one.reproduce.empty())
    annotation.message = fmt::format(
        "{}\nTo reproduce: {}", characters::Visible(one.message, kMessageLimit / 2), one.reproduce);
  if (one.suite == "cells") annotation.place = PlaceIn(one.evidence);
  return annotation;
}

}  // namespace

std::string RenderAnnotations(const record::Record& record) {
  const std::vector<Case> all = cases::CasesOf(record);
  std::vector<Annotation> errors;
  for (const Case* one : cases::WorstFirst(all))
    errors.push_back(OfCase(*one));
  const verdict::Verdict verdict = verdict::Judge(record);
  std::vector<Annotation> warnings;
  for (const verdict::Statement& statement : verdict.statements) {
    if (statement.standing == verdict::Standing::Caution)
      warnings.push_back({"wsgilab", statement.text, {}});
  }
  return CommandsOf("error", errors) + CommandsOf("warning", warnings) +
         CommandOf("notice", {"wsgilab", verdict.headline, {}});
}

}  // namespace reports::github
