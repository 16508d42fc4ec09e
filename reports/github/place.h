#pragma once
// PlaceIn: the line of an application that a Python traceback in a log names last; none of a library's, and nothing without a traceback.
//
// Pure.

#include <optional>
#include <string>
#include <string_view>

namespace reports::github {

struct SourcePlace {
  std::string file;  // as the log writes it
  int line = 1;
};

[[nodiscard]] std::optional<SourcePlace> PlaceIn(std::string_view log);

}  // namespace reports::github
