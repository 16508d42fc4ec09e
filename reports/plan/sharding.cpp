#include "reports/plan/sharding.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <utility>

namespace reports::plan {

using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

namespace {

constexpr int kMostShards = 10'000;

bool ReadNumber(std::string_view text, int& number) {
  const char* end = text.data() + text.size();
  const auto [rest, problem] = std::from_chars(text.data(), end, number);
  return problem == std::errc() && rest == end && !text.empty() && text.front() != '-';
}

// Cells that stay together, by the name of what they have in common.
struct Group {
  std::string name;
  int cells = 0;
};

// The largest first; equal ones by name, so that the order of the ids does not matter.
std::vector<Group> BySize(const std::map<std::string, int>& sizes) {
  std::vector<Group> groups;
  for (const auto& [name, cells] : sizes)
    groups.push_back({name, cells});
  std::ranges::stable_sort(groups,
                           [](const Group& a, const Group& b) { return a.cells > b.cells; });
  return groups;
}

// "hello", or "engine of hello" where the application is divided.
class Grouping {
 public:
  Grouping(const std::vector<std::string>& cells, int shards) {
    std::map<std::string, int> of_app;
    std::map<std::string, std::set<std::string>> hosts;
    for (const std::string& cell : cells) {
      ++of_app[AppOf(cell)];
      hosts[AppOf(cell)].insert(HostOf(cell));
    }
    auto groups = of_app.size();
    for (const Group& app : BySize(of_app)) {
      if (groups >= static_cast<std::size_t>(shards)) break;
      if (hosts[app.name].size() < 2) continue;
      divided_.insert(app.name);
      groups += hosts[app.name].size() - 1;
    }
  }

  [[nodiscard]] std::string NameOf(std::string_view cell) const {
    const std::string app = AppOf(cell);
    return divided_.contains(app) ? fmt::format("{} of {}", HostOf(cell), app) : app;
  }

 private:
  std::set<std::string> divided_;
};

// Each group goes to the shard that has least so far: the first of those.
std::map<std::string, int> ShardsOf(const std::map<std::string, int>& sizes, int shards) {
  std::vector<int> loads(static_cast<std::size_t>(shards), 0);
  std::map<std::string, int> shard_of;
  for (const Group& group : BySize(sizes)) {
    const auto lightest = std::ranges::min_element(loads);
    shard_of[group.name] = static_cast<int>(lightest - loads.begin()) + 1;
    *lightest += group.cells;
  }
  return shard_of;
}

}  // namespace

Result<ShardNumber> ParseShard(std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    return Error{
        ErrorKind::InvalidInput,
        fmt::format("--shard {}: {}: write the number of this shard and how many there are, "
                    "e.g. --shard 1/3, 2/3 and 3/3",
                    text,
                    why)};
  };
  const std::size_t slash = text.find('/');
  ShardNumber shard;
  if (slash == std::string_view::npos || !ReadNumber(text.substr(0, slash), shard.index) ||
      !ReadNumber(text.substr(slash + 1), shard.count)) {
    return refuse("not two numbers");
  }
  if (shard.count < 1 || shard.count > kMostShards) {
    return refuse(fmt::format("there can be 1 to {} shards", kMostShards));
  }
  if (shard.index < 1) return refuse("shards are counted from 1");
  if (shard.index > shard.count) {
    return refuse(fmt::format("there is no shard {} of {}", shard.index, shard.count));
  }
  return shard;
}

std::string AppOf(std::string_view cell) {
  return std::string(cell.substr(cell.rfind('/') + 1));
}

std::string HostOf(std::string_view cell) {
  return std::string(cell.substr(0, cell.find('/')));
}

std::vector<std::string> CellsOf(ShardNumber shard, const std::vector<std::string>& all) {
  const Grouping grouping(all, shard.count);
  std::map<std::string, int> sizes;
  for (const std::string& cell : all)
    ++sizes[grouping.NameOf(cell)];
  const auto shard_of = ShardsOf(sizes, shard.count);
  std::vector<std::string> cells;
  std::ranges::copy_if(all, std::back_inserter(cells), [&](const std::string& cell) {
    return shard_of.at(grouping.NameOf(cell)) == shard.index;
  });
  return cells;
}

std::vector<std::string> ChecksOf(ShardNumber shard, std::vector<std::string> all) {
  std::ranges::sort(all);
  std::vector<std::string> checks;
  const auto step = static_cast<std::size_t>(shard.count);
  for (auto at = static_cast<std::size_t>(shard.index) - 1; at < all.size(); at += step)
    checks.push_back(std::move(all[at]));
  return checks;
}

}  // namespace reports::plan
