#include "hosts/language/source_line.h"

#include <algorithm>

namespace hosts::language {
namespace {

// The part that the character at the offset belongs to.
auto PartAt(const SourceLine& line, size_t offset) {
  return std::prev(std::ranges::upper_bound(line.parts, offset, {}, &SourceLine::Part::begin));
}

}  // namespace

base::SourcePosition SourceLine::At(size_t offset) const {
  const auto part = PartAt(*this, offset);
  const size_t behind = part->is_replacement ? 0 : offset - part->begin;
  return {*file, part->line, part->column + static_cast<int>(behind)};
}

void SourceLine::Trim() {
  text.resize(text.find_last_not_of(kBlanks) + 1);
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == 0 || begin == std::string::npos) return;
  Splicer splicer(*this);
  splicer.Replace(0, begin, "");
  *this = std::move(splicer).Finish();
}

void SourceLine::Append(const SourceLine& other) {
  for (Part part : other.parts) {
    part.begin += text.size();
    parts.push_back(part);
  }
  text += other.text;
}

Splicer::Splicer(const SourceLine& from) : from_(from) {
  to_.file = from.file;
}

void Splicer::Replace(size_t begin, size_t end, std::string_view by) {
  TakeOver(begin);
  SourceLine::Part part = *PartAt(from_, begin);
  if (!part.is_replacement) part.column += static_cast<int>(begin - part.begin);
  part.begin = to_.text.size();
  part.is_replacement = true;
  if (!by.empty()) to_.parts.push_back(part);
  to_.text += by;
  taken_ = end;
}

SourceLine Splicer::Finish() && {
  TakeOver(from_.text.size());
  if (to_.parts.empty()) to_.parts.push_back(from_.parts.front());
  return std::move(to_);
}

void Splicer::TakeOver(size_t end) {
  while (taken_ < end) {
    const auto part = PartAt(from_, taken_);
    const auto next = std::next(part);
    const size_t part_end = next == from_.parts.end() ? end : std::min(end, next->begin);
    SourceLine::Part taken = *part;
    if (!taken.is_replacement) taken.column += static_cast<int>(taken_ - part->begin);
    taken.begin = to_.text.size();
    to_.parts.push_back(taken);
    to_.text.append(from_.text, taken_, part_end - taken_);
    taken_ = part_end;
  }
}

}  // namespace hosts::language
