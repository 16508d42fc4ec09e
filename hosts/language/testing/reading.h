#pragma once
// For tests of the language: files in memory, and what a text comes to as text.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/base/result.h"
#include "hosts/language/document.h"
#include "hosts/language/files.h"

namespace hosts::language::testing {

// Absolute paths and their texts; a path's folders are there with it.
class FilesInMemory : public Files {
 public:
  explicit FilesInMemory(std::map<std::string, std::string> texts) : texts_(std::move(texts)) {}

  [[nodiscard]] Kind KindOf(const std::string& path) const override;
  [[nodiscard]] base::Result<std::string> Read(const std::string& path) const override;
  [[nodiscard]] base::Result<std::vector<std::string>> List(
      const std::string& directory) const override;

 private:
  std::map<std::string, std::string> texts_;
};

// "[Name][argument]" for each directive, "<[Name]" and "/" around a section; or the error.
[[nodiscard]] std::string Shape(const std::vector<Directive>& body);
[[nodiscard]] std::string Shape(std::string_view text, const ReadOptions& options = {});

// The notes, a line each.
[[nodiscard]] std::string Notes(std::string_view text, const ReadOptions& options = {});

}  // namespace hosts::language::testing
