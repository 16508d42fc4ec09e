#pragma once
// FinishGate:        what became of the rules, behind what was measured for them, and the footer.
// WriteGatedRecord:  the record of a run that was measured before, as it is, but for what became of the rules before its footer
//                    and the gate's exit code in it; with the page, in a folder of its own. The record of the run is not
//                    changed. One without a footer is a run that was cut off, and remains one.
//
// Fails:   InvalidInput, where the folder is not to be had; System when the disk does not take it.

#include <filesystem>

#include "hosts/base/result.h"
#include "reports/gate/judge.h"
#include "reports/record/record.h"

namespace harness::command {

[[nodiscard]] hosts::base::Result<void> FinishGate(const std::filesystem::path& path,
                                                   const reports::record::Record& measured,
                                                   const reports::gate::Judgement& judgement,
                                                   int exit_code);

[[nodiscard]] hosts::base::Result<void> WriteGatedRecord(const std::filesystem::path& run,
                                                         const reports::gate::Judgement& judgement,
                                                         int exit_code,
                                                         const std::filesystem::path& folder);

}  // namespace harness::command
