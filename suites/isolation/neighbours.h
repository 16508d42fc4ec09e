#pragma once
// Neighbours: two applications that an administrator may have, as files on a stage: a case that is met in practice.
//
// "one" is in the place of A and "two" in that of B. Each answers {"serves": "one"} when it is what it should be; what it
// says else shows what it got instead.

#include <filesystem>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "suites/hosts_under_test/stage.h"

namespace suites::isolation {

struct Folders {
  std::filesystem::path one;
  std::filesystem::path two;
};

struct Neighbours {
  std::string_view name;   // as in measured.json
  std::string_view title;  // what the two have in common
  // Writes the files of one of them below its folder.
  std::function<void(const hosts_under_test::Stage&, std::string_view which)> write;
  // The scripts; they find the folders of both.
  std::function<std::string(std::string_view which, const Folders&)> script;
  bool needs_venv = false;  // Django or Flask
  bool is_path_of_group =
      false;                  // the folders are on python-path=, the scripts leave sys.path alone
  bool is_preloaded = false;  // else each is loaded by its first request
  // What to do about it, for who meets it.
  std::string_view advice = {};
};
inline void PrintTo(const Neighbours& neighbours, std::ostream* out) {
  *out << neighbours.name;
}

[[nodiscard]] const std::vector<Neighbours>& AllNeighbours();

}  // namespace suites::isolation
