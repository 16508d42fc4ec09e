#include "hosts/language/reader.h"

#include <algorithm>

#include "hosts/language/names.h"

namespace hosts::language {

using base::Result;

namespace {

// Apache says so much less often, but reads on; nobody reads more than these.
constexpr size_t kMostNotes = 1000;

}  // namespace

Reader::Reader(const ReadOptions& options)
    : options_(options),
      files_(options.files != nullptr ? *options.files : disk_),
      server_root_(options.server_root),
      listed_names_{.most = options.limits.listed_names} {
  for (const std::string& name : options.defines) {
    document_.definitions.Define(name);
  }
  for (const std::string& name : options.built_in_modules) {
    document_.modules.Add(name);
  }
  document_.inclusions.emplace_back();
}

Result<Document> Reader::Read(std::string text, std::string_view file_name) {
  Source file;
  file.path = file_name;
  file.lines.emplace(std::move(text), file_name);
  document_.files.emplace_back(file_name);
  sources_.push_back(std::move(file));
  const Result<void> read = ReadAll();
  if (!read) return InChain(read.error(), document_.inclusions, inclusion_);
  document_.tree = std::move(tree_).Finish();
  return std::move(document_);
}

Result<void> Reader::ReadAll() {
  while (true) {
    Result<std::optional<SourceLine>> line = NextLine();
    if (!line) return line.error();
    if (!line->has_value()) return {};
    if (const auto spent = Spend(**line); !spent) return spent.error();
    const Result<void> processed = Process(**std::move(line));
    if (!processed) return processed.error();
  }
}

Result<std::optional<SourceLine>> Reader::NextLine() {
  while (!sources_.empty()) {
    Source& source = sources_.back();
    inclusion_ = source.inclusion;
    Result<std::optional<SourceLine>> line = NextLineOf(source);
    if (!line || line->has_value()) return line;
    if (source.macro == nullptr) {
      if (const auto ended = CheckEnd(source); !ended) return ended.error();
    }
    sources_.pop_back();
  }
  return std::optional<SourceLine>();
}

Result<std::optional<SourceLine>> Reader::NextLineOf(Source& source) {
  if (source.macro == nullptr) {
    if (const auto opened = Open(source); !opened) return opened.error();
    return source.lines->Next();
  }
  const Macro& macro = *source.macro;
  if (source.next_line == macro.lines.size()) return std::optional<SourceLine>();
  Result<SourceLine> line = ExpandLine(macro, macro.lines[source.next_line++], source.arguments);
  // A blank behind it hides a backslash from <Macro>, not from Use.
  while (line && line->text.ends_with('\\')) {
    if (source.next_line == macro.lines.size()) {
      return Refuse(Word{{}, line->At(line->text.size() - 1)},
                    "the backslash would continue the macro beyond its end: take it off");
    }
    const auto next = ExpandLine(macro, macro.lines[source.next_line++], source.arguments);
    if (!next) return next.error();
    line->text.pop_back();
    line->Append(*next);
  }
  if (!line) return line.error();
  if (line->text.size() > kLongestLine) {
    return Refuse(Word{{}, line->At(0)}, "a line of the macro is longer than 1 MiB: shorten it");
  }
  if (const auto spent = SpendExpanded(*line); !spent) return spent.error();
  return std::optional<SourceLine>(*std::move(line));
}

Result<void> Reader::Open(Source& source) {
  if (source.lines) return {};
  Result<std::string> text = files_.Read(source.path);
  if (!text) return text.error();
  source.lines.emplace(*std::move(text), source.path);
  source.floor = tree_.depth();
  document_.files.push_back(source.path);
  return {};
}

Result<void> Reader::CheckEnd(const Source& source) const {
  if (!skipped_.empty()) return RefuseOpen(skipped_.back());
  if (collected_) {
    return Refuse(collected_->name, "<Macro> is not closed: add </Macro>");
  }
  return tree_.CheckClosedTo(source.floor);
}

Result<void> Reader::Process(SourceLine line) {
  if (collected_) return Collect(std::move(line));
  if (line.text.empty() || line.text.starts_with('#')) return {};
  if (!skipped_.empty()) return Skip(line);
  Result<SourceLine> substituted = Substitute(std::move(line));
  if (!substituted) return substituted.error();
  return Execute(*substituted);
}

Result<void> Reader::Collect(SourceLine line) {
  if (line.text.starts_with('<')) {
    const Result<Head> head = ReadSkippedHead(line);
    if (head && SameLetters(head->name.text, "Macro")) {
      if (head->kind == Head::Kind::SectionBegin) {
        ++collected_depth_;
      } else if (collected_depth_ > 0) {
        --collected_depth_;
      } else {
        auto macro = std::make_shared<const Macro>(*std::move(collected_));
        collected_.reset();
        macros_[Lowered(macro->name.text)] = std::move(macro);
        return {};
      }
    }
  }
  // Also comments: a parameter may make a directive of one, and a backslash may continue it.
  collected_->lines.push_back(std::move(line));
  return {};
}

Result<void> Reader::Skip(const SourceLine& line) {
  if (!line.text.starts_with('<')) return {};
  Result<Head> head = ReadSkippedHead(line);
  if (!head) return head.error();
  if (head->kind == Head::Kind::SectionBegin) {
    if (skipped_.size() == kDeepestSections) {
      return Refuse(
          head->name, "sections are nested more than {} deep: close some", kDeepestSections);
    }
    skipped_.push_back(std::move(head->name));
    return {};
  }
  if (!SameLetters(head->name.text, skipped_.back().text)) {
    return RefuseClosedByAnother(head->name, skipped_.back());
  }
  skipped_.pop_back();
  return {};
}

Result<void> Reader::Execute(const SourceLine& line) {
  if (line.text.find_first_not_of(kBlanks) == std::string::npos) return {};
  const Result<Head> head = ReadHead(line);
  if (!head) return head.error();
  if (head->behind != std::string_view::npos) {
    AddNote(line.At(head->behind), "text behind > is ignored: remove it");
  }
  if (head->kind == Head::Kind::SectionEnd) return tree_.Close(head->name, Floor());
  if (const Action* action = FindAction(*head)) return (this->*action->act)(*head, line);
  return AddDirective(*head, line);
}

Result<SourceLine> Reader::Substitute(SourceLine line) {
  if (line.text.find("${") == std::string::npos) return line;
  const auto look_up = [this](std::string_view name) -> std::optional<std::string_view> {
    if (const auto value = document_.definitions.ValueOf(name)) return value;
    const auto variable = options_.environment.find(name);
    if (variable == options_.environment.end()) return std::nullopt;
    return variable->second;
  };
  const auto on_undefined = [this](const Word& variable) {
    AddNote(
        variable.where,
        fmt::format("${{{}}} is not defined and stays as it is: Define it", Shown(variable.text)));
  };
  Result<SourceLine> substituted = SubstituteVariables(std::move(line), look_up, on_undefined);
  if (!substituted) return substituted.error();
  if (const auto spent = SpendExpanded(*substituted); !spent) return spent.error();
  return substituted;
}

Result<Directive> Reader::MakeDirective(const Head& head, const SourceLine& line) {
  const bool has_options = std::ranges::any_of(
      options_.directives_with_options,
      [&head](const std::string& name) { return SameLetters(name, head.name.text); });
  Result<std::vector<Word>> words = TakeWords(
      line, head.begin, head.end, has_options ? ValueQuoting::AfterEquals : ValueQuoting::No);
  if (!words) return words.error();
  Directive directive;
  directive.name = head.name;
  directive.arguments = *std::move(words);
  directive.inclusion = inclusion_;
  return directive;
}

Result<void> Reader::AddDirective(const Head& head, const SourceLine& line) {
  Result<Directive> directive = MakeDirective(head, line);
  if (!directive) return directive.error();
  if (head.kind == Head::Kind::SectionBegin) return tree_.Open(*std::move(directive));
  tree_.Add(*std::move(directive));
  return {};
}

Result<void> Reader::Spend(const SourceLine& line) {
  bytes_ += line.text.size();
  if (++lines_ > options_.limits.lines) {
    return Refuse(Word{{}, line.At(0)},
                  "more than {} lines, with all files and macros: does something repeat itself?",
                  options_.limits.lines);
  }
  if (bytes_ > options_.limits.bytes) {
    return Refuse(Word{{}, line.At(0)},
                  "more than {} MiB, with all files and macros: does something repeat itself?",
                  options_.limits.bytes >> 20);
  }
  return {};
}

Result<std::vector<Word>> Reader::TakeWords(const SourceLine& line,
                                            size_t begin,
                                            size_t end,
                                            ValueQuoting quoting) {
  Result<std::vector<Word>> words = ReadWords(line, begin, end, quoting);
  if (!words) return words;
  words_ += words->size();
  if (words_ <= options_.limits.words) return words;
  return Refuse(Word{{}, line.At(0)},
                "more than {} words, with all files and macros: does something repeat itself?",
                options_.limits.words);
}

Result<void> Reader::SpendExpanded(const SourceLine& line) {
  expanded_bytes_ += line.text.size();
  if (expanded_bytes_ <= options_.limits.expanded_bytes) return {};
  return Refuse(Word{{}, line.At(0)},
                "macros and variables make more than {} MiB: does something repeat itself?",
                options_.limits.expanded_bytes >> 20);
}

size_t Reader::Floor() const {
  for (auto source = sources_.rbegin(); source != sources_.rend(); ++source) {
    if (source->macro == nullptr) return source->floor;
  }
  return 0;
}

void Reader::AddNote(const base::SourcePosition& where, std::string text) {
  if (document_.notes.size() < kMostNotes) document_.notes.push_back({where, std::move(text)});
}

}  // namespace hosts::language
