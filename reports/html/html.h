#pragma once
// The HTML report: one page that needs nothing else, made from a record alone. The same record gives the
// same bytes.
//
// Every figure is a table; where scripts run, a chart is drawn from it. Nothing in a record can become
// markup, style or script: see markup.h, and the page's content security policy.
//
// A page stays small enough to be opened at once, mailed and kept, however much there is in its record: then it shows less of what there
// are very many of, and says so where it does (detail.h).
//
// Fails:   a record that has neither a plan nor a cell nor a check nor anything compared says nothing that could be shown.

#include <cstddef>
#include <string>

#include "hosts/base/result.h"
#include "reports/record/record.h"

namespace reports::html {

// Of what is made from the record: script, style and the part above the fold come to it, at most 400,000 bytes.
struct PageLimits {
  std::size_t bytes = 2'600'000;
  std::size_t elements = 50'000;  // a browser lays them out in well under a second
};

[[nodiscard]] hosts::base::Result<std::string> RenderHtml(const record::Record& record,
                                                          const PageLimits& limits = {});

}  // namespace reports::html
