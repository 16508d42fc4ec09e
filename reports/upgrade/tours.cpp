#include "reports/upgrade/tours.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "reports/notation/notation.h"
#include "reports/upgrade/refusal.h"

namespace reports::upgrade {

using record::Cell;
using record::CellOutcome;
using record::Record;

namespace {

constexpr std::array<std::string_view, 3> kKinds{"main", "sub", "sub-own-gil"};
constexpr std::size_t kMostNamed = 6;

// A cell that ended before its tour has no line of it. One that failed later, under load, has: its tour counts.
bool HasPassed(const Record& record, const Cell& cell) {
  const record::Tour* tour = FindTour(record, cell.cell);
  return tour == nullptr ? cell.outcome == CellOutcome::Ok : tour->passed;
}

void Count(const Record& record, const Cell& cell, Visits& visits) {
  if (cell.outcome == CellOutcome::NotOffered) {
    if (visits.not_offered.empty()) visits.not_offered = cell.reason.value_or("not offered");
    return;
  }
  ++visits.modes;
  if (HasPassed(record, cell)) {
    ++visits.passed;
    return;
  }
  if (!visits.refuses.empty()) return;
  if (const auto refusal = RefusalOf(cell)) {
    visits.refuses = refusal->package;
    visits.said = refusal->said;
  } else if (visits.said.empty()) {
    visits.said = cell.reason.value_or(std::string(Name(cell.outcome)));
  }
}

std::vector<std::string> AppsOf(const Record& record, const std::vector<std::string>& hosts) {
  std::vector<std::string> apps;
  for (const Cell& cell : record.cells) {
    if (std::ranges::find(hosts, cell.host) == hosts.end()) continue;
    if (std::ranges::find(apps, cell.app) == apps.end()) apps.push_back(cell.app);
  }
  return apps;
}

bool WasAsked(const Visits& visits) {
  return visits.modes > 0 || !visits.not_offered.empty();
}

// "shop in sub-own-gil with Python 3.14.8: numpy refuses".
std::string Failure(const TourRow& row, const Visits& visits, std::string_view python) {
  return fmt::format(
      "{} in {} with Python {}: {}",
      row.app,
      row.interpreter,
      python,
      visits.refuses.empty()
          ? fmt::format("{} of {} passed", visits.passed, notation::Plural(visits.modes, "mode"))
          : visits.refuses + " refuses");
}

}  // namespace

std::vector<TourRow> ToursOf(const Record& record, const std::vector<std::string>& hosts) {
  std::vector<TourRow> rows;
  for (const std::string& app : AppsOf(record, hosts)) {
    for (const std::string_view kind : kKinds) {
      TourRow row{app, std::string(kind), std::vector<Visits>(hosts.size())};
      for (const Cell& cell : record.cells) {
        const auto host = std::ranges::find(hosts, cell.host);
        if (host == hosts.end() || cell.app != app || cell.interpreter != kind) continue;
        Count(record, cell, row.with[static_cast<std::size_t>(host - hosts.begin())]);
      }
      if (std::ranges::any_of(row.with, WasAsked)) rows.push_back(std::move(row));
    }
  }
  return rows;
}

std::string InWords(const std::vector<TourRow>& rows, const std::vector<std::string>& pythons) {
  std::vector<std::string> apps;
  std::vector<std::string> failures;
  for (const TourRow& row : rows) {
    if (apps.empty() || apps.back() != row.app) apps.push_back(row.app);
    for (std::size_t i = 0; i < row.with.size() && i < pythons.size(); ++i) {
      if (row.with[i].modes > 0 && !row.with[i].has_passed())
        failures.push_back(Failure(row, row.with[i], pythons[i]));
    }
  }
  if (apps.empty()) return "";
  if (failures.empty()) {
    return apps.size() == 1
               ? "The tour of 1 application passes in each kind of interpreter that each Python "
                 "has."
               : fmt::format(
                     "The tours of {} pass in each kind of interpreter that each Python "
                     "has.",
                     notation::Plural(std::ssize(apps), "application"));
  }
  std::string text = "Tours that do not pass: ";
  for (std::size_t i = 0; i < std::min(failures.size(), kMostNamed); ++i)
    text += (i == 0 ? "" : "; ") + failures[i];
  if (failures.size() > kMostNamed)
    text += fmt::format("; and {} more", failures.size() - kMostNamed);
  return text + ".";
}

}  // namespace reports::upgrade
