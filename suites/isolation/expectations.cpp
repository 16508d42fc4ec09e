#include "suites/isolation/expectations.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <utility>
#include <vector>

#include "hosts/base/files.h"
#include "suites/hosts_under_test/check.h"
#include "suites/hosts_under_test/chosen_host.h"

namespace suites::isolation {

using hosts::base::Error;
using hosts::base::ErrorKind;
using nlohmann::json;

namespace {

constexpr char kNotMeasured = '.';

const json& Measured() {
  static const json measured =
      json::parse(hosts_under_test::Need(hosts::base::ReadFile(WSGILAB_MEASURED)));
  return measured;
}

[[noreturn]] void NotUnderstood(const std::string& why) {
  hosts_under_test::EndCheck({ErrorKind::System, fmt::format("{}: {}", WSGILAB_MEASURED, why)});
}

// "3.11.2" comes after "3.9".
std::pair<int, int> MinorOf(const std::string& version) {
  int major = 0;
  int minor = 0;
  if (std::sscanf(version.c_str(), "%d.%d", &major, &minor) != 2) {
    NotUnderstood(fmt::format("'{}' is no version of Python", version));
  }
  return {major, minor};
}

const std::pair<int, int>& OwnMinor() {
  static const auto own = MinorOf(hosts_under_test::PythonOfHost());
  return own;
}

// Of the entries {"3.11": ..., "3.13": ...}, each of which holds from that Python on, the one for this host.
const json* ForThisPython(const json& entries) {
  const json* found = nullptr;
  auto newest = std::pair{0, 0};
  for (const auto& [version, entry] : entries.items()) {
    const auto from = MinorOf(version);
    if (from > OwnMinor() || from < newest) continue;
    newest = from;
    found = &entry;
  }
  return found;
}

std::optional<std::string> WordIn(const json& row, size_t index) {
  if (row.is_array()) return row.at(index).get<std::string>();
  const char letter = row.get<std::string>().at(index);
  if (letter == kNotMeasured) return std::nullopt;
  return Measured().at("letters").at(std::string(1, letter)).get<std::string>();
}

std::optional<std::string> Word(const json& entries, size_t index) {
  const json* row = ForThisPython(entries);
  return row == nullptr ? std::nullopt : WordIn(*row, index);
}

std::optional<size_t> IndexIn(const json& pairings, std::string_view pairing) {
  const auto names = pairings.get<std::vector<std::string>>();
  const auto found = std::ranges::find(names, pairing);
  if (found == names.end()) return std::nullopt;
  return static_cast<size_t>(found - names.begin());
}

// What is known of a probe in pairings of the kind of this one, and which of them it is; null: nothing.
std::pair<const json*, size_t> RowsFor(const json& probe, std::string_view pairing) {
  if (const auto index = IndexIn(Measured().at("pairings"), pairing)) return {&probe, *index};
  const auto index = IndexIn(Measured().at("own_gil_pairings"), pairing);
  if (!index) NotUnderstood(fmt::format("it has no pairing '{}'", pairing));
  const auto rows = probe.find("own_gil");
  return {rows == probe.end() ? nullptr : &*rows, *index};
}

// What such a Python does otherwise in every host.
void DifferIfFreeThreaded(Expectation& expectation,
                          std::string_view probe,
                          std::string_view pairing) {
  if (hosts_under_test::AreChecksNamedOnly() || !hosts_under_test::IsHostFreeThreaded()) return;
  const json& differing = Measured().at("free_threaded");
  const auto row = differing.at("probes").find(std::string(probe));
  const auto index = IndexIn(differing.at("pairings"), pairing);
  if (row == differing.at("probes").end() || !index) return;
  expectation = {.warm = *WordIn(*row, *index), .cold = {}, .deviation = differing.at("because")};
}

void Deviate(Expectation& expectation, std::string_view probe, std::string_view pairing) {
  const json& hosts = Measured().at("deviations");
  const auto host = hosts.find(hosts_under_test::KindOfHost());
  if (host == hosts.end()) return;
  const auto entry = host->find(fmt::format("{}/{}", probe, pairing));
  if (entry == host->end()) return;
  if (entry->contains("from") && OwnMinor() < MinorOf(entry->at("from"))) return;
  expectation.warm = entry->value("warm", expectation.warm);
  if (entry->contains("cold")) expectation.cold = entry->at("cold");
  expectation.deviation = entry->at("because");
}

}  // namespace

std::optional<Expectation> FindExpectation(std::string_view probe, std::string_view pairing) {
  try {
    const auto [rows, index] = RowsFor(Measured().at("probes").at(std::string(probe)), pairing);
    if (rows == nullptr) return std::nullopt;
    const auto warm = Word(rows->at("warm"), index);
    if (!warm) return std::nullopt;
    Expectation expectation;
    expectation.warm = *warm;
    if (rows->contains("cold")) expectation.cold = Word(rows->at("cold"), index);
    Deviate(expectation, probe, pairing);
    DifferIfFreeThreaded(expectation, probe, pairing);
    return expectation;
  } catch (const json::exception& error) {
    NotUnderstood(error.what());
  }
}

Expectation ExpectationOf(std::string_view probe, std::string_view pairing) {
  auto found = FindExpectation(probe, pairing);
  if (!found) NotUnderstood(fmt::format("{} was not measured in {}", probe, pairing));
  return std::move(*found);
}

void AboutProbe(std::string_view probe,
                std::string_view title,
                const Pairing& pairing,
                const Expectation& expectation) {
  using testing::Test;
  Test::RecordProperty("suite", "isolation");
  Test::RecordProperty("rule", "INTERP-10");
  Test::RecordProperty("level", "must");
  Test::RecordProperty("mode", std::string(pairing.mode));
  Test::RecordProperty("title", std::string(title));
  Test::RecordProperty("expected", expectation.warm);
  Test::RecordProperty("probe", std::string(probe));
  Test::RecordProperty("pairing", std::string(pairing.title));
  hosts_under_test::EndIfNamedOnly();
  hosts_under_test::EndIfHostIsUnusable();
}

}  // namespace suites::isolation
