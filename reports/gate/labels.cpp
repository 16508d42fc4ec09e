#include "reports/gate/labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "hosts/base/pattern.h"

namespace reports::gate {

namespace {

bool FitsPattern(std::string_view value, std::string_view pattern) {
  return hosts::base::FitsGlob(value, pattern, hosts::base::Slashes::DoNotCount);
}

}  // namespace

Labels LabelsOfCell(std::string_view cell) {
  Labels labels;
  std::string mode;
  for (const std::string_view part : {"host", "process", "interpreter", "loading"}) {
    const std::size_t slash = cell.find('/');
    const std::string_view word = cell.substr(0, slash);
    labels[std::string(part)] = word;
    if (part != "host") mode += (mode.empty() ? "" : "/") + std::string(word);
    cell.remove_prefix(slash == std::string_view::npos ? cell.size() : slash + 1);
  }
  labels["mode"] = std::move(mode);
  labels["app"] = cell;  // may hold slashes
  return labels;
}

Labels LabelsOfCell(const record::Record& record, std::string_view cell) {
  Labels labels = LabelsOfCell(cell);
  const auto host =
      std::ranges::find(record.header.hosts, labels["host"], &record::HostVersion::name);
  if (host != record.header.hosts.end() && host->python) labels["python"] = *host->python;
  const record::Placement* placement = FindPlacement(record, cell);
  if (placement != nullptr && placement->found.python) labels["python"] = *placement->found.python;
  return labels;
}

Labels LabelsOfCheck(const record::Check& check) {
  Labels labels{{"host", check.host.value_or("engine")},
                {"mode", check.mode},
                {"suite", check.suite},
                {"level", std::string(record::Name(check.level))},
                {"check", check.check}};
  if (check.rule) labels["rule"] = *check.rule;
  return labels;
}

bool Fits(const Labels& labels, std::span<const Selector> selectors) {
  return std::ranges::all_of(selectors, [&](const Selector& selector) {
    const auto label = labels.find(selector.label);
    if (label == labels.end()) return false;
    const std::string& value = label->second;
    return FitsPattern(value, selector.pattern) ||
           (selector.label == "mode" && FitsPattern(value, selector.pattern + "/*"));
  });
}

bool HasSelector(const Expression& expression, std::string_view label) {
  return std::ranges::find(expression.selectors, label, &Selector::label) !=
         expression.selectors.end();
}

}  // namespace reports::gate
