#pragma once
// FitnessOf: in which modes an application may be hosted, from the record of `wsgilab check`: a verdict for each mode with its
// reasons, the one to take, what no host can change, and what to look at again.
//
// Pure. A verdict rests on what was seen: an answer that differs, an import that fails, a first request that waits. There is no score: where
// two modes cannot be told apart, that is what is said, and the one that takes least with it when something breaks is named.
//
// Fails:   never; an application of which nothing is known has no verdicts.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/record/record.h"

namespace reports::fitness {

enum class Verdict { Recommended, Works, Caveat, Broken, NotOffered, NotTried };
// "recommended", "works", "works with a caveat", "broken", "not offered", "not tried"
[[nodiscard]] std::string_view InWords(Verdict verdict);

enum class Weight { Note, Caveat, Breaks };

struct Reason {
  Weight weight = Weight::Note;
  std::string text;
  std::string rule = {};                   // of hosting: "PRELOAD-1"; empty: none says it
  std::vector<std::string> evidence = {};  // lines of a log
};

struct ModeFitness {
  std::string mode;
  Verdict verdict = Verdict::NotTried;
  std::vector<Reason> reasons;  // the gravest first
  std::optional<double> first_request_ms;
  std::optional<double> median_us;  // closed loop
  std::optional<double> memory_kib;
};

struct Fitness {
  const record::Subject* subject = nullptr;  // in the record
  std::vector<ModeFitness> modes;            // in the order of the eight
  std::optional<std::string> recommended;
  std::vector<std::string> why;            // sentences: why that one
  std::vector<std::string> findings;       // sentences: what holds in any mode
  std::vector<std::string> look_at_again;  // after an upgrade
  // In one sentence: "shop: host it as daemon/main/preload; works in 6 of 8 modes, in 2 of them with a caveat; broken in 2".
  std::string headline;
};

[[nodiscard]] std::vector<Fitness> FitnessOf(const record::Record& record);

inline constexpr std::string_view kTwoCopies = "two copies";

}  // namespace reports::fitness
