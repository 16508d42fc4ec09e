#pragma once
// FinishRecord:    the footer behind what an experiment has written.
// WriteHtmlReport: what a person opens.
//
// Fails:   when the disk does.

#include <filesystem>
#include <string>

#include "hosts/base/result.h"
#include "reports/record/record.h"

namespace harness::command {

// `measured` is what the record holds so far.
[[nodiscard]] hosts::base::Result<void> FinishRecord(const std::filesystem::path& path,
                                                     const reports::record::Record& measured,
                                                     const std::string& verdict,
                                                     int exit_code);

// The page that is made of the record in the folder, beside it.
[[nodiscard]] hosts::base::Result<void> WriteHtmlReport(const std::filesystem::path& folder);

}  // namespace harness::command
