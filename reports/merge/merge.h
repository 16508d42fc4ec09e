#pragma once
// Merge: the records of the shards of one run become the record that the run would have written unsharded. Exact: every
// line about a cell or a check is taken over as it is, and the order in which the records are given does not matter.
//
// Pure: lines in, lines out.
// Fails:   InvalidInput, with the records it is about: one that is no shard, shards of different plans or revisions, one
//          that is there twice, one that is missing or not finished (unless that is to be said), one that holds something
//          else than its share, and times of one application from machines that are not alike.

#include <string>
#include <vector>

#include "hosts/base/result.h"
#include "reports/record/reader.h"
#include "reports/record/record.h"

namespace reports::merge {

struct ShardRecord {
  std::string name;  // for errors
  record::Lines lines;
};

// What is missing or not finished.
enum class Missing { Refused, Said };

struct MergeOrder {
  std::string run;  // the name of what comes out
  Missing missing = Missing::Refused;
};

[[nodiscard]] hosts::base::Result<std::vector<record::Line>> Merge(std::vector<ShardRecord> records,
                                                                   const MergeOrder& order);

}  // namespace reports::merge
