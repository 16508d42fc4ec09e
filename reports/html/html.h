#pragma once
// The HTML report: one page that needs nothing else, made from a record alone. The same record gives the
// same bytes.
//
// Every figure is a table; where scripts run, a chart is drawn from it. Nothing in a record can become
// markup, style or script: see markup.h, and the page's content security policy.
//
// Fails:   a record that has neither a plan nor a cell nor a check says nothing that could be shown.

#include <string>

#include "hosts/base/result.h"
#include "reports/record/record.h"

namespace reports::html {

[[nodiscard]] hosts::base::Result<std::string> RenderHtml(const record::Record& record);

}  // namespace reports::html
