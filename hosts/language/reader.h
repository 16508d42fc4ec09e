#pragma once
// Reader: reads one configuration, line after line, and does what its lines say while it reads.
//
// Files and macros that are being read lie on a stack: an Include or Use pushes what it names, and
// the next line comes from there. So nothing here recurses, however deep a configuration goes.
//
// Fails:   as document.h says. After a failure a Reader is of no use.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/base/result.h"
#include "hosts/language/document.h"
#include "hosts/language/lexer.h"
#include "hosts/language/line_reader.h"
#include "hosts/language/macros.h"
#include "hosts/language/source_line.h"
#include "hosts/language/tree_builder.h"

namespace hosts::language {

class Reader {
 public:
  explicit Reader(const ReadOptions& options);

  [[nodiscard]] base::Result<Document> Read(std::string text, std::string_view file_name);

  [[nodiscard]] static std::vector<std::string_view> Names();  // of what acts while it is read

 private:
  // A file or a macro, and how far it has been read.
  struct Source {
    size_t inclusion = 0;
    size_t include_depth = 0;
    std::string path = {};                    // of a file
    std::optional<LineReader> lines = {};     // nullopt: not opened yet
    size_t floor = 0;                         // sections that were open when the file began
    std::shared_ptr<const Macro> macro = {};  // nullptr: a file
    std::vector<std::string> arguments = {};
    size_t next_line = 0;
  };
  // "[!]name", between the name of a section and its >.
  struct Condition {
    Word word;
    bool is_negated = false;
  };
  // What a line does instead of going into the tree.
  using Act = base::Result<void> (Reader::*)(const Head&, const SourceLine&);
  struct Action;

  // reader.cpp: lines in, directives out.
  [[nodiscard]] base::Result<void> ReadAll();
  [[nodiscard]] base::Result<std::optional<SourceLine>> NextLine();
  [[nodiscard]] base::Result<std::optional<SourceLine>> NextLineOf(Source& source);
  [[nodiscard]] base::Result<void> Open(Source& source);
  [[nodiscard]] base::Result<void> CheckEnd(const Source& source) const;
  [[nodiscard]] base::Result<void> Process(SourceLine line);
  [[nodiscard]] base::Result<void> Collect(SourceLine line);
  [[nodiscard]] base::Result<void> Skip(const SourceLine& line);
  [[nodiscard]] base::Result<void> Execute(const SourceLine& line);
  [[nodiscard]] base::Result<SourceLine> Substitute(SourceLine line);
  [[nodiscard]] base::Result<Directive> MakeDirective(const Head& head, const SourceLine& line);
  [[nodiscard]] base::Result<std::vector<Word>> TakeWords(const SourceLine& line,
                                                          size_t begin,
                                                          size_t end,
                                                          ValueQuoting quoting);
  [[nodiscard]] base::Result<void> Spend(const SourceLine& line);
  [[nodiscard]] base::Result<void> SpendExpanded(const SourceLine& line);
  [[nodiscard]] size_t Floor() const;
  void AddNote(const base::SourcePosition& where, std::string text);

  // reader_actions.cpp: what acts while it is read.
  static std::span<const Action> Actions();
  static const Action* FindAction(const Head& head);
  [[nodiscard]] base::Result<void> Define(const Head& head, const SourceLine& line);
  [[nodiscard]] base::Result<void> Undefine(const Head& head, const SourceLine& line);
  [[nodiscard]] base::Result<void> SetServerRoot(const Head& head, const SourceLine& line);
  [[nodiscard]] base::Result<void> LoadModule(const Head& head, const SourceLine& line);
  [[nodiscard]] base::Result<void> RaiseError(const Head& head, const SourceLine& line);
  [[nodiscard]] base::Result<void> IfDefine(const Head& head, const SourceLine& line);
  [[nodiscard]] base::Result<void> IfModule(const Head& head, const SourceLine& line);
  [[nodiscard]] base::Result<void> IfFile(const Head& head, const SourceLine& line);
  [[nodiscard]] base::Result<void> IfDirective(const Head& head, const SourceLine& line);
  [[nodiscard]] base::Result<void> IfSection(const Head& head, const SourceLine& line);
  [[nodiscard]] base::Result<void> IfVersion(const Head& head, const SourceLine& line);
  [[nodiscard]] base::Result<void> Include(const Head& head, const SourceLine& line);
  [[nodiscard]] base::Result<void> IncludeOptional(const Head& head, const SourceLine& line);
  [[nodiscard]] base::Result<void> IncludeFiles(const Head& head,
                                                const SourceLine& line,
                                                IfMissing if_missing);
  [[nodiscard]] base::Result<void> BeginMacro(const Head& head, const SourceLine& line);
  [[nodiscard]] base::Result<void> UseMacro(const Head& head, const SourceLine& line);
  [[nodiscard]] base::Result<void> RemoveMacro(const Head& head, const SourceLine& line);

  [[nodiscard]] base::Result<Condition> ReadCondition(const Head& head, const SourceLine& line);
  // Opens the section, or skips to its end.
  [[nodiscard]] base::Result<void> Enter(const Head& head, bool is_in_force);
  [[nodiscard]] base::Result<std::vector<Word>> ReadArguments(
      const Head& head, const SourceLine& line, size_t fewest, size_t most, std::string_view usage);
  [[nodiscard]] base::Result<std::string> AbsolutePath(const Word& word) const;
  [[nodiscard]] bool IsKnown(std::string_view name, bool is_section) const;
  // Keeps the line in the tree as well.
  [[nodiscard]] base::Result<void> AddDirective(const Head& head, const SourceLine& line);

  const ReadOptions& options_;
  DiskFiles disk_;
  const Files& files_;
  Document document_;
  TreeBuilder tree_;
  std::string server_root_;
  std::map<std::string, std::shared_ptr<const Macro>> macros_;  // names in lower case
  std::vector<Source> sources_;
  size_t inclusion_ = 0;            // of the line that is being read
  std::vector<Word> skipped_;       // sections that are open where nothing is in force
  std::optional<Macro> collected_;  // between <Macro> and </Macro>
  size_t collected_depth_ = 0;      // macros that are declared inside it
  size_t lines_ = 0;
  size_t words_ = 0;
  size_t bytes_ = 0;
  size_t expanded_bytes_ = 0;
  size_t included_files_ = 0;
  ListedNames listed_names_;
};

struct Reader::Action {
  std::string_view name;
  bool is_section;
  Act act;
};

}  // namespace hosts::language
