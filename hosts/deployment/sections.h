#pragma once
// Section: settings for a part of the file system or of the URLs: <Directory>, <Files>, <Location>,
//          their Match forms, <If>; and what a .htaccess file says.
// Merge:   the settings that hold for one URL and file, in Apache's order: the server, the virtual
//          host, directories from the root down each followed by its .htaccess file, directories by
//          pattern, files, URLs, conditions. A later one that sets a value replaces an earlier one.
//
// Threads: const functions of values; any thread.
// Source:  CFG-42, CFG-51, CFG-52.

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hosts/base/pattern.h"
#include "hosts/deployment/settings.h"
#include "hosts/expressions/expression.h"

namespace hosts::deployment {

class RequestValues;

// <If>, and the <ElseIf> and <Else> behind it, each of which knows the one before.
struct Branch {
  std::optional<expressions::Expression> expression;  // <Else> has none
  std::shared_ptr<const Branch> previous;             // <If> has none
  size_t number = 1;                                  // of its chain
};

struct Condition {
  enum class Kind { Directory, DirectoryMatch, Files, FilesMatch, Location, LocationMatch, If };
  Kind kind = Kind::Directory;
  std::string pattern = {};                   // as written; a directory without a trailing slash
  bool is_glob = false;                       // Directory, Files and Location with * ? [
  std::optional<base::Regex> regex = {};      // the Match forms
  std::shared_ptr<const Branch> branch = {};  // If, ElseIf and Else
};

struct Section {
  // All of them must hold: <Files> within <Directory> has two. The last one says when its turn is.
  std::vector<Condition> conditions;
  PathSettings settings;
  Origin origin;

  [[nodiscard]] Condition::Kind kind() const { return conditions.back().kind; }
};

// What one .htaccess file says.
struct OverrideFile {
  std::vector<Section> sections;  // <Files> within it
  PathSettings settings;
  std::optional<std::string> error;  // a directive that is not allowed there: Apache answers 500
};

// Reads the .htaccess file of a directory, or null: there is none. What is returned outlives the
// request that asked.
class OverrideFiles {
 public:
  virtual ~OverrideFiles() = default;
  [[nodiscard]] virtual std::shared_ptr<const OverrideFile> Read(const std::string& directory,
                                                                 const Overrides& allowed) = 0;
};

// Brings the sections into the order in which they are merged.
void SortSections(std::vector<Section>& sections);

struct MergeRequest {
  std::string_view path;            // of the URL
  std::string_view filename;        // that it was mapped to; empty: to no file
  bool is_directory = false;        // the file is one
  RequestValues* values = nullptr;  // what conditions ask; null: none can be judged
};

// What came of a section with conditions that was reached.
struct JudgedSection {
  const Section* section = nullptr;
  bool holds = false;
  std::set<std::string> depends_on;  // "the header X-Test"
  std::string error;                 // why it could not be judged for this request
};

struct MergedSettings {
  EffectiveSettings effective;
  std::vector<const Section*> applied;     // in order
  std::vector<const Section*> not_judged;  // <If> that asks what only other modules know
  std::vector<JudgedSection> judged;       // <If> that was asked
  std::vector<std::shared_ptr<const OverrideFile>> override_files;  // keeps their settings alive
  std::string error;                                                // of a .htaccess file
  // MATCH_NAME for each group (?<name>...) of the Match sections that applied.
  std::vector<std::pair<std::string, std::string>> variables;
};

// The layers (the server's settings, the virtual host's) and sections outlive the result.
// override_files may be null: none are read.
[[nodiscard]] MergedSettings Merge(const std::vector<PathSettings>& layers,
                                   const std::vector<Section>& sections,
                                   const MergeRequest& request,
                                   OverrideFiles* override_files);

// "Directory", "ElseIf".
[[nodiscard]] std::string_view DirectiveOf(const Condition& condition);

// As it is written: "<Directory /srv>".
[[nodiscard]] std::string AsWritten(const Section& section);

}  // namespace hosts::deployment
