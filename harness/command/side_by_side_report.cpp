#include "harness/command/side_by_side_report.h"

#include <fmt/format.h>

#include "harness/command/exit.h"
#include "harness/command/record_file.h"
#include "reports/compare/records.h"
#include "reports/html/comparison_page.h"

namespace harness::command {

namespace compare = reports::compare;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

namespace {

// A record that is none is a bad configuration, as everywhere; one that is not there a slip.
int ComplainOfRecord(const Error& error) {
  return error.kind == ErrorKind::NotFound ? Complain(error)
                                           : Complain(error.Text(), kBadConfiguration);
}

}  // namespace

int ReportSideBySide(const std::vector<std::string>& compared,
                     const std::vector<std::string>& outputs) {
  const auto base = ReadRun(compared.at(0));
  if (!base) return ComplainOfRecord(base.error());
  const auto candidate = ReadRun(compared.at(1));
  if (!candidate) return ComplainOfRecord(candidate.error());
  const auto both = PutSideBySide(*base, *candidate);
  if (!both) return Complain(both.error().Text(), kNothingMatched);
  if (outputs.empty()) fmt::print("{}", compare::ToText(*both));
  const auto render = [&](const std::string& form) -> Result<std::string> {
    if (form == "text") return compare::ToText(*both);
    if (form == "json") return compare::ToJson(*both);
    if (form == "html") return reports::html::RenderComparison(*base, *candidate);
    return Error{ErrorKind::InvalidInput,
                 fmt::format("no comparison has the form '{}': there are html, text, json", form)};
  };
  for (const std::string& output : outputs) {
    if (const auto written = WriteForm(output, render); !written) return Complain(written.error());
  }
  return kPass;
}

}  // namespace harness::command
