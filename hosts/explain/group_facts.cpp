#include "hosts/explain/group_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "hosts/explain/group_book.h"

namespace hosts::explain {

namespace {

using deployment::ProcessGroup;
using deployment::WrittenOption;

// CFG-60, CFG-61, DAEMON-2, DAEMON-7, DAEMON-9.
std::string ProcessesMeaning(const ProcessGroup& group) {
  std::string text = Counted(group.processes, "process", "processes");
  if (group.threads == 0) {
    text += group.processes == 1 ? ", which serves no request: it runs its imported scripts"
                                 : ", which serve no request: each runs the imported scripts";
  } else {
    text += fmt::format(" with {} each: {} at once",
                        Counted(group.threads, "thread", "threads"),
                        Counted(group.processes * group.threads, "request", "requests"));
  }
  if (group.processes_written) text += "; wsgi.multiprocess is True";
  if (group.server_name) {
    text += fmt::format("; only for virtual hosts named '{}'", *group.server_name);
  }
  return text;
}

void AddProcesses(GroupBook& book) {
  const ProcessGroup& group = book.group();
  GroupFact& processes =
      book.Add({GroupBook::About::Processes, "processes", "CFG-60 CFG-61 DAEMON-2"},
               fmt::format("{}", group.processes),
               ProcessesMeaning(group),
               {{"processes", group.processes},
                {"threads", group.threads},
                {"at_once_requests", std::int64_t{group.processes} * group.threads}});
  processes.fact.written = "WSGIDaemonProcess";
  processes.fact.origin = group.origin;
}

}  // namespace

GroupExplanation ExplainGroup(const deployment::Deployment& deployment, const ProcessGroup& group) {
  GroupExplanation explanation{.group = &group, .facts = {}, .off = {}};
  GroupBook book(deployment, explanation);
  AddProcesses(book);
  AddGroupIdentity(book);
  AddGroupResources(book);
  AddGroupEnds(book);
  AddGroupClients(book);
  return explanation;
}

// ---- the book ----

GroupBook::GroupBook(const deployment::Deployment& deployment, GroupExplanation& explanation)
    : deployment_(deployment), explanation_(explanation) {}

bool GroupBook::is_written(std::string_view option) const {
  return FindOption(group().options, option) != nullptr;
}

GroupFact& GroupBook::Add(const Subject& subject,
                          std::string value,
                          std::string meaning,
                          std::vector<Figure> figures) {
  Fact fact{.name = std::string(subject.option),
            .value = std::move(value),
            .meaning = std::move(meaning),
            .written = {},
            .origin = {},
            .rule = std::string(subject.rule)};
  std::ranges::replace(fact.name, '-', '_');
  const auto& of_server = deployment_.server.options;
  if (const WrittenOption* option = FindOption(group().options, subject.option)) {
    fact.written = option->name + "=";
    fact.origin = option->origin;
  } else if (const WrittenOption* directive = FindOption(of_server, subject.directive)) {
    fact.written = directive->name;
    fact.origin = directive->origin;
  }
  explanation_.facts.push_back({subject.about, std::move(fact), std::move(figures)});
  return explanation_.facts.back();
}

GroupFact& GroupBook::AddUsual(const Subject& subject,
                               std::string value,
                               std::string meaning,
                               std::vector<Figure> figures) {
  GroupFact& added = Add(subject, std::move(value), std::move(meaning), std::move(figures));
  added.is_usual = added.fact.origin.line == 0;
  return added;
}

// ---- amounts ----

std::string InBytes(std::uint64_t bytes) {
  struct Unit {
    std::uint64_t size;
    const char* name;
  };
  constexpr std::array<Unit, 3> kUnits = {
      {{1ULL << 30U, "GiB"}, {1ULL << 20U, "MiB"}, {1ULL << 10U, "KiB"}}};
  for (const Unit& unit : kUnits) {
    if (bytes >= unit.size && bytes % unit.size == 0) {
      return fmt::format("{} {}", bytes / unit.size, unit.name);
    }
  }
  return fmt::format("{} bytes", bytes);
}

std::string InSeconds(std::chrono::duration<double> time) {
  std::string text = fmt::format("{:.1f}", time.count());
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text + " s";
}

std::string Counted(int count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

}  // namespace hosts::explain
