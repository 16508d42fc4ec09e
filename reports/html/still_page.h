#pragma once
// StillPage: a page of its own with our style and without any script, in one file, that opens offline. For what is made of several
// records: the page of one run is html.h's.

#include <string>
#include <string_view>

#include "reports/html/markup.h"
#include "reports/verdict/verdict.h"

namespace reports::html {

// `headline` is the heading, which shows how it stands, and the title; `inner` comes below it.
[[nodiscard]] std::string StillPage(std::string_view headline,
                                    verdict::Standing standing,
                                    const Markup& inner);

}  // namespace reports::html
