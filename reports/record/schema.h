#pragma once
// The JSON Schema (2020-12) of one line of a record. reports/record/schema.json is this text; a test
// compares them.

#include <string>

namespace reports::record {

// Pretty-printed, ends with a newline. A line of a type that is not known is valid.
[[nodiscard]] std::string SchemaText();

}  // namespace reports::record
