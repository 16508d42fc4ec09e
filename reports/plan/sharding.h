#pragma once
// Sharding: a plan divided among n shards, the same on every machine: it depends on nothing but the names.
//
// What a report compares stays together, as times of different machines are not comparable: all cells of an application
// (its hosts and modes are compared, applications are not) are one shard's. Where there are more shards than applications,
// those with most cells are divided by host: the modes of a host stay together, its comparison with another host then
// needs shards of machines that are alike (reports/merge). Nothing is divided further: shards that are left over have
// checks only. Checks are compared in what they find, not in their times: each shard has every n-th by name.
//
// Fails:   ParseShard: InvalidInput.

#include <string>
#include <string_view>
#include <vector>

#include "hosts/base/result.h"
#include "reports/record/record.h"

namespace reports::plan {

struct ShardNumber {
  int index = 1;  // from 1
  int count = 1;
};

// "2/3"
[[nodiscard]] hosts::base::Result<ShardNumber> ParseShard(std::string_view text);

// The application of a cell's id, and its host.
[[nodiscard]] std::string AppOf(std::string_view cell);
[[nodiscard]] std::string HostOf(std::string_view cell);

// The cells of one of the shards, in their order. `all` are the ids of the whole plan, in any order.
[[nodiscard]] std::vector<std::string> CellsOf(ShardNumber shard,
                                               const std::vector<std::string>& all);

// The same for names of checks; sorted.
[[nodiscard]] std::vector<std::string> ChecksOf(ShardNumber shard, std::vector<std::string> all);

}  // namespace reports::plan
