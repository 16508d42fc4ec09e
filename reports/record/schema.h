#pragma once
// The JSON Schemas (2020-12) that are made from fields.h: of one line of a record, and of one of `wsgilab load --json`.
// reports/record/schema.json and load.schema.json are these texts; a test compares them. They are strict: a member that
// is not in fields.h is refused, so that a misspelt one is found.

#include <string>

namespace reports::record {

// Pretty-printed, ends with a newline. A line of a type that is not known is valid.
[[nodiscard]] std::string SchemaText();
[[nodiscard]] std::string LoadSchemaText();

}  // namespace reports::record
