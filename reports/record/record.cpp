#include "reports/record/record.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <tuple>
#include <type_traits>
#include <utility>

namespace reports::record {

namespace {

// Puts the line in the place of the one that `same` finds, or at the end.
template <typename T, typename Same>
void Put(std::vector<T>& list, T line, Same same) {
  const auto found = std::ranges::find_if(list, same);
  if (found == list.end()) {
    list.push_back(std::move(line));
  } else {
    *found = std::move(line);
  }
}

template <typename T>
void PutForCell(std::vector<T>& list, T line) {
  const std::string cell = line.cell;
  Put(list, std::move(line), [&](const T& other) { return other.cell == cell; });
}

template <typename T>
const T* FindForCell(const std::vector<T>& list, std::string_view cell) {
  const auto found = std::ranges::find(list, cell, &T::cell);
  return found == list.end() ? nullptr : &*found;
}

struct Sorter {
  Record& record;

  void operator()(Header line) const { record.header = std::move(line); }
  void operator()(Cell line) const { PutForCell(record.cells, std::move(line)); }
  void operator()(Placement line) const { PutForCell(record.placements, std::move(line)); }
  void operator()(Settings line) const { PutForCell(record.settings, std::move(line)); }
  void operator()(Startup line) const { PutForCell(record.startups, std::move(line)); }
  void operator()(Tour line) const { PutForCell(record.tours, std::move(line)); }
  void operator()(Load line) const {
    const std::pair key(line.cell, line.loop);
    Put(record.loads, std::move(line), [&](const Load& other) {
      return std::pair(other.cell, other.loop) == key;
    });
  }
  void operator()(Resources line) const {
    // Of those at some number of requests there are many.
    const auto key_of = [](const Resources& resources) {
      const bool is_one_of_many = resources.when == When::AtRequests;
      return std::tuple(
          resources.cell, resources.when, is_one_of_many ? resources.requests : std::nullopt);
    };
    const auto key = key_of(line);
    Put(record.resources, std::move(line), [&](const Resources& other) {
      return key_of(other) == key;
    });
  }
  void operator()(Check line) const { record.checks.push_back(std::move(line)); }
  void operator()(Experiment line) const { record.experiments.push_back(std::move(line)); }
  void operator()(Sample line) const { record.samples.push_back(std::move(line)); }
  void operator()(Micro line) const {
    const auto key_of = [](const Micro& micro) {
      return std::tuple(micro.program, micro.name, micro.repetition);
    };
    const auto key = key_of(line);
    Put(record.micros, std::move(line), [&](const Micro& other) { return key_of(other) == key; });
  }
  void operator()(Interference line) const {
    const std::tuple key(line.host, line.arrangement, line.kind);
    Put(record.interferences, std::move(line), [&](const Interference& other) {
      return std::tuple(other.host, other.arrangement, other.kind) == key;
    });
  }
  void operator()(Subject line) const {
    const std::string app = line.app;
    Put(record.subjects, std::move(line), [&](const Subject& other) { return other.app == app; });
  }
  void operator()(Import line) const { record.imports.push_back(std::move(line)); }
  void operator()(Replay line) const { record.replays.push_back(std::move(line)); }
  void operator()(Loading line) const { record.loadings.push_back(std::move(line)); }
  void operator()(Overhead line) const { record.overheads.push_back(std::move(line)); }
  void operator()(NotMeasured line) const { record.not_measured.push_back(std::move(line)); }
  void operator()(Rule line) const { record.rules.push_back(std::move(line)); }
  void operator()(Footer line) const { record.footer = std::move(line); }
  void operator()(UnknownLine line) const { record.unknown.push_back(std::move(line)); }
};

}  // namespace

std::vector<std::string> ProblemsOf(const Merged& merged) {
  std::vector<std::string> problems;
  for (int shard = 1; shard <= merged.shards; ++shard) {
    const auto part = std::ranges::find(merged.parts, shard, &Part::shard);
    if (part == merged.parts.end()) {
      problems.push_back(fmt::format("Shard {} of {} is missing.", shard, merged.shards));
    } else if (!part->complete) {
      problems.push_back(fmt::format("Shard {} of {} is not finished.", shard, merged.shards));
    }
  }
  return problems;
}

std::string_view CellOf(const Line& line) {
  return std::visit(
      []<typename T>(const T& value) -> std::string_view {
        if constexpr (requires { value.cell; }) {
          return value.cell;
        } else {
          return {};
        }
      },
      line);
}

void Add(Record& record, Line line) {
  std::visit(Sorter{record}, std::move(line));
}

const Cell* FindCell(const Record& record, std::string_view cell) {
  return FindForCell(record.cells, cell);
}

bool HostVersion::can_run_without_gil() const {
  return std::ranges::find(gils, "off") != gils.end();
}

const Placement* FindPlacement(const Record& record, std::string_view cell) {
  return FindForCell(record.placements, cell);
}

const Settings* FindSettings(const Record& record, std::string_view cell) {
  return FindForCell(record.settings, cell);
}

const Startup* FindStartup(const Record& record, std::string_view cell) {
  return FindForCell(record.startups, cell);
}

const Tour* FindTour(const Record& record, std::string_view cell) {
  return FindForCell(record.tours, cell);
}

const Load* FindLoad(const Record& record, std::string_view cell, Loop loop) {
  const auto found = std::ranges::find_if(
      record.loads, [&](const Load& load) { return load.cell == cell && load.loop == loop; });
  return found == record.loads.end() ? nullptr : &*found;
}

const Resources* FindResources(const Record& record, std::string_view cell, When when) {
  const auto found = std::ranges::find_if(record.resources, [&](const Resources& resources) {
    return resources.cell == cell && resources.when == when;
  });
  return found == record.resources.end() ? nullptr : &*found;
}

}  // namespace reports::record
