#pragma once
// TreeBuilder: directives, beginnings and ends of sections -> the tree.
//
// A section that is in force (<IfModule>) must be closed like any other, and leaves no node: what is
// in it belongs to what is around it.
//
// Fails:   InvalidInput at the name: a section that is closed by another name, or nested deeper than
//          any configuration needs.

#include <vector>

#include "hosts/base/result.h"
#include "hosts/language/syntax.h"

namespace hosts::language {

inline constexpr size_t kDeepestSections = 64;

class TreeBuilder {
 public:
  void Add(Directive directive);
  [[nodiscard]] base::Result<void> Open(Directive section);
  [[nodiscard]] base::Result<void> OpenInForce(Word name);
  // Sections up to `floor` are another file's, and cannot be closed by this one.
  [[nodiscard]] base::Result<void> Close(const Word& name, size_t floor);

  [[nodiscard]] size_t depth() const { return open_.size(); }
  [[nodiscard]] base::Result<void> CheckClosedTo(size_t floor) const;
  [[nodiscard]] std::vector<Directive> Finish() && { return std::move(tree_); }

 private:
  struct OpenSection {
    Directive section;
    bool is_node = true;
  };
  [[nodiscard]] base::Result<void> Push(OpenSection section);
  std::vector<Directive>& body();

  std::vector<Directive> tree_;
  std::vector<OpenSection> open_;
};

// "<Name> is not closed".
[[nodiscard]] base::Error RefuseOpen(const Word& name);
// "</Name> stands where <Other> is open".
[[nodiscard]] base::Error RefuseClosedByAnother(const Word& name, const Word& opening);

}  // namespace hosts::language
