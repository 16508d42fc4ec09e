#include "reports/html/still_page.h"

#include <fmt/format.h>

#include "reports/html/assets.h"
#include "reports/html/blocks.h"

namespace reports::html {

std::string StillPage(std::string_view headline, verdict::Standing standing, const Markup& inner) {
  const std::string policy = fmt::format(
      "default-src 'none'; style-src '{}'; img-src data:; base-uri 'none'; form-action 'none'",
      kStyle.hash);
  const Markup head =
      Markup("<head>\n<meta charset=\"utf-8\">\n") +
      Markup("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n") +
      Markup("<meta name=\"color-scheme\" content=\"light dark\">\n") +
      Markup("<meta http-equiv=\"Content-Security-Policy\" content=\"") + Raw(policy) +
      Markup("\">\n<link rel=\"icon\" href=\"data:,\">\n") +
      Element("title", Text("wsgilab: " + std::string(headline), 200)) + Markup("\n") +
      Element("style", Raw(kStyle.text)) + Markup("\n</head>\n");
  const Markup body = Element("header",
                              Element("p", {{"class", "brand"}}, Element("b", "wsgilab")) +
                                  Element("h1", {{"class", ClassOf(standing)}}, headline)) +
                      Markup("\n") + Element("main", inner) + Markup("\n") +
                      Element("footer", "Made by wsgilab from the runs’ records alone.");
  const Markup page = Markup("<!DOCTYPE html>\n<html lang=\"en\">\n") + head +
                      Element("body", body) + Markup("\n</html>\n");
  return page.text();
}

}  // namespace reports::html
