#pragma once
// ReadRun: the record of a run, by the folder of it or by its file, as people name it.
// WriteForm: "html=F": a form of a report, and the file for it, of which it says on standard error that it was written.
//
// Fails:   ReadRun: NotFound, with what to do; InvalidInput where the file is no record. Both name it. WriteForm: where the
//          words are none, the form cannot be made, or the file or standard output takes no more.

#include <filesystem>
#include <functional>
#include <string>

#include "hosts/base/result.h"
#include "reports/compare/records.h"
#include "reports/record/record.h"

namespace harness::command {

[[nodiscard]] hosts::base::Result<std::filesystem::path> RecordFileOf(const std::string& run);
[[nodiscard]] hosts::base::Result<reports::record::Record> ReadRun(const std::string& run);

// Of two runs that have a cell in common; else NotFound.
[[nodiscard]] hosts::base::Result<reports::compare::SideBySide> PutSideBySide(
    const reports::record::Record& base, const reports::record::Record& candidate);

using RenderForm = std::function<hosts::base::Result<std::string>(const std::string& form)>;
// "-" is standard output.
[[nodiscard]] hosts::base::Result<void> WriteForm(const std::string& output,
                                                  const RenderForm& render);

}  // namespace harness::command
