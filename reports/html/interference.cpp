#include "reports/html/interference.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "reports/html/blocks.h"
#include "reports/html/figure.h"
#include "reports/html/percentiles.h"
#include "reports/notation/notation.h"

namespace reports::html {

using record::Experience;
using record::Interference;
using record::Record;

namespace {

std::string Written(const std::optional<double>& us) {
  return us ? notation::Microseconds(*us) : "–";
}

std::string KindInWords(const std::string& kind) {
  if (kind == "cpu") return "A burns CPU in Python";
  if (kind == "gil") return "A holds the GIL in C";
  if (kind == "sleep") return "A sleeps";
  if (kind == "allocate") return "A allocates";
  return kind;
}

std::string Shared(const Interference& line) {
  if (line.same_interpreter) return "one interpreter";
  return line.same_process ? "one process, two interpreters" : "two processes";
}

// "p50 204 µs, p99 1.05 ms", and what went wrong.
Markup ExperienceCell(const Experience& experience, const Experience* alone) {
  std::string text = fmt::format(
      "p50 {}, p99 {}", Written(experience.latency_us.p50), Written(experience.latency_us.p99));
  if (alone != nullptr && alone->latency_us.p99 && experience.latency_us.p99 &&
      *alone->latency_us.p99 > 0) {
    text +=
        fmt::format(" ({})", notation::Ratio(*experience.latency_us.p99 / *alone->latency_us.p99));
  }
  const std::int64_t unsent = experience.planned - experience.done - experience.bad;
  if (experience.bad > 0) text += fmt::format(", {} bad", notation::Count(experience.bad));
  if (unsent > 0) text += fmt::format(", {} never sent", notation::Count(unsent));
  const bool is_verified = experience.state == record::GeneratorState::Verified;
  const auto& p99 = experience.latency_us.p99;
  return Element("td",
                 {{"title?", is_verified ? "" : experience.reason.value_or("unverified")},
                  {"data-value?", p99 ? fmt::format("{:.6g}", *p99) : ""}},
                 (is_verified ? Markup() : Mark(verdict::Standing::Caution)) + Text(text));
}

// How two applications are hosted, and what B noticed of each kind of work there.
struct Place {
  std::string host;
  std::string arrangement;
  std::vector<const Interference*> lines;

  [[nodiscard]] const Interference* Of(const std::string& kind) const {
    const auto found = std::ranges::find(lines, kind, &Interference::kind);
    return found == lines.end() ? nullptr : *found;
  }
};

std::vector<Place> PlacesOf(const Record& record) {
  std::vector<Place> places;
  for (const Interference& line : record.interferences) {
    auto place = std::ranges::find_if(places, [&](const Place& known) {
      return known.host == line.host && known.arrangement == line.arrangement;
    });
    if (place == places.end()) place = places.insert(place, Place{line.host, line.arrangement, {}});
    place->lines.push_back(&line);
  }
  return places;
}

Markup PlaceRow(const Place& place, const std::vector<std::string>& kinds) {
  const Interference& first = *place.lines.front();
  Markup row = Element("th",
                       {{"scope", "row"}},
                       Text(place.host + ": ", 100) + BreakableText(place.arrangement)) +
               Element("td", Shared(first)) + ExperienceCell(first.alone, nullptr);
  for (const std::string& kind : kinds) {
    const Interference* line = place.Of(kind);
    row += line == nullptr ? Element("td", {{"class", "none"}}, "–")
                           : ExperienceCell(line->beside, &line->alone);
  }
  return Element("tr", row);
}

// What B noticed of one kind of work, a curve for each way in which the two are hosted: whether they share a GIL, a process, or
// neither.
Markup Curves(const Record& record, const std::string& kind) {
  std::vector<Curve> curves;
  for (const Interference& line : record.interferences) {
    if (line.kind != kind || !line.beside.hdr) continue;
    curves.push_back({fmt::format("{}: {}", line.host, line.arrangement), *line.beside.hdr});
  }
  return CurvesFigure("B, while " + KindInWords(kind), curves);
}

// What two applications in daemon processes share at most, by the arrangement that has it.
struct Sharing {
  std::string_view arrangement;
  std::string_view words;
};
constexpr std::string_view kOneGil = "one GIL";
constexpr std::array kSharings{Sharing{"daemon/sub", kOneGil},
                               Sharing{"daemon/sub-own-gil", "a GIL each, in one process"},
                               Sharing{"daemon/two-groups", "a process each"}};

// A host that can run without a GIL does, where a GIL each is not asked for.
std::string_view Words(const Sharing& sharing, const Record& record, const std::string& host) {
  const auto& hosts = record.header.hosts;
  const auto found = std::ranges::find(hosts, host, &record::HostVersion::name);
  const bool has_no_gil = found != hosts.end() && found->can_run_without_gil();
  return has_no_gil && sharing.words == kOneGil ? "no GIL" : sharing.words;
}

// Does a GIL of one's own spare B what A does, as a process of its own does? Three curves and no more, of each host that has all three.
Markup Gils(const Record& record, const std::string& host) {
  std::vector<Curve> curves;
  for (const Sharing& sharing : kSharings) {
    for (const Interference& line : record.interferences) {
      if (line.host != host || line.kind != "cpu" || line.arrangement != sharing.arrangement ||
          !line.beside.hdr)
        continue;
      curves.push_back({fmt::format("{} ({})", Words(sharing, record, host), sharing.arrangement),
                        *line.beside.hdr});
      break;
    }
  }
  if (curves.size() < kSharings.size()) return {};
  return CurvesFigure(
      fmt::format("B beside an A that burns CPU, of {}: with {}, a GIL each, a process each",
                  host,
                  Words(kSharings.front(), record, host)),
      curves);
}

}  // namespace

Markup InterferenceSection(const Record& record) {
  if (record.interferences.empty()) return {};
  Markup head = Element("th", {{"scope", "col"}}, "hosted as") +
                Element("th", {{"scope", "col"}}, "they share") + DrawnHead("alone", "us");
  std::vector<std::string> kinds;
  for (const Interference& line : record.interferences) {
    if (std::ranges::find(kinds, line.kind) != kinds.end()) continue;
    kinds.push_back(line.kind);
    head += DrawnHead(KindInWords(line.kind), "us");
  }
  Markup rows;
  for (const Place& place : PlacesOf(record))
    rows += PlaceRow(place, kinds);
  std::vector<std::string> hosts;
  for (const Interference& line : record.interferences) {
    if (std::ranges::find(hosts, line.host) == hosts.end()) hosts.push_back(line.host);
  }
  Markup curves;
  for (const std::string& host : hosts)
    curves += Gils(record, host);
  for (const std::string& kind : kinds)
    curves += Curves(record, kind);
  return Section(
      "interference",
      "What an application notices of its neighbour",
      Element(
          "p",
          {{"class", "muted"}},
          "B answers at once, and is asked in an open loop at one rate: alone, then while two "
          "requests at a time keep A "
          "busy for 50 ms each. Latency counts from the moment a request was due. In brackets: "
          "p99 beside A by p99 alone. "
          "One window each, not repeated. A ! stands where the load generator itself was late, or "
          "requests were not answered "
          "in time: then the number may be more, or less; the reason is said when it is pointed "
          "at.") +
          Figure({.kind = "points", .scale = "log", .keeps_table = true},
                 "p99 of B, by what A does",
                 "arrangements",
                 Element("table",
                         {{"class", "wide-cells"}},
                         Element("thead", Element("tr", head)) + Element("tbody", rows))) +
          curves);
}

}  // namespace reports::html
