#pragma once
// The statements of a verdict, one subject after the other. Each says nothing when the record holds
// nothing about its subject.

#include <string>
#include <string_view>
#include <vector>

#include "reports/record/record.h"
#include "reports/verdict/verdict.h"

namespace reports::verdict {

using Statements = std::vector<Statement>;

// Whether each application of wsgilab check works as it is configured, and beside the others.
void SayApplications(const record::Record& record, Statements& statements);
void SayOutcomes(const record::Record& record, Statements& statements);
// Whether the hosts that stand beside one another worked on as many requests at the same time.
void SayConcurrency(const record::Record& record, Statements& statements);
void SayPlacement(const record::Record& record, Statements& statements);
void SayIsolation(const record::Record& record, Statements& statements);
void SaySettings(const record::Record& record, Statements& statements);
void SayChecks(const record::Record& record, Statements& statements);
void SayExperiments(const record::Record& record, Statements& statements);
// What became of the rules that a gate held the run against.
void SayRules(const record::Record& record, Statements& statements);
// Why the gate did not end with 0, where no rule of the record says so; empty where there is nothing to say.
[[nodiscard]] std::string WhyTheGateFailed(const record::Record& record);
// What another Python changed, where the engine was there with several.
void SayUpgrade(const record::Record& record, Statements& statements);
void SayAnswers(const record::Record& record, Statements& statements);
// That nothing of it was measured, where somebody made it up.
void SaySynthetic(const record::Record& record, Statements& statements);
// What puts the whole run into doubt: cut off, a debug build, something left behind.
void SayCircumstances(const record::Record& record, Statements& statements);

// Of a record that holds experiments and no cells.
[[nodiscard]] std::string ExperimentsHeadline(const record::Record& record);
// ", 3 failed as expected, 43 not made, as the host does not serve": the checks that have neither passed nor failed.
[[nodiscard]] std::string BesidePassed(const std::vector<record::Check>& checks);
// "crashed", "ran somewhere else than asked": what a sentence says of a cell.
[[nodiscard]] std::string_view Phrase(record::CellOutcome outcome);
// Whether A was seen by B, or took it down.
[[nodiscard]] bool IsSeen(const record::Check& check);

}  // namespace reports::verdict
