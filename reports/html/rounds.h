#pragma once
// RoundsFigure: an attempt of an experiment over its blocks: what each arm measured in each, and how late the machine woke a thread
// meanwhile. Where one arm jumps with the hiccups, it was the machine.

#include "reports/compare/compare.h"
#include "reports/html/markup.h"
#include "reports/record/record.h"

namespace reports::html {

[[nodiscard]] Markup RoundsFigure(const record::Record& record, const compare::Attempt& attempt);

}  // namespace reports::html
