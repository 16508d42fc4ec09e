#include "reports/html/detail.h"

#include <fmt/format.h>

#include "reports/notation/notation.h"

namespace reports::html {

namespace {

constexpr std::size_t kAll = 1'000'000'000;

}  // namespace

std::size_t MostFailures(Detail detail) {
  switch (detail) {
    case Detail::Whole:
    case Detail::Grouped:
      return kAll;
    case Detail::Compact:
      return 500;
    case Detail::Least:
      break;
  }
  return 200;
}

std::size_t MostOfTranscript(Detail detail) {
  switch (detail) {
    case Detail::Whole:
    case Detail::Grouped:
      return 3000;
    case Detail::Compact:
      return 800;
    case Detail::Least:
      break;
  }
  return 300;
}

std::size_t MostRows(Detail detail) {
  switch (detail) {
    case Detail::Whole:
    case Detail::Grouped:
      return kAll;
    case Detail::Compact:
      return 1500;
    case Detail::Least:
      break;
  }
  return 300;
}

Markup LeftOut(std::int64_t count, std::string_view noun, std::string_view line_type) {
  if (count <= 0) return {};
  return Element(
      "p",
      {{"class", "left-out"}},
      fmt::format("{} more left out here, so that the page stays small: the record has all of "
                  "them, in its lines of type {}.",
                  notation::Plural(count, noun),
                  line_type));
}

}  // namespace reports::html
