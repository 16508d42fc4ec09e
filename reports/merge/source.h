#pragma once
// Source: the record of one shard, read and found to be what its plan says. SourcesOf refuses what cannot be merged; what
// it returns is all of one run, each shard once, in the order of the shards.
//
// Fails:   as merge.h says.

#include <optional>
#include <string>
#include <vector>

#include "hosts/base/result.h"
#include "reports/merge/merge.h"
#include "reports/record/record.h"

namespace reports::merge {

struct Source {
  std::string name;
  std::vector<record::Line> lines;
  record::Header header;
  std::optional<record::Footer> footer;
  std::vector<std::string> problems;  // what keeps it from being finished, in sentences

  [[nodiscard]] int index() const { return header.shard->index; }
  [[nodiscard]] int count() const { return header.shard->count; }
  [[nodiscard]] bool is_finished() const { return problems.empty(); }
};

[[nodiscard]] hosts::base::Result<std::vector<Source>> SourcesOf(std::vector<ShardRecord> records,
                                                                 Missing missing);

// Cells of a plan, whether they are offered or not.
[[nodiscard]] std::vector<std::string> AllIds(const record::Plan& plan);

[[nodiscard]] std::string HostOf(const record::Check& check);

}  // namespace reports::merge
