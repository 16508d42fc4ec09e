#pragma once
// The life of a process up to its first request, as a strip: when the script was imported, when the host
// was ready, when the first request came.

#include <string>

#include "reports/html/markup.h"
#include "reports/record/record.h"

namespace reports::html {

// From the start of the process to the last of these instants; 0 when it is not known.
[[nodiscard]] double SpanSeconds(const record::PlacementFound& found);

// Drawn so that `span_seconds` fill its width; empty when the instants are not known.
[[nodiscard]] Markup ImportStrip(const record::PlacementFound& found, double span_seconds);
[[nodiscard]] Markup ImportLegend();

// "imported before ready, 412 ms"
[[nodiscard]] std::string ImportSentence(const record::PlacementFound& found);

}  // namespace reports::html
