#include "hosts/language/document.h"

#include <algorithm>

#include "hosts/language/reader.h"

namespace hosts::language {

using base::Error;
using base::Result;

Result<Document> ReadDocument(const std::string& path, const ReadOptions& options) {
  const DiskFiles disk;
  Result<std::string> text = (options.files != nullptr ? *options.files : disk).Read(path);
  if (!text) return text.error();
  return ReadText(*std::move(text), path, options);
}

Result<Document> ReadText(std::string text,
                          std::string_view file_name,
                          const ReadOptions& options) {
  return Reader(options).Read(std::move(text), file_name);
}

std::vector<std::string_view> NamesOfTheLanguage() {
  return Reader::Names();
}

Error InChain(Error error, const std::vector<Inclusion>& inclusions, size_t inclusion) {
  constexpr int kMostShown = 8;
  std::string chain;
  for (int shown = 0; inclusion != 0; ++shown) {
    if (shown == kMostShown) {
      chain += "; and so on";
      break;
    }
    const Inclusion& one = inclusions[inclusion];
    if (!chain.empty()) chain += "; ";
    chain += one.macro.empty() ? "included by " : fmt::format("in macro {}, used at ", one.macro);
    chain += fmt::format("{}:{}", one.used_at.file, one.used_at.line);
    inclusion = one.outer;
  }
  if (!chain.empty()) error.message += fmt::format(" ({})", chain);
  return error;
}

}  // namespace hosts::language
