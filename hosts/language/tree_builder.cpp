#include "hosts/language/tree_builder.h"

#include "hosts/language/names.h"

namespace hosts::language {

using base::Error;
using base::Result;

void TreeBuilder::Add(Directive directive) {
  body().push_back(std::move(directive));
}

Result<void> TreeBuilder::Open(Directive section) {
  section.is_section = true;
  return Push({std::move(section), true});
}

Result<void> TreeBuilder::OpenInForce(Word name) {
  Directive section;
  section.name = std::move(name);
  return Push({std::move(section), false});
}

Result<void> TreeBuilder::Push(OpenSection section) {
  if (open_.size() == kDeepestSections) {
    return Refuse(section.section.name,
                  "sections are nested more than {} deep: close some",
                  kDeepestSections);
  }
  open_.push_back(std::move(section));
  return {};
}

Result<void> TreeBuilder::Close(const Word& name, size_t floor) {
  if (open_.size() <= floor) {
    return Refuse(name, "</{0}> without a <{0}> before it: remove it", Shown(name.text));
  }
  const Word& opening = open_.back().section.name;
  if (!SameLetters(opening.text, name.text)) return RefuseClosedByAnother(name, opening);
  OpenSection closed = std::move(open_.back());
  open_.pop_back();
  if (closed.is_node) body().push_back(std::move(closed.section));
  return {};
}

Result<void> TreeBuilder::CheckClosedTo(size_t floor) const {
  if (open_.size() > floor) return RefuseOpen(open_.back().section.name);
  return {};
}

std::vector<Directive>& TreeBuilder::body() {
  for (auto open = open_.rbegin(); open != open_.rend(); ++open) {
    if (open->is_node) return open->section.body;
  }
  return tree_;
}

Error RefuseOpen(const Word& name) {
  return Refuse(name, "<{0}> is not closed: add </{0}>", Shown(name.text));
}

Error RefuseClosedByAnother(const Word& name, const Word& opening) {
  constexpr size_t kTooShortToGuess = 3;
  if (name.text.size() > kTooShortToGuess && NearestName(name.text, {opening.text})) {
    return Refuse(name,
                  "</{}> stands where <{}> of line {} is open: did you mean </{}>?",
                  Shown(name.text),
                  Shown(opening.text),
                  opening.where.line,
                  Shown(opening.text));
  }
  return Refuse(name,
                "</{}> stands where <{}> of line {} is open: close that first",
                Shown(name.text),
                Shown(opening.text),
                opening.where.line);
}

}  // namespace hosts::language
