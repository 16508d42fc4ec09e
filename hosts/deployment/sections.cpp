#include "hosts/deployment/sections.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "hosts/base/letters.h"
#include "hosts/deployment/branches.h"
#include "hosts/deployment/request_values.h"

namespace hosts::deployment {

namespace {

using Kind = Condition::Kind;
using base::FitsGlob;
using base::Slashes;

// Whose turn comes when: CFG-51.
enum class Stage { Directories, DirectoryPatterns, Files, Locations, Conditions };

Stage StageOf(Kind kind) {
  switch (kind) {
    case Kind::Directory:
      return Stage::Directories;
    case Kind::DirectoryMatch:
      return Stage::DirectoryPatterns;
    case Kind::Files:
    case Kind::FilesMatch:
      return Stage::Files;
    case Kind::Location:
    case Kind::LocationMatch:
      return Stage::Locations;
    case Kind::If:
      return Stage::Conditions;
  }
  return Stage::Conditions;
}

bool IsCondition(const Condition& condition) {
  return condition.kind == Kind::If;
}

// "/" is 0, "/srv" is 1: depth counts segments, not letters.
std::ptrdiff_t Depth(std::string_view directory) {
  return directory == "/" ? 0 : std::ranges::count(directory, '/');
}

bool IsSegmentPrefix(std::string_view prefix, std::string_view path) {
  if (!path.starts_with(prefix)) return false;
  return prefix.ends_with('/') || path.size() == prefix.size() || path[prefix.size()] == '/';
}

// The directory of that depth on the way to the file, without a trailing slash; empty: the file
// does not lie that deep.
std::string_view DirectoryAt(std::string_view directory, std::ptrdiff_t depth) {
  if (depth == 0) return "/";
  size_t end = 0;
  for (std::ptrdiff_t i = 0; i < depth; ++i) {
    if (end >= directory.size()) return {};
    end = std::min(directory.find('/', end + 1), directory.size());
  }
  return directory.substr(0, end);
}

// One request's file, taken apart once.
struct Place {
  std::string_view path;
  std::string_view filename;   // without a trailing slash
  std::string_view directory;  // of the file; the file itself if it is one
  std::string_view basename;   // empty for a directory
};

Place PlaceOf(const MergeRequest& request) {
  Place place{request.path, request.filename, {}, {}};
  if (request.filename.empty()) return place;
  if (place.filename.size() > 1 && place.filename.ends_with('/')) place.filename.remove_suffix(1);
  const size_t slash = place.filename.rfind('/');
  place.directory = place.filename;
  if (request.is_directory) return place;
  place.directory = slash == 0 ? place.filename.substr(0, 1) : place.filename.substr(0, slash);
  place.basename = place.filename.substr(slash + 1);
  return place;
}

// A section may name the file itself, too.
bool HoldsForDirectory(const Condition& condition, const Place& place) {
  if (place.filename.empty()) return false;
  if (!condition.is_glob) return IsSegmentPrefix(condition.pattern, place.filename);
  const auto directory = DirectoryAt(place.filename, Depth(condition.pattern));
  return !directory.empty() && FitsGlob(directory, condition.pattern, Slashes::Count);
}

bool HoldsForLocation(const Condition& condition, const Place& place) {
  if (condition.is_glob) return FitsGlob(place.path, condition.pattern, Slashes::Count);
  return IsSegmentPrefix(condition.pattern, place.path);
}

bool Holds(const Condition& condition, const Place& place) {
  switch (condition.kind) {
    case Kind::Directory:
      return HoldsForDirectory(condition, place);
    case Kind::DirectoryMatch:
      return !place.filename.empty() && condition.regex->Fits(place.filename);
    case Kind::Files:
      if (place.basename.empty()) return false;
      return condition.is_glob ? FitsGlob(place.basename, condition.pattern, Slashes::DoNotCount)
                               : place.basename == condition.pattern;
    case Kind::FilesMatch:
      return !place.basename.empty() && condition.regex->Fits(place.basename);
    case Kind::Location:
      return HoldsForLocation(condition, place);
    case Kind::LocationMatch:
      return condition.regex->Fits(place.path);
    case Kind::If:
      return false;
  }
  return false;
}

// The pattern of a Match section, with the text that it is matched against.
std::optional<std::string_view> TextOf(Kind kind, const Place& place) {
  if (kind == Kind::DirectoryMatch) return place.filename;
  if (kind == Kind::FilesMatch) return place.basename;
  if (kind == Kind::LocationMatch) return place.path;
  return std::nullopt;
}

// When a section is merged: the stage; of a condition also that of what it stands in, 0 for nothing;
// how deep the directory lies.
using Turn = std::tuple<Stage, int, std::ptrdiff_t>;

Turn TurnOf(const Section& section) {
  // Files within a directory's section belong to it and come behind those outside.
  const Condition& outermost = section.conditions.front();
  const std::ptrdiff_t depth = outermost.kind == Kind::Directory ? Depth(outermost.pattern) : -1;
  const Stage stage = StageOf(section.kind());
  int place = 0;
  for (const Condition& one : section.conditions) {
    if (!IsCondition(one)) place = static_cast<int>(StageOf(one.kind)) + 1;
  }
  return {stage, stage == Stage::Conditions ? place : 0, depth};
}

// Conditions are asked when all else is merged: what stands within one and has its turn before comes
// too late.
bool ComesTooLate(const Section& section) {
  return !IsCondition(section.conditions.back()) &&
         std::ranges::any_of(section.conditions, IsCondition);
}

// Lays the sections over each other, stage by stage.
class Merger {
 public:
  Merger(const MergeRequest& request, OverrideFiles* override_files)
      : request_(request),
        place_(PlaceOf(request)),
        override_files_(override_files),
        branches_(request.values) {}

  void Lay(const PathSettings& settings) { merged_.effective.Override(settings); }

  void LayIfItHolds(const Section& section) {
    const bool is_there = std::ranges::all_of(section.conditions, [this](const Condition& one) {
      return IsCondition(one) || Holds(one, place_);
    });
    if (!is_there || ComesTooLate(section)) return;
    if (IsCondition(section.conditions.back()) && !JudgedToHold(section)) return;
    Lay(section.settings);
    merged_.applied.push_back(&section);
    for (const Condition& condition : section.conditions)
      NoteNamedGroups(condition);
  }

  // Those within the sections that were laid, and within .htaccess files; in the order in which what
  // they stand in was laid.
  void LayConditions(const std::vector<Section>& sections, size_t next) {
    std::vector<const Section*> conditions;
    for (; next < sections.size(); ++next)
      conditions.push_back(&sections[next]);
    std::map<const Section*, Turn> turns;
    for (size_t i = 0; i < merged_.override_files.size(); ++i) {
      for (const Section& section : merged_.override_files[i]->sections) {
        if (StageOf(section.kind()) != Stage::Conditions) continue;
        turns[&section] = TurnWithin(section, override_depths_[i]);
        conditions.push_back(&section);
      }
    }
    if (!turns.empty()) {
      std::ranges::stable_sort(conditions, {}, [&turns](const Section* section) {
        const auto found = turns.find(section);
        return found == turns.end() ? TurnOf(*section) : found->second;
      });
    }
    if (request_.values != nullptr && !conditions.empty()) {
      request_.values->AddVariables(merged_.variables);
    }
    for (const Section* section : conditions)
      LayIfItHolds(*section);
  }

  // Directories from the root down, each followed by its .htaccess file.
  void LayDirectories(const std::vector<Section>& sections, size_t& next) {
    const auto is_directory = [&](size_t i) {
      return i < sections.size() && StageOf(sections[i].kind()) == Stage::Directories;
    };
    if (place_.filename.empty()) {
      while (is_directory(next))
        ++next;
      return;
    }
    const auto deepest = Depth(place_.filename);
    const auto deepest_directory = Depth(place_.directory);
    for (std::ptrdiff_t depth = 0; depth <= deepest; ++depth) {
      while (is_directory(next) && Depth(sections[next].conditions.back().pattern) <= depth)
        LayIfItHolds(sections[next++]);
      if (override_files_ != nullptr && depth <= deepest_directory) LayOverrideFile(depth);
    }
    while (is_directory(next))
      ++next;  // deeper than the file
  }

  void LayFilesOfOverrides() {
    for (const auto& file : merged_.override_files) {
      for (const Section& section : file->sections) {
        if (StageOf(section.kind()) == Stage::Files) LayIfItHolds(section);
      }
    }
  }

  MergedSettings Take() { return std::move(merged_); }

 private:
  // A .htaccess file stands behind the sections of its directory.
  static Turn TurnWithin(const Section& section, std::ptrdiff_t depth) {
    const auto [stage, place, _] = TurnOf(section);
    constexpr int kDirectories = static_cast<int>(Stage::Directories) + 1;
    return place == 0 ? Turn{stage, kDirectories, depth} : Turn{stage, place, depth};
  }

  // All conditions around it and its own.
  bool JudgedToHold(const Section& section) {
    std::optional<bool> holds = true;
    for (const Condition& condition : section.conditions) {
      if (!IsCondition(condition) || holds == false) continue;
      const std::optional<bool> one = branches_.Holds(condition.branch.get());
      holds = one == true ? holds : one;
    }
    if (!holds) {
      merged_.not_judged.push_back(&section);
      return false;
    }
    merged_.judged.push_back({&section, *holds, branches_.TakeAsked(), branches_.TakeError()});
    return *holds;
  }

  void NoteNamedGroups(const Condition& condition) {
    const auto text = TextOf(condition.kind, place_);
    if (!text) return;
    const auto captures = condition.regex->Match(*text);
    if (!captures) return;
    for (const auto& [name, value] : condition.regex->NamedGroups(*captures))
      merged_.variables.emplace_back("MATCH_" + base::Uppered(name), value);
  }

  void LayOverrideFile(std::ptrdiff_t depth) {
    const auto* allowed = merged_.effective.allow_override;
    if (allowed == nullptr || !allowed->value.any() || !merged_.error.empty()) return;
    const auto file =
        override_files_->Read(std::string(DirectoryAt(place_.directory, depth)), allowed->value);
    if (!file) return;
    if (file->error) merged_.error = *file->error;
    Lay(file->settings);
    merged_.override_files.push_back(file);
    override_depths_.push_back(depth);
  }

  const MergeRequest& request_;
  Place place_;
  OverrideFiles* override_files_;
  Branches branches_;
  std::vector<std::ptrdiff_t> override_depths_;  // of the merged override files
  MergedSettings merged_;
};

std::string_view NameOf(Kind kind) {
  switch (kind) {
    case Kind::Directory:
      return "Directory";
    case Kind::DirectoryMatch:
      return "DirectoryMatch";
    case Kind::Files:
      return "Files";
    case Kind::FilesMatch:
      return "FilesMatch";
    case Kind::Location:
      return "Location";
    case Kind::LocationMatch:
      return "LocationMatch";
    case Kind::If:
      return "If";
  }
  return "?";
}

std::string_view NameOf(const Branch& branch) {
  if (branch.previous == nullptr) return "If";
  return branch.expression ? "ElseIf" : "Else";
}

}  // namespace

void SortSections(std::vector<Section>& sections) {
  std::ranges::stable_sort(sections, {}, TurnOf);
}

MergedSettings Merge(const std::vector<PathSettings>& layers,
                     const std::vector<Section>& sections,
                     const MergeRequest& request,
                     OverrideFiles* override_files) {
  Merger merger(request, override_files);
  for (const PathSettings& layer : layers)
    merger.Lay(layer);
  size_t next = 0;
  merger.LayDirectories(sections, next);
  const auto lay_while = [&](Stage last) {
    for (; next < sections.size() && StageOf(sections[next].kind()) <= last; ++next)
      merger.LayIfItHolds(sections[next]);
  };
  lay_while(Stage::Files);
  merger.LayFilesOfOverrides();
  lay_while(Stage::Locations);
  merger.LayConditions(sections, next);
  return merger.Take();
}

std::string_view DirectiveOf(const Condition& condition) {
  return condition.branch ? NameOf(*condition.branch) : NameOf(condition.kind);
}

std::string AsWritten(const Section& section) {
  std::string text;
  for (const Condition& condition : section.conditions) {
    if (!text.empty()) text += " ";
    text += "<";
    text += DirectiveOf(condition);
    if (!condition.pattern.empty()) text += " " + condition.pattern;
    text += ">";
  }
  return text;
}

}  // namespace hosts::deployment
