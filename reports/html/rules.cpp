#include "reports/html/rules.h"

#include "reports/html/blocks.h"
#include "reports/verdict/verdict.h"

namespace reports::html {

using record::Record;
using record::Rule;

namespace {

Markup Row(const Rule& rule) {
  const verdict::Standing standing = verdict::StandingOf(rule.standing);
  Markup said = Text(rule.name, 300);
  if (rule.name != rule.expect) said += Element("div", Element("code", Text(rule.expect, 500)));
  Markup evidence;
  for (const std::string& sentence : rule.evidence)
    evidence += Element("p", Text(sentence));
  return Element("tr",
                 Element("th", {{"scope", "row"}}, said) +
                     Element("td",
                             {{"class", ClassOf(standing)}},
                             Mark(standing) + Markup(" ") + Text(Name(rule.standing))) +
                     Element("td", evidence) +
                     Element("td", Element("code", Text(rule.where.value_or(""), 300))));
}

}  // namespace

Markup RulesSection(const Record& record) {
  if (record.rules.empty()) return {};
  Markup rows;
  for (const Rule& rule : record.rules)
    rows += Row(rule);
  return Section("rules",
                 "Rules",
                 Scrolling("what became of each rule",
                           Element("table",
                                   HeaderRow({"rule", "standing", "evidence", "written in"}) +
                                       Element("tbody", rows))));
}

}  // namespace reports::html
