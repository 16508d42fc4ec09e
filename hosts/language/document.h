#pragma once
// ReadDocument: a configuration in Apache's language -> the tree of what is in force.
//
// What acts while the text is read acts here: ${NAME}, Define, UnDefine, <IfDefine>, <IfModule>,
// <IfVersion>, <IfFile>, <IfDirective>, <IfSection>, Include, IncludeOptional, <Macro>, Use,
// UndefMacro, Error; LoadModule and ServerRoot do, and stay in the tree. What every other name means
// this does not know.
//
// Source:  Apache 2.4. What it lets pass in silence and this refuses: a quote or a conditional
//          section that is not closed; a relative path where no ServerRoot was said.
// Fails:   InvalidInput with file, line and column, and by which Include or Use that line came in;
//          NotFound or System when the file cannot be read.

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/base/result.h"
#include "hosts/language/files.h"
#include "hosts/language/modules.h"
#include "hosts/language/syntax.h"
#include "hosts/language/variables.h"

namespace hosts::language {

// How much a configuration may say, so that a loop or a bomb is an error and no hang.
struct ReadLimits {
  size_t lines = 500'000;  // expanded macros and skipped sections count
  size_t words = 1'000'000;
  size_t bytes = 64 << 20;           // of the lines read
  size_t expanded_bytes = 16 << 20;  // of the lines that variables and macros made
  size_t include_depth = 128;        // Apache's
  size_t included_files = 20'000;
  size_t listed_names = 500'000;  // of the directories that all Includes look through
};

struct ReadOptions {
  std::vector<std::string> defines = {};                             // as by -D NAME
  std::map<std::string, std::string, std::less<>> environment = {};  // what ${NAME} falls back to
  std::string apache_version = "2.4.67";           // what <IfVersion> compares with
  std::vector<std::string> built_in_modules = {};  // "so_module"; loaded before the first line
  std::string server_root = {};  // until ServerRoot says otherwise; empty: no relative paths
  // Whether there is such a directive, or such a section: <IfDirective>, <IfSection>.
  std::function<bool(std::string_view name, bool is_section)> is_known = {};
  // Directives whose words are options: name="a b" is one word.
  std::vector<std::string> directives_with_options = {};
  const Files* files = nullptr;  // nullptr: the disk
  ReadLimits limits = {};
};

// A warning.
struct Note {
  base::SourcePosition where;
  std::string text;
};

// How lines came to be read: by an Include, or by the Use of a macro.
struct Inclusion {
  std::string macro = {};  // empty: a file
  base::SourcePosition used_at =
      {};            // line 0: nobody included it, it is the configuration's own file
  size_t outer = 0;  // the inclusion that used_at belongs to
};

struct Document {
  std::vector<Directive> tree;
  std::vector<Note> notes;
  std::vector<Inclusion> inclusions;  // the first is the file itself
  std::vector<std::string> files;     // in the order in which they were read
  Modules modules;
  Definitions definitions;
};

[[nodiscard]] base::Result<Document> ReadDocument(const std::string& path,
                                                  const ReadOptions& options);

// The same for text at hand; `file_name` is what errors and origins call it.
[[nodiscard]] base::Result<Document> ReadText(std::string text,
                                              std::string_view file_name,
                                              const ReadOptions& options);

// What the language itself understands: Include, Define, Use, IfModule ...
[[nodiscard]] std::vector<std::string_view> NamesOfTheLanguage();

// "the message (in macro M, used at site.conf:9; included by main.conf:3)".
[[nodiscard]] base::Error InChain(base::Error error,
                                  const std::vector<Inclusion>& inclusions,
                                  size_t inclusion);

}  // namespace hosts::language
