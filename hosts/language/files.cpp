#include "hosts/language/files.h"

#include <algorithm>
#include <filesystem>

#include "hosts/base/files.h"

namespace hosts::language {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;

constexpr size_t kDeepestDirectories = 20;
constexpr size_t kMostFiles = 10'000;
constexpr size_t kMostDirectories = 10'000;
constexpr std::uintmax_t kLargestFile = 16 << 20;

// Collects the files that one Include means.
class Finder {
 public:
  Finder(const Word& word, IfMissing if_missing, ListedNames& listed, const Files& files)
      : word_(word), if_missing_(if_missing), listed_names_(listed), files_(files) {}

  Result<void> FindPattern(const std::string& directory, std::string_view rest, size_t depth) {
    // What comes before the first part with a wildcard is taken as it is.
    std::string path = directory;
    while (!rest.empty()) {
      const std::string_view part = rest.substr(0, rest.find('/'));
      rest.remove_prefix(std::min(part.size() + 1, rest.size()));
      if (HasWildcard(part)) return FindMatches(path, part, rest, depth);
      path += '/';
      path += part;
    }
    return FindAll(path.empty() ? "/" : path, depth);
  }

  [[nodiscard]] std::vector<std::string> found() && { return std::move(found_); }

 private:
  Result<void> FindMatches(const std::string& directory,
                           std::string_view pattern,
                           std::string_view rest,
                           size_t depth) {
    Result<std::vector<std::string>> names = List(directory);
    if (!names) return names.error();
    std::erase_if(*names, [pattern](const auto& name) { return !MatchesWildcard(pattern, name); });
    std::ranges::sort(*names);
    bool is_matched = false;
    for (const std::string& name : *names) {
      std::string path = directory;
      path.append("/").append(name);
      if (!rest.empty() && files_.KindOf(path) != Files::Kind::Directory) continue;
      is_matched = true;
      const auto found = rest.empty() ? FindAll(path, depth) : FindPattern(path, rest, depth + 1);
      if (!found) return found.error();
    }
    if (is_matched || if_missing_ == IfMissing::Ignore) return {};
    return Refuse(word_,
                  "nothing in {}/ matches {}: correct it, or write IncludeOptional",
                  Shown(directory),
                  Shown(pattern));
  }

  Result<void> FindAll(const std::string& path, size_t depth) {
    if (depth > kDeepestDirectories) {
      return Refuse(word_, "{}: directories are nested too deep: is there a loop?", Shown(path));
    }
    const Files::Kind kind = files_.KindOf(path);
    if (kind == Files::Kind::Missing) {
      if (if_missing_ == IfMissing::Ignore) return {};
      return Refuse(word_, "{} does not exist: correct it, or write IncludeOptional", Shown(path));
    }
    if (kind == Files::Kind::Other) return Refuse(word_, "{} is not a regular file", Shown(path));
    if (kind == Files::Kind::File) return Add(path);
    Result<std::vector<std::string>> names = List(path);
    if (!names) return names.error();
    std::ranges::sort(*names);
    const std::string prefix = path == "/" ? path : path + '/';
    for (const std::string& name : *names) {
      const Result<void> found = FindAll(prefix + name, depth + 1);
      if (!found) return found.error();
    }
    return {};
  }

  Result<void> Add(const std::string& path) {
    if (found_.size() == kMostFiles) {
      return Refuse(word_, "more than {} files: is this the right directory?", kMostFiles);
    }
    found_.push_back(path);
    return {};
  }

  Result<std::vector<std::string>> List(const std::string& directory) {
    const std::string path = directory.empty() ? "/" : directory;
    // Symbolic links can make many of few.
    if (++listed_ > kMostDirectories) {
      return Refuse(
          word_, "more than {} directories: is this the right directory?", kMostDirectories);
    }
    if (files_.KindOf(path) != Files::Kind::Directory) {
      if (if_missing_ == IfMissing::Ignore) return std::vector<std::string>();
      return Refuse(word_, "there is no directory {}: correct it", Shown(path));
    }
    Result<std::vector<std::string>> names = files_.List(path);
    if (!names) return Refuse(word_, "{}", names.error().message);
    listed_names_.spent += names->size();
    if (listed_names_.spent > listed_names_.most) {
      return Refuse(word_,
                    "all Includes look at more than {} names in directories: name the files",
                    listed_names_.most);
    }
    return names;
  }

  const Word& word_;
  IfMissing if_missing_;
  ListedNames& listed_names_;
  const Files& files_;
  std::vector<std::string> found_;
  size_t listed_ = 0;
};

// The bracket expression that begins at pattern[at], against c; `at` moves behind it.
bool MatchesBracket(std::string_view pattern, size_t& at, char c) {
  size_t i = at + 1;
  const bool is_negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  if (is_negated) ++i;
  bool is_in = false;
  for (bool is_first = true; i < pattern.size() && (is_first || pattern[i] != ']'); ++i) {
    is_first = false;
    const char low = pattern[i];
    char high = low;
    if (i + 2 < pattern.size() && pattern[i + 1] == '-' && pattern[i + 2] != ']') {
      high = pattern[i + 2];
      i += 2;
    }
    is_in = is_in || (low <= c && c <= high);
  }
  at = std::min(i + 1, pattern.size());
  return is_in != is_negated;
}

// One character of the name against the piece of the pattern at `at`, which is not '*'.
bool MatchesOne(std::string_view pattern, size_t& at, char c) {
  if (pattern[at] == '?') {
    ++at;
    return true;
  }
  if (pattern[at] == '[' && pattern.find(']', at + 2) != std::string_view::npos) {
    return MatchesBracket(pattern, at, c);
  }
  if (pattern[at] == '\\' && at + 1 < pattern.size()) ++at;
  return pattern[at++] == c;
}

}  // namespace

Files::Kind DiskFiles::KindOf(const std::string& path) const {
  if (path == "/dev/null") return Kind::File;  // what Apache allows besides regular files
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) return Kind::Missing;
  if (std::filesystem::is_directory(status)) return Kind::Directory;
  return std::filesystem::is_regular_file(status) ? Kind::File : Kind::Other;
}

Result<std::string> DiskFiles::Read(const std::string& path) const {
  switch (KindOf(path)) {
    case Kind::Missing:
      return Error{ErrorKind::NotFound,
                   fmt::format("cannot read {}: No such file or directory", path)};
    case Kind::Directory:
    case Kind::Other:
      return Error{ErrorKind::InvalidInput,
                   fmt::format("cannot read {}: not a regular file", path)};
    case Kind::File:
      break;
  }
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (!error && size > kLargestFile) {
    return Error{
        ErrorKind::InvalidInput,
        fmt::format("cannot read {}: it is larger than 16 MiB: is this the right file?", path)};
  }
  return base::ReadFile(path);
}

Result<std::vector<std::string>> DiskFiles::List(const std::string& directory) const {
  std::vector<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  if (error) {
    return Error{ErrorKind::System, fmt::format("cannot list {}: {}", directory, error.message())};
  }
  return names;
}

Result<std::vector<std::string>> FindIncluded(const Word& word,
                                              const std::string& path,
                                              IfMissing if_missing,
                                              ListedNames& listed,
                                              const Files& files) {
  Finder finder(word, if_missing, listed, files);
  const Result<void> found =
      finder.FindPattern("", std::string_view(path).substr(path.starts_with('/') ? 1 : 0), 0);
  if (!found) return found.error();
  return std::move(finder).found();
}

bool HasWildcard(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '*' || text[i] == '?') return true;
    if (text[i] == '[' && text.find(']', i + 2) != std::string_view::npos) return true;
    if (text[i] == '\\') ++i;
  }
  return false;
}

bool MatchesWildcard(std::string_view pattern, std::string_view name) {
  if (name.starts_with('.') && !pattern.starts_with('.')) return false;
  size_t at = 0;
  size_t i = 0;
  size_t star = std::string_view::npos;  // the last one seen, and where its text ends so far
  size_t star_end = 0;
  while (i < name.size()) {
    size_t next = at;
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      star_end = i;
    } else if (at < pattern.size() && MatchesOne(pattern, next, name[i])) {
      at = next;
      ++i;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      i = ++star_end;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

}  // namespace hosts::language
