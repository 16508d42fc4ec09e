#include "harness/adapters/engines.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "harness/adapters/catalogue.h"

namespace harness::adapters {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kProgramPrefix = "wsgilab-host-";

// 14, false of "3.14"; nullopt of what is no series of Python 3.
std::optional<std::pair<int, bool>> Minor(std::string_view series) {
  constexpr std::string_view kMajor = "3.";
  if (!series.starts_with(kMajor)) return std::nullopt;
  series.remove_prefix(kMajor.size());
  const bool is_free_threaded = IsFreeThreaded(series);
  if (is_free_threaded) series.remove_suffix(1);
  int minor = 0;
  const char* const end = series.data() + series.size();
  const auto [rest, problem] = std::from_chars(series.data(), end, minor);
  if (problem != std::errc() || rest != end || minor < 0) return std::nullopt;
  return std::pair(minor, is_free_threaded);
}

FoundEngine EngineOf(std::string_view told) {
  const size_t equals = told.find('=');
  const std::string_view series = told.substr(0, equals);
  if (equals == std::string_view::npos || equals + 1 == told.size() || !Minor(series)) {
    return {.python = series.empty() ? "?" : std::string(series),
            .program = {},
            .wrong = fmt::format("'{}' in WSGILAB_ENGINES is no engine: write 3.14=PROGRAM", told)};
  }
  return {.python = std::string(series), .program = fs::absolute(told.substr(equals + 1))};
}

std::vector<FoundEngine> ToldEngines(std::string_view told) {
  std::vector<FoundEngine> engines;
  while (!told.empty()) {
    const size_t colon = told.find(':');
    if (colon != 0) engines.push_back(EngineOf(told.substr(0, colon)));
    told.remove_prefix(colon == std::string_view::npos ? told.size() : colon + 1);
  }
  return engines;
}

std::vector<FoundEngine> EnginesBeside(const fs::path& engine) {
  std::vector<FoundEngine> engines;
  std::error_code problem;  // there is no such folder: then there is nothing beside it
  for (const auto& entry : fs::directory_iterator(engine.parent_path(), problem)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(kProgramPrefix)) continue;
    const std::string series = name.substr(kProgramPrefix.size());
    if (Minor(series)) engines.push_back({.python = series, .program = entry.path()});
  }
  return engines;
}

}  // namespace

std::string FoundEngine::name() const {
  return python.empty() ? std::string(kEngine) : fmt::format("{}-{}", kEngine, python);
}

std::vector<FoundEngine> OtherEngines(const fs::path& engine, std::string_view told) {
  std::vector<FoundEngine> engines = ToldEngines(told);
  for (FoundEngine& beside : EnginesBeside(engine)) {
    if (std::ranges::find(engines, beside.python, &FoundEngine::python) == engines.end()) {
      engines.push_back(std::move(beside));
    }
  }
  std::ranges::stable_sort(engines, {}, [](const FoundEngine& one) { return Minor(one.python); });
  const auto same = [](const FoundEngine& one, const FoundEngine& other) {
    return one.python == other.python;
  };
  engines.erase(std::unique(engines.begin(), engines.end(), same), engines.end());
  return engines;
}

bool IsFreeThreaded(std::string_view series) {
  return series.ends_with('t');
}

std::string PythonSeries(std::string_view version, bool is_free_threaded) {
  const size_t point = version.find('.');
  const size_t second =
      point == std::string_view::npos ? std::string_view::npos : version.find('.', point + 1);
  return fmt::format("{}{}", version.substr(0, second), is_free_threaded ? "t" : "");
}

}  // namespace harness::adapters
