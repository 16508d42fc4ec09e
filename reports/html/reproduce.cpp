#include "reports/html/reproduce.h"

#include <fmt/format.h>

#include <string>

#include "reports/html/blocks.h"
#include "reports/notation/notation.h"

namespace reports::html {

using record::Record;

namespace {

Markup Step(std::string_view what, std::string_view command) {
  if (command.empty()) return {};
  return Element("li", Text(what) + Markup(" ") + Command(command));
}

// That of the first that has one: each has its own in its place on the page.
template <typename Lines>
std::string FirstCommand(const Lines& lines) {
  for (const auto& line : lines) {
    if (line.reproduce) return *line.reproduce;
  }
  return {};
}

Markup HostsTable(const record::Header& header) {
  Markup rows;
  for (const record::HostVersion& host : header.hosts) {
    rows += Element("tr",
                    Element("th", {{"scope", "row"}}, Text(host.name, 100)) +
                        Element("td", Text(host.version, 200)) +
                        Element("td", Text(host.python.value_or("–"), 100)) +
                        Element("td", Text(host.library.value_or("–"), 200)));
  }
  if (rows.is_empty()) return {};
  return Element("h3", "What ran") +
         Scrolling(
             "What ran",
             Element("table",
                     HeaderRow({"host", "version", "Python", "library"}) + Element("tbody", rows)));
}

Markup FactsList(const record::Machine& machine) {
  if (machine.facts.empty()) return {};
  Markup list;
  for (const std::string& fact : machine.facts)
    list += Element("li", Text(fact, 300));
  return Element("details",
                 Element("summary",
                         fmt::format("{} that make it another machine when they change",
                                     notation::Plural(std::ssize(machine.facts), "fact"))) +
                     Element("ul", list));
}

}  // namespace

Markup ReproduceSection(const Record& record) {
  const record::Header& header = record.header;
  Markup steps;
  if (header.revision) {
    steps += Element(
        "li",
        Text("The source as it was: revision ") + Element("code", Text(*header.revision, 100)));
  }
  steps += Step("All of it:", header.command) +
           Step("One cell, such as the first:", FirstCommand(record.cells)) +
           Step("One check, such as the first:", FirstCommand(record.checks)) +
           Step("This page, from the record:", "wsgilab report record.jsonl -o html=report.html");
  std::string plan = header.plan.digest.value_or("");
  return Section(
      "reproduce",
      "How to reproduce it",
      Element("ol", steps) +
          Element("p",
                  {{"class", "muted"}},
                  "Every cell and every check has the command that runs just it, where it stands. "
                  "Times may be held "
                  "against each other when the fingerprints of the machines are the same.") +
          Element("dl",
                  Term("Fingerprint", header.machine.fingerprint.value_or("")) +
                      Term("Plan", plan) + Term("Schema", std::to_string(header.schema))) +
          FactsList(header.machine) + HostsTable(header));
}

}  // namespace reports::html
