#pragma once
// Upgrade: what another Python changes, of a record that has the engine with several: which modes there are, in which
// kinds of interpreters applications work, which cells and checks end otherwise, what can be imported in which interpreter, and
// what each kind of interpreter costs beside the main one.
//
// The engine is compared with itself only (`engine`, `engine-3.14`): between servers more differs than the Python.
//
// Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reports/record/record.h"
#include "reports/upgrade/tours.h"

namespace reports::upgrade {

struct EngineOf {
  std::string host;        // "engine-3.14"
  std::string python;      // "3.14.8", "3.14.8 without a GIL"
  std::int64_t modes = 0;  // that cells of it are in
};

// Something that was found with one Python and not with another.
struct Difference {
  std::string subject;  // the application, the check's title, the distribution
  std::string where;    // the mode "daemon/sub/lazy", the pairing, the kind of interpreter
  std::vector<std::string> found;  // with each Python, in order; "" where nobody asked
  std::string why;                 // what the first said that was not right; may be empty
};

struct Compared {
  std::vector<Difference> differences;
  std::int64_t alike =
      0;  // found the same with each Python, of two or more, with which they were asked
};

// The median latency in a kind of interpreter, by that in the main interpreter with the same Python.
struct Share {
  std::string app;
  std::string mode;                            // "daemon/sub-own-gil/preload"
  std::vector<std::optional<double>> of_main;  // with each Python, in order
};

struct Upgrade {
  std::vector<EngineOf> engines;  // in order of their Pythons; empty: the record has fewer than two
  std::vector<TourRow> tours;     // with each engine, in order
  Compared cells;
  Compared checks;  // those that were skipped were not asked
  Compared imports;
  std::vector<Share> shares;
};

[[nodiscard]] Upgrade UpgradeOf(const record::Record& record);

// "From Python 3.11.2 to 3.14.8: …", a sentence for each kind of thing, that first which is worse; empty where there is nothing to compare.
[[nodiscard]] std::vector<std::string> InSentences(const Upgrade& upgrade);

}  // namespace reports::upgrade
