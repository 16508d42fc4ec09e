#include <algorithm>
#include <array>
#include <filesystem>
#include <span>

#include "hosts/language/names.h"
#include "hosts/language/reader.h"
#include "hosts/language/version.h"

namespace hosts::language {

using base::Result;

std::span<const Reader::Action> Reader::Actions() {
  static constexpr std::array<Action, 16> kActions = {{
      {"Define", false, &Reader::Define},
      {"UnDefine", false, &Reader::Undefine},
      {"ServerRoot", false, &Reader::SetServerRoot},
      {"LoadModule", false, &Reader::LoadModule},
      {"Error", false, &Reader::RaiseError},
      {"Include", false, &Reader::Include},
      {"IncludeOptional", false, &Reader::IncludeOptional},
      {"Use", false, &Reader::UseMacro},
      {"UndefMacro", false, &Reader::RemoveMacro},
      {"Macro", true, &Reader::BeginMacro},
      {"IfDefine", true, &Reader::IfDefine},
      {"IfModule", true, &Reader::IfModule},
      {"IfFile", true, &Reader::IfFile},
      {"IfDirective", true, &Reader::IfDirective},
      {"IfSection", true, &Reader::IfSection},
      {"IfVersion", true, &Reader::IfVersion},
  }};
  return kActions;
}

std::vector<std::string_view> Reader::Names() {
  std::vector<std::string_view> names;
  for (const Action& action : Actions())
    names.push_back(action.name);
  return names;
}

const Reader::Action* Reader::FindAction(const Head& head) {
  const bool is_section = head.kind == Head::Kind::SectionBegin;
  const auto actions = Actions();
  const auto found = std::ranges::find_if(actions, [&](const Action& action) {
    return action.is_section == is_section && SameLetters(action.name, head.name.text);
  });
  return found == actions.end() ? nullptr : &*found;
}

// Define and its kin.

namespace {

// Apache keeps names with a colon for maps: ${map:key}.
Result<void> CheckVariableName(const Word& word) {
  if (word.text.find(':') == std::string::npos) return {};
  return Refuse(word, "the name {} must not contain ':'", Shown(word.text));
}

}  // namespace

Result<void> Reader::Define(const Head& head, const SourceLine& line) {
  const auto words = ReadArguments(head, line, 1, 2, "NAME [VALUE]");
  if (!words) return words.error();
  if (const auto checked = CheckVariableName(words->front()); !checked) return checked.error();
  if (words->size() == 2) {
    document_.definitions.Define(words->front().text, words->back().text);
  } else {
    document_.definitions.Define(words->front().text);
  }
  return {};
}

Result<void> Reader::Undefine(const Head& head, const SourceLine& line) {
  const auto words = ReadArguments(head, line, 1, 1, "NAME");
  if (!words) return words.error();
  if (const auto checked = CheckVariableName(words->front()); !checked) return checked.error();
  document_.definitions.Undefine(words->front().text);
  return {};
}

Result<void> Reader::SetServerRoot(const Head& head, const SourceLine& line) {
  const auto words = ReadArguments(head, line, 1, 1, "DIRECTORY");
  if (!words) return words.error();
  if (words->front().text.starts_with('/')) server_root_ = words->front().text;
  return AddDirective(head, line);
}

Result<void> Reader::LoadModule(const Head& head, const SourceLine& line) {
  const auto words = ReadArguments(head, line, 2, 2, "NAME FILE");
  if (!words) return words.error();
  if (!document_.modules.Add(words->front().text)) {
    AddNote(words->front().where,
            fmt::format("{} is loaded already: remove the line", Shown(words->front().text)));
  }
  return AddDirective(head, line);
}

Result<void> Reader::RaiseError(const Head& head, const SourceLine& line) {
  const size_t begin = line.text.find_first_not_of(kBlanks, head.begin);
  if (begin == std::string::npos) return Refuse(head.name, "Error has no message: write one");
  return Refuse(head.name, "Error: {}", Shown(std::string_view(line.text).substr(begin)));
}

// Sections that may be in force.

Result<void> Reader::IfDefine(const Head& head, const SourceLine& line) {
  const Result<Condition> condition = ReadCondition(head, line);
  if (!condition) return condition.error();
  const bool is_defined = document_.definitions.IsDefined(condition->word.text);
  return Enter(head, is_defined != condition->is_negated);
}

Result<void> Reader::IfModule(const Head& head, const SourceLine& line) {
  const Result<Condition> condition = ReadCondition(head, line);
  if (!condition) return condition.error();
  return Enter(head, document_.modules.Has(condition->word.text) != condition->is_negated);
}

Result<void> Reader::IfFile(const Head& head, const SourceLine& line) {
  const Result<Condition> condition = ReadCondition(head, line);
  if (!condition) return condition.error();
  const Result<std::string> path = AbsolutePath(condition->word);
  if (!path) return path.error();
  const bool exists = files_.KindOf(*path) != Files::Kind::Missing;
  return Enter(head, exists != condition->is_negated);
}

Result<void> Reader::IfDirective(const Head& head, const SourceLine& line) {
  const Result<Condition> condition = ReadCondition(head, line);
  if (!condition) return condition.error();
  std::string_view name = condition->word.text;
  const bool is_section = name.starts_with('<');
  if (is_section) name.remove_prefix(1);
  return Enter(head, IsKnown(name, is_section) != condition->is_negated);
}

Result<void> Reader::IfSection(const Head& head, const SourceLine& line) {
  const Result<Condition> condition = ReadCondition(head, line);
  if (!condition) return condition.error();
  return Enter(head, IsKnown(condition->word.text, true) != condition->is_negated);
}

Result<void> Reader::IfVersion(const Head& head, const SourceLine& line) {
  const auto words = TakeWords(line, head.begin, head.end, ValueQuoting::No);
  if (!words) return words.error();
  const Result<bool> matches = MatchesVersion(head.name, *words, options_.apache_version);
  if (!matches) return matches.error();
  return Enter(head, *matches);
}

Result<Reader::Condition> Reader::ReadCondition(const Head& head, const SourceLine& line) {
  Condition condition;
  size_t begin = std::min(line.text.find_first_not_of(kBlanks, head.begin), head.end);
  condition.is_negated = begin < head.end && line.text[begin] == '!';
  if (condition.is_negated) ++begin;
  Result<std::vector<Word>> words = TakeWords(line, begin, head.end, ValueQuoting::No);
  if (!words) return words.error();
  if (words->empty() || words->front().text.empty()) {
    return Refuse(head.name, "<{0}> needs more: write <{0} [!]NAME>", head.name.text);
  }
  if (words->size() > 1) {
    const Word& excess = (*words)[1];
    AddNote(excess.where,
            fmt::format("{} is more than <{}> takes, and is ignored: remove it",
                        Shown(excess.text),
                        head.name.text));
  }
  condition.word = std::move(words->front());
  return condition;
}

Result<void> Reader::Enter(const Head& head, bool is_in_force) {
  if (is_in_force) return tree_.OpenInForce(head.name);
  skipped_.push_back(head.name);
  return {};
}

bool Reader::IsKnown(std::string_view name, bool is_section) const {
  Head head;
  head.kind = is_section ? Head::Kind::SectionBegin : Head::Kind::Directive;
  head.name.text = name;
  return FindAction(head) != nullptr || (options_.is_known && options_.is_known(name, is_section));
}

// Other files.

Result<void> Reader::Include(const Head& head, const SourceLine& line) {
  return IncludeFiles(head, line, IfMissing::Refuse);
}

Result<void> Reader::IncludeOptional(const Head& head, const SourceLine& line) {
  return IncludeFiles(head, line, IfMissing::Ignore);
}

Result<void> Reader::IncludeFiles(const Head& head, const SourceLine& line, IfMissing if_missing) {
  const auto words = ReadArguments(head, line, 1, 1, "FILE");
  if (!words) return words.error();
  const Result<std::string> path = AbsolutePath(words->front());
  if (!path) return path.error();
  const auto paths = FindIncluded(words->front(), *path, if_missing, listed_names_, files_);
  if (!paths) return paths.error();
  Source file;
  file.include_depth = sources_.back().include_depth + 1;
  if (file.include_depth > options_.limits.include_depth) {
    return Refuse(words->front(),
                  "files include each other more than {} deep: take the loop out",
                  options_.limits.include_depth);
  }
  included_files_ += paths->size();
  if (included_files_ > options_.limits.included_files) {
    return Refuse(words->front(),
                  "more than {} files, with all Includes: does something repeat itself?",
                  options_.limits.included_files);
  }
  file.inclusion = document_.inclusions.size();
  document_.inclusions.push_back({{}, head.name.where, inclusion_});
  std::for_each(paths->rbegin(), paths->rend(), [this, &file](const std::string& one) {
    file.path = one;
    sources_.push_back(file);
  });
  return {};
}

Result<std::string> Reader::AbsolutePath(const Word& word) const {
  constexpr size_t kLongestPath = 4096;
  if (word.text.empty() || word.text.size() > kLongestPath) {
    return Refuse(word, "{} is not a path: correct it", Shown(word.text));
  }
  std::filesystem::path path(word.text);
  if (path.is_relative()) {
    if (server_root_.empty()) {
      return Refuse(word,
                    "{} is a relative path: write an absolute one, or ServerRoot above it",
                    Shown(word.text));
    }
    path = std::filesystem::path(server_root_) / path;
  }
  return path.lexically_normal().string();
}

// Macros.

Result<void> Reader::BeginMacro(const Head& head, const SourceLine& line) {
  const auto words = TakeWords(line, head.begin, head.end, ValueQuoting::No);
  if (!words) return words.error();
  Result<Macro> macro = DeclareMacro(head.name, *words);
  if (!macro) return macro.error();
  const auto earlier = macros_.find(Lowered(macro->name.text));
  if (earlier != macros_.end()) {
    const base::SourcePosition& where = earlier->second->name.where;
    AddNote(macro->name.where,
            fmt::format("the macro {} of {}:{} is replaced: remove one of the two",
                        Shown(macro->name.text),
                        where.file,
                        where.line));
  }
  collected_ = *std::move(macro);
  collected_depth_ = 0;
  return {};
}

Result<void> Reader::UseMacro(const Head& head, const SourceLine& line) {
  Result<std::vector<Word>> words = ReadArguments(head, line, 1, kLongestLine, "NAME ARGUMENT ...");
  if (!words) return words.error();
  const Word& name = words->front();
  const auto found = macros_.find(Lowered(name.text));
  if (found == macros_.end()) {
    return Refuse(name, "there is no macro {}: declare it above this line", Shown(name.text));
  }
  const std::shared_ptr<const Macro>& macro = found->second;
  const size_t needed = macro->parameters.size();
  if (words->size() - 1 != needed) {
    return Refuse(name,
                  "the macro {} of line {} takes {} arguments, not {}",
                  Shown(name.text),
                  macro->name.where.line,
                  needed,
                  words->size() - 1);
  }
  for (auto source = sources_.rbegin(); source != sources_.rend() && source->macro; ++source) {
    if (SameLetters(source->macro->name.text, name.text)) {
      return Refuse(name, "the macro {} uses itself: take the loop out", Shown(name.text));
    }
  }
  Source use;
  use.include_depth = sources_.back().include_depth;
  use.inclusion = document_.inclusions.size();
  document_.inclusions.push_back({Shown(macro->name.text), head.name.where, inclusion_});
  use.macro = macro;
  for (size_t i = 0; i < needed; ++i) {
    use.arguments.push_back(InPlace(macro->parameters[i], std::move((*words)[i + 1].text)));
  }
  sources_.push_back(std::move(use));
  return {};
}

Result<void> Reader::RemoveMacro(const Head& head, const SourceLine& line) {
  const auto words = ReadArguments(head, line, 1, 1, "NAME");
  if (!words) return words.error();
  const Word& name = words->front();
  if (macros_.erase(Lowered(name.text)) == 0) {
    return Refuse(name, "there is no macro {}: remove the line", Shown(name.text));
  }
  return {};
}

Result<std::vector<Word>> Reader::ReadArguments(
    const Head& head, const SourceLine& line, size_t fewest, size_t most, std::string_view usage) {
  Result<std::vector<Word>> words = TakeWords(line, head.begin, head.end, ValueQuoting::No);
  if (!words) return words.error();
  if (words->size() < fewest) {
    return Refuse(head.name, "{0} needs more: write {0} {1}", head.name.text, usage);
  }
  if (words->size() > most) {
    const Word& excess = (*words)[most];
    if (excess.text.starts_with('#')) {
      return Refuse(excess, "a comment needs a line of its own");
    }
    return Refuse(excess,
                  "{} is more than {} takes: write {} {}",
                  Shown(excess.text),
                  head.name.text,
                  head.name.text,
                  usage);
  }
  return words;
}

}  // namespace hosts::language
