#include "reports/junit/junit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/cases/cases.h"
#include "reports/characters/characters.h"
#include "reports/notation/notation.h"
#include "reports/record/same_machine.h"

namespace reports::junit {

using cases::Case;
using cases::Ending;
using record::Record;

namespace {

constexpr std::size_t kNameLimit = 300;
constexpr std::size_t kMessageLimit = 1000;
constexpr std::size_t kFactLimit = 2000;

// Where it stands, an attribute or not: there the reader makes a blank of what ends a line.
enum class Place { Text, Attribute };

void AppendEscaped(std::string& out, std::string_view text, Place place) {
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"' && place == Place::Attribute) {
      out += "&quot;";
    } else if ((c == '\n' || c == '\t') && place == Place::Attribute) {
      out += c == '\n' ? "&#10;" : "&#9;";
    } else {
      out += c;
    }
  }
}

// name="value"; what is visible of it, and never nothing.
std::string Attribute(std::string_view name, std::string_view value, std::size_t limit) {
  std::string out = fmt::format(" {}=\"", name);
  if (value.find_first_not_of(" \n\t") == std::string_view::npos) value = "?";
  AppendEscaped(out, characters::Visible(value, limit), Place::Attribute);
  return out + '"';
}

// Seconds with three digits, as all readers take them: no exponent, nothing endless.
std::string Seconds(double seconds) {
  constexpr double kMost = 1e9;
  return fmt::format("{:.3f}", std::isfinite(seconds) ? std::clamp(seconds, 0.0, kMost) : 0.0);
}

// "2026-01-31T12:00:00", in UTC; of what is no instant, the epoch.
std::string Timestamp(record::Instant instant) {
  const std::string text = notation::Instant(instant);  // "2026-01-31 12:00:00 UTC"
  constexpr std::size_t kDate = 10;
  constexpr std::size_t kTime = 8;
  if (text.size() < kDate + 1 + kTime) return "1970-01-01T00:00:00";
  return text.substr(0, kDate) + "T" + text.substr(kDate + 1, kTime);
}

// What there is to read of one that has not passed, besides its evidence.
std::string FactsOf(const Case& one) {
  std::string text;
  for (const auto& [label, value] : one.facts)
    text += fmt::format("{}: {}\n", label, characters::Visible(value, kFactLimit));
  if (!one.reproduce.empty())
    text += fmt::format("to reproduce: {}\n", characters::Visible(one.reproduce, kFactLimit));
  return text;
}

struct Suite {
  std::string_view name;
  std::vector<const Case*> cases;

  [[nodiscard]] std::int64_t Count(Ending ending) const {
    return std::ranges::count(cases, ending, [](const Case* one) { return one->ending; });
  }
  [[nodiscard]] double seconds() const {
    double sum = 0;
    for (const Case* one : cases)
      sum += one->seconds;
    return sum;
  }
};

std::vector<Suite> SuitesOf(const std::vector<Case>& cases) {
  std::vector<Suite> suites;
  for (const Case& one : cases) {
    if (suites.empty() || suites.back().name != one.suite) suites.push_back({one.suite, {}});
    suites.back().cases.push_back(&one);
  }
  return suites;
}

class Writer {
 public:
  explicit Writer(const Record& record) : record_(record) {}

  std::string Write() {
    const std::vector<Case> cases = cases::CasesOf(record_);
    out_ = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
    int id = 0;
    for (const Suite& suite : SuitesOf(cases))
      Add(suite, id++);
    out_ += "</testsuites>\n";
    return std::move(out_);
  }

 private:
  void Add(const Suite& suite, int id) {
    const record::Machine& machine = record_.header.machine;
    out_ += fmt::format("<testsuite id=\"{}\"", id);
    out_ += Attribute("package", "wsgilab", kNameLimit);
    out_ += Attribute("name", suite.name, kNameLimit);
    out_ += Attribute("hostname", machine.fingerprint.value_or("unknown"), kNameLimit);
    out_ +=
        fmt::format(" timestamp=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\"",
                    Timestamp(record_.header.started_at),
                    suite.cases.size(),
                    suite.Count(Ending::Failed),
                    suite.Count(Ending::Error),
                    suite.Count(Ending::Skipped));
    out_ += fmt::format(" time=\"{}\">\n<properties>\n", Seconds(suite.seconds()));
    if (id == 0) AddProperties();
    out_ += "</properties>\n";
    for (const Case* one : suite.cases)
      Add(*one);
    out_ += "<system-out></system-out>\n<system-err></system-err>\n</testsuite>\n";
  }

  void AddProperties() {
    const record::Header& header = record_.header;
    AddProperty("run", header.run);
    AddProperty("command", header.command);
    AddProperty("profile", header.profile);
    if (header.revision) AddProperty("revision", *header.revision);
    AddProperty("machine", record::Text(header.machine));
    for (const record::HostVersion& host : header.hosts) {
      AddProperty("host",
                  host.name + " " + host.version +
                      (host.python ? ", Python " + *host.python : std::string()));
    }
  }

  void AddProperty(std::string_view name, std::string_view value) {
    out_ += "<property" + Attribute("name", name, kNameLimit) +
            Attribute("value", value, kMessageLimit) + "/>\n";
  }

  void Add(const Case& one) {
    const auto [place, name] = Unique(one);
    out_ += "<testcase" + Attribute("classname", place, 2 * kNameLimit) +
            Attribute("name", name, 2 * kNameLimit) +
            fmt::format(" time=\"{}\"", Seconds(one.seconds));
    if (one.ending == Ending::Passed) {
      out_ += "/>\n";
      return;
    }
    const std::string_view element = one.ending == Ending::Failed  ? "failure"
                                     : one.ending == Ending::Error ? "error"
                                                                   : "skipped";
    out_ += fmt::format(">\n<{}", element) + Attribute("type", one.word, kNameLimit) +
            Attribute("message", one.message, kMessageLimit) + ">";
    AppendEscaped(out_, FactsOf(one), Place::Text);
    AddEvidence(one.evidence);
    out_ += fmt::format("</{}>\n</testcase>\n", element);
  }

  // What is left of it within the limits, which are those of the file: escaped, a text is longer.
  void AddEvidence(const std::string& evidence) {
    if (evidence.empty()) return;
    const std::size_t before = out_.size();
    out_ += '\n';
    AppendEscaped(
        out_, characters::Visible(evidence, std::min(kEvidence, evidence_left_)), Place::Text);
    out_ += '\n';
    evidence_left_ -= std::min(evidence_left_, out_.size() - before);
  }

  // Its class and its name. GitLab keeps one test of a name, so nothing has the name of another, not even when names are cut. The dot
  // makes what stands before it the package, for Jenkins.
  std::pair<std::string, std::string> Unique(const Case& one) {
    const std::string suite = characters::OneLine(one.suite, kNameLimit);
    std::string place = characters::OneLine(one.place, kNameLimit);
    place = suite + "." + (place.empty() ? suite : place);
    const std::string name = characters::OneLine(one.name, kNameLimit);
    std::string unique = name;
    while (!names_.insert({place, unique}).second)
      unique = fmt::format("{} ({})", name, ++numbers_[{place, name}] + 1);
    return {std::move(place), std::move(unique)};
  }

  const Record& record_;
  std::string out_;
  std::size_t evidence_left_ = kEvidenceOfAll;
  std::set<std::pair<std::string, std::string>> names_;
  std::map<std::pair<std::string, std::string>, int> numbers_;  // that names were given
};

}  // namespace

std::string RenderJunit(const Record& record) {
  return Writer(record).Write();
}

}  // namespace reports::junit
