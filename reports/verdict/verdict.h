#pragma once
// Verdict: what a run says, in plain sentences, the worst news first. Shared by every report, so that
// the terminal and the page never disagree.
//
// Pure: a function of the record. Nothing measured is never good news.

#include <string>
#include <vector>

#include "reports/record/record.h"

namespace reports::verdict {

// Worst first. A note is worth knowing and as it should be.
enum class Standing { Bad, Caution, Note, Good };

struct Statement {
  Standing standing = Standing::Good;
  std::string text;  // one or two sentences
};

struct Verdict {
  Standing standing = Standing::Good;  // the worst of the statements; a note is good
  std::string headline;                // one sentence: what was run, and how it went
  std::vector<Statement> statements;   // worst first
};

[[nodiscard]] Verdict Judge(const record::Record& record);

// How an outcome stands; what a host does not offer is a note.
[[nodiscard]] Standing StandingOf(record::CellOutcome outcome);
[[nodiscard]] Standing StandingOf(const record::Check& check);
[[nodiscard]] Standing StandingOf(record::RuleStanding standing);

// "timed out": the outcome as people write it.
[[nodiscard]] std::string Words(record::CellOutcome outcome);

// Whether one application saw (or took down) another that should have been out of reach.
[[nodiscard]] bool IsLeak(const record::Check& check);

// A Django project that was answered with another project's settings. The pointers are into the
// record.
struct ForeignSettings {
  const record::Check* check = nullptr;
  bool is_expected = false;  // both projects were put into one interpreter on purpose
};
[[nodiscard]] std::vector<ForeignSettings> FindForeignSettings(const record::Record& record);

}  // namespace reports::verdict
