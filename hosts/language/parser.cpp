#include "hosts/language/parser.h"

#include "hosts/language/lexer.h"
#include "hosts/language/names.h"

namespace hosts::language {
namespace {

using base::Error;
using base::Result;

constexpr size_t kDeepest = 16;

// Builds the tree; the sections that are open are kept apart until they are closed.
class TreeBuilder {
 public:
  [[nodiscard]] Result<void> Add(Line line) {
    switch (line.kind) {
      case Line::Kind::Directive:
        body().push_back(MakeDirective(std::move(line)));
        return {};
      case Line::Kind::SectionBegin:
        return Open(std::move(line));
      case Line::Kind::SectionEnd:
        return Close(line);
    }
    return {};
  }

  [[nodiscard]] Result<std::vector<Directive>> Finish() {
    if (!open_.empty()) {
      const Word& name = open_.back().name;
      return Refuse(name, "<{0}> is not closed: add </{0}>", Shown(name.text));
    }
    return std::move(tree_);
  }

 private:
  std::vector<Directive>& body() { return open_.empty() ? tree_ : open_.back().body; }

  static Directive MakeDirective(Line line) {
    Directive directive;
    directive.name = std::move(line.words.front());
    directive.arguments.assign(std::make_move_iterator(line.words.begin() + 1),
                               std::make_move_iterator(line.words.end()));
    return directive;
  }

  Result<void> Open(Line line) {
    Directive section = MakeDirective(std::move(line));
    section.is_section = true;
    if (open_.size() == kDeepest) {
      return Refuse(section.name, "sections are nested more than {} deep: close some", kDeepest);
    }
    open_.push_back(std::move(section));
    return {};
  }

  Result<void> Close(const Line& line) {
    const Word& name = line.words.front();
    if (open_.empty()) {
      return Refuse(name, "</{0}> without a <{0}> before it: remove it", Shown(name.text));
    }
    const Word& opening = open_.back().name;
    if (!SameName(opening.text, name.text)) {
      return Refuse(name,
                    "</{}> stands where <{}> of line {} is open: close that first",
                    Shown(name.text),
                    Shown(opening.text),
                    opening.where.line);
    }
    if (line.words.size() > 1) {
      return Refuse(line.words[1],
                    "</{}> takes no arguments: remove {}",
                    Shown(name.text),
                    Shown(line.words[1].text));
    }
    Directive section = std::move(open_.back());
    open_.pop_back();
    body().push_back(std::move(section));
    return {};
  }

  std::vector<Directive> tree_;
  std::vector<Directive> open_;
};

}  // namespace

Result<std::vector<Directive>> Parse(std::string_view text, std::string_view file_name) {
  Result<std::vector<Line>> lines = SplitIntoLines(text, file_name);
  if (!lines) return lines.error();
  TreeBuilder builder;
  for (Line& line : *lines) {
    const Result<void> added = builder.Add(std::move(line));
    if (!added) return added.error();
  }
  return builder.Finish();
}

}  // namespace hosts::language
