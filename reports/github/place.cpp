#include "reports/github/place.h"

#include <algorithm>
#include <charconv>

namespace reports::github {

namespace {

// Not where its author would look.
bool IsOfLibrary(std::string_view file) {
  constexpr std::string_view kParts[] = {
      "/site-packages/", "/dist-packages/", "/lib/python", "/lib64/python"};
  return file.empty() || file.front() == '<' ||
         std::ranges::any_of(kParts, [&](std::string_view part) {
           return file.find(part) != std::string_view::npos;
         });
}

// Of a line such as: File "app/views.py", line 71, in export
std::optional<SourcePlace> PlaceOf(std::string_view line) {
  constexpr std::string_view kFile = "File \"";
  constexpr std::string_view kLine = "\", line ";
  const std::size_t file = line.find(kFile);
  if (file == std::string_view::npos) return std::nullopt;
  const std::size_t end = line.find(kLine, file + kFile.size());
  if (end == std::string_view::npos) return std::nullopt;
  SourcePlace place{std::string(line.substr(file + kFile.size(), end - file - kFile.size())), 0};
  const char* const number = line.data() + end + kLine.size();
  const auto read = std::from_chars(number, line.data() + line.size(), place.line);
  if (read.ec != std::errc() || place.line < 1) return std::nullopt;
  return place;
}

}  // namespace

std::optional<SourcePlace> PlaceIn(std::string_view log) {
  std::optional<SourcePlace> last;
  while (!log.empty()) {
    const std::size_t end = std::min(log.find('\n'), log.size());
    auto place = PlaceOf(log.substr(0, end));
    if (place && !IsOfLibrary(place->file)) last = std::move(place);
    log.remove_prefix(std::min(end + 1, log.size()));
  }
  return last;
}

}  // namespace reports::github
