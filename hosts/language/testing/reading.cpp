#include "hosts/language/testing/reading.h"

#include <fmt/format.h>

#include <set>

namespace hosts::language::testing {

using base::Result;

Files::Kind FilesInMemory::KindOf(const std::string& path) const {
  if (texts_.contains(path)) return Kind::File;
  const std::string prefix = path.ends_with('/') ? path : path + '/';
  const auto first = texts_.lower_bound(prefix);
  const bool has_files = first != texts_.end() && first->first.starts_with(prefix);
  return has_files ? Kind::Directory : Kind::Missing;
}

Result<std::string> FilesInMemory::Read(const std::string& path) const {
  const auto text = texts_.find(path);
  if (text != texts_.end()) return text->second;
  return base::Error{base::ErrorKind::NotFound, fmt::format("cannot read {}", path)};
}

Result<std::vector<std::string>> FilesInMemory::List(const std::string& directory) const {
  const std::string prefix = directory.ends_with('/') ? directory : directory + '/';
  std::set<std::string> names;
  for (auto text = texts_.lower_bound(prefix);
       text != texts_.end() && text->first.starts_with(prefix);
       ++text) {
    const std::string rest = text->first.substr(prefix.size());
    names.insert(rest.substr(0, rest.find('/')));
  }
  return std::vector<std::string>(names.begin(), names.end());
}

std::string Shape(const std::vector<Directive>& body) {
  std::string shape;
  for (const Directive& directive : body) {
    if (directive.is_section) shape += '<';
    shape += '[' + directive.name.text + ']';
    for (const Word& word : directive.arguments) {
      shape += '[' + word.text + ']';
    }
    shape += '\n';
    if (directive.is_section) shape += Shape(directive.body) + "/\n";
  }
  return shape;
}

std::string Shape(std::string_view text, const ReadOptions& options) {
  const auto document = ReadText(std::string(text), "f", options);
  return document ? Shape(document->tree) : document.error().Text();
}

std::string Notes(std::string_view text, const ReadOptions& options) {
  const auto document = ReadText(std::string(text), "f", options);
  if (!document) return document.error().Text();
  std::string notes;
  for (const auto& [where, note] : document->notes) {
    notes += fmt::format("{}:{}:{}: {}\n", where.file, where.line, where.column, note);
  }
  return notes;
}

}  // namespace hosts::language::testing
