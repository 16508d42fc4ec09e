#pragma once
// Published: the JSON Schemas (2020-12) of what wsgilab writes for programs, as they lie in the sources, put into the program when it is
//            built: who has the program needs no checkout to check what it says.
//
// Every `--json` output has one; each stands alone, and its "$id" ends with its version (reports/record/format.md says when that changes).
//
// Owns:    nothing; the texts live as long as the program.
// Fails:   Find: null for a name that is none.

#include <span>
#include <string_view>

namespace reports::schemas {

struct Published {
  std::string_view name;  // as `wsgilab schema NAME` takes it
  std::string_view text;  // as the file has it
};

// What people look for first, first.
[[nodiscard]] std::span<const Published> All();
[[nodiscard]] const Published* Find(std::string_view name);

}  // namespace reports::schemas
