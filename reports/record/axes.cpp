#include "reports/record/axes.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace reports::record {

namespace {

// The parts of a cell's id.
struct Place {
  std::string host;
  std::string mode;
  std::string app;
};

// "host/process/interpreter/loading/app"; an application's name may hold slashes, nothing else may.
Place PlaceOf(std::string_view cell) {
  Place place;
  const std::size_t host = cell.find('/');
  if (host == std::string_view::npos) return {std::string(cell), "", ""};
  place.host = cell.substr(0, host);
  std::size_t app = host;
  for (int part = 0; part < 3 && app != std::string_view::npos; ++part)
    app = cell.find('/', app + 1);
  place.mode = cell.substr(host + 1, app == std::string_view::npos ? app : app - host - 1);
  if (app != std::string_view::npos) place.app = cell.substr(app + 1);
  return place;
}

void AddNew(std::vector<std::string>& list, const std::string& word) {
  if (std::ranges::find(list, word) == list.end()) list.push_back(word);
}

}  // namespace

Axes AxesOf(const Record& record) {
  std::vector<Place> places;
  for (const std::string& cell : record.header.plan.cells)
    places.push_back(PlaceOf(cell));
  for (const Cell& cell : record.cells) {
    places.push_back({cell.host,
                      fmt::format("{}/{}/{}", cell.process, cell.interpreter, cell.loading),
                      cell.app});
  }

  std::vector<std::string> hosts;
  std::vector<std::string> modes = record.header.plan.modes;
  Axes axes{{}, record.header.plan.apps};
  std::set<std::pair<std::string, std::string>> known;
  for (const Place& place : places) {
    AddNew(hosts, place.host);
    AddNew(modes, place.mode);
    AddNew(axes.apps, place.app);
    known.emplace(place.host, place.mode);
  }
  for (const std::string& host : hosts) {
    for (const std::string& mode : modes) {
      if (!known.contains({host, mode})) continue;
      axes.rows.push_back(
          {host, mode, hosts.size() > 1 ? fmt::format("{}: {}", host, mode) : mode});
    }
  }
  return axes;
}

std::string CellAt(const AxisRow& row, std::string_view app) {
  return fmt::format("{}/{}/{}", row.host, row.mode, app);
}

}  // namespace reports::record
