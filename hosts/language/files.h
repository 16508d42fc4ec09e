#pragma once
// Files:        where the text of a configuration comes from; tests have theirs in memory.
// DiskFiles:    the machine's.
// FindIncluded: the files that an Include means.
//
// A directory means every file in it, recursively; * ? [] may stand in any part of the path, and do
// not match a leading dot. Everything is sorted by name.
//
// Fails:   FindIncluded: InvalidInput at the word; with Optional, what is not there is no error.

#include <string>
#include <vector>

#include "hosts/base/result.h"
#include "hosts/language/syntax.h"

namespace hosts::language {

class Files {
 public:
  enum class Kind { Missing, File, Directory, Other };

  virtual ~Files() = default;
  [[nodiscard]] virtual Kind KindOf(const std::string& path) const = 0;
  [[nodiscard]] virtual base::Result<std::string> Read(const std::string& path) const = 0;
  // Names without . and .., in any order.
  [[nodiscard]] virtual base::Result<std::vector<std::string>> List(
      const std::string& directory) const = 0;
};

class DiskFiles : public Files {
 public:
  [[nodiscard]] Kind KindOf(const std::string& path) const override;
  [[nodiscard]] base::Result<std::string> Read(const std::string& path) const override;
  [[nodiscard]] base::Result<std::vector<std::string>> List(
      const std::string& directory) const override;
};

enum class IfMissing { Refuse, Ignore };

// How many names of directories all Includes of a configuration may look at.
struct ListedNames {
  size_t most = 0;
  size_t spent = 0;
};

// `path` is absolute and normal.
[[nodiscard]] base::Result<std::vector<std::string>> FindIncluded(const Word& word,
                                                                  const std::string& path,
                                                                  IfMissing if_missing,
                                                                  ListedNames& listed,
                                                                  const Files& files);

// Whether * ? or [] is in it.
[[nodiscard]] bool HasWildcard(std::string_view text);
[[nodiscard]] bool MatchesWildcard(std::string_view pattern, std::string_view name);

}  // namespace hosts::language
