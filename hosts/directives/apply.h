#pragma once
// ApplyTable: the tree of a document -> settings, by the rows of the table.
//
// Fails:   InvalidInput at the first directive that is unknown, misplaced or wrong.

#include <string>

#include "hosts/base/result.h"
#include "hosts/directives/settings.h"
#include "hosts/language/document.h"

namespace hosts::directives {

// server_root: where relative paths begin until ServerRoot says otherwise; empty: they are errors.
[[nodiscard]] base::Result<Settings> ApplyTable(const language::Document& document,
                                                const std::string& server_root = {});

// The same for a .htaccess file, in which only some directives are permitted (CFG-42).
[[nodiscard]] base::Result<deployment::OverrideFile> ApplyOverrideFile(
    const language::Document& document, const deployment::Overrides& permitted);

}  // namespace hosts::directives
