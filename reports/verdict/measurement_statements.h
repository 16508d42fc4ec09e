#pragma once
// The statements of a verdict about how it was measured: a noisy machine, workers that nobody reached, memory that grows, or is no longer shared.
// Each says nothing when there is nothing to say.

#include "reports/record/record.h"
#include "reports/verdict/statements.h"

namespace reports::verdict {

void SayNoise(const record::Record& record, Statements& statements);
void SayWorkers(const record::Record& record, Statements& statements);
void SayGrowth(const record::Record& record, Statements& statements);
// Of applications that were measured beside others: windows in which the load generator was late.
void SayNeighbours(const record::Record& record, Statements& statements);
// What became of the memory that processes shared when they were ready: that is what loading before a fork saves.
void SaySharing(const record::Record& record, Statements& statements);

// Whether a process that runs the application of this cell answered nothing before the load.
[[nodiscard]] bool HasUnreachedWorker(const record::Record& record, std::string_view cell);

}  // namespace reports::verdict
