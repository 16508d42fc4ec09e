#pragma once
// The sections of `wsgilab check`: in which modes an application may be hosted and why, what to write, how applications of one
// configuration get on with each other, and what could be imported where.

#include "reports/html/markup.h"
#include "reports/record/record.h"

namespace reports::html {

[[nodiscard]] Markup FitnessSection(const record::Record& record);
[[nodiscard]] Markup CompanySection(const record::Record& record);
[[nodiscard]] Markup ImportsSection(const record::Record& record);
[[nodiscard]] Markup ReplaysSection(const record::Record& record);

}  // namespace reports::html
