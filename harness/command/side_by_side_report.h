#pragma once
// ReportSideBySide: `wsgilab report --compare A B`: two records of runs beside each other, in the forms that were asked for; text on the
// terminal without any. Returns the exit code: it judges nothing, so 0, unless something cannot be read, matched or written.

#include <string>
#include <vector>

namespace harness::command {

// `compared`: two runs, as people name them; `outputs`: "html=F".
[[nodiscard]] int ReportSideBySide(const std::vector<std::string>& compared,
                                   const std::vector<std::string>& outputs);

}  // namespace harness::command
