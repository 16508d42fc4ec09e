#include "harness/run/placement.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>

#include "harness/load/profile.h"

namespace harness::run {

using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;
using reports::record::PlacementAsked;
using reports::record::PlacementFound;

namespace {

using Json = nlohmann::json;
using Sentences = std::vector<std::string>;

template <typename T>
void Take(const Json& object, const char* name, std::optional<T>& into) {
  const auto member = object.find(name);
  if (member != object.end() && !member->is_null()) into = member->get<T>();
}

std::string Shown(const std::optional<std::string>& group, std::string_view empty) {
  if (!group) return "unknown";
  return group->empty() ? std::string(empty) : fmt::format("'{}'", *group);
}

void CompareGroups(const PlacementAsked& asked, const PlacementFound& found, Sentences& sentences) {
  if (found.process_group != asked.process_group) {
    sentences.push_back(fmt::format("the process group is {}, asked for was {}",
                                    Shown(found.process_group, "the server's own"),
                                    Shown(asked.process_group, "the server's own")));
  }
  if (found.application_group != asked.application_group) {
    sentences.push_back(fmt::format("the application group is {}, asked for was {}",
                                    Shown(found.application_group, "the main interpreter"),
                                    Shown(asked.application_group, "the main interpreter")));
  }
}

void CompareInterpreter(const PlacementAsked& asked,
                        const PlacementFound& found,
                        Sentences& sentences) {
  if (!found.is_main_interpreter) {
    sentences.push_back("the application cannot say in which interpreter it runs");
  } else if (*found.is_main_interpreter != (asked.interpreter == "main")) {
    sentences.push_back(
        fmt::format("it runs in {} (id {}), asked for was {}",
                    *found.is_main_interpreter ? "the main interpreter" : "a sub-interpreter",
                    found.interpreter_id.value_or(-1),
                    asked.interpreter == "main" ? "the main interpreter" : "a sub-interpreter"));
  }
}

// Which of the host's processes it is, from what the host said when it was ready.
void CompareProcess(const PlacementAsked& asked,
                    const PlacementFound& found,
                    const SeenFromOutside& seen,
                    Sentences& sentences) {
  const launch::Ready& ready = seen.ready;
  std::vector<pid_t> expected = ready.server;
  if (!asked.process_group.empty()) {
    const auto group = ready.daemons.find(asked.process_group);
    expected = group == ready.daemons.end() ? std::vector<pid_t>{} : group->second;
  }
  const bool host_tells = !ready.server.empty() || !ready.daemons.empty();
  if (!host_tells || !found.pid) {
    if (!seen.provable.names_groups) {
      sentences.push_back("nothing shows in which of the host's processes it runs");
    }
    return;
  }
  if (std::find(expected.begin(), expected.end(), *found.pid) == expected.end()) {
    sentences.push_back(fmt::format("process {} is none of those the host named for {}: {}",
                                    *found.pid,
                                    Shown(asked.process_group, "its server"),
                                    fmt::join(expected, ", ")));
  }
}

void CompareLoading(const PlacementAsked& asked,
                    const PlacementFound& found,
                    Sentences& sentences) {
  if (!found.import_started_at || !found.import_finished_at || !found.first_request_at) {
    sentences.push_back("the application cannot say when it was imported");
    return;
  }
  const double first = *found.first_request_at;
  if (asked.loading == "preload" && *found.import_finished_at > first) {
    sentences.push_back(
        fmt::format("it was imported {:.1f} ms after the first request, asked for was preloading",
                    1e3 * (*found.import_finished_at - first)));
  }
  if (asked.loading == "lazy" && *found.import_started_at < first) {
    sentences.push_back(fmt::format(
        "it was imported {:.1f} ms before the first request, asked for was lazy loading",
        1e3 * (first - *found.import_started_at)));
  }
  if (found.load_count.value_or(1) != 1) {
    sentences.push_back(
        fmt::format("its script was loaded {} times in one interpreter", *found.load_count));
  }
}

// Whether the process that answers loaded it itself, or is a copy of one that had. A process's start is known
// to a tick of the kernel's clock, rounded down.
void CompareFork(const PlacementFound& found,
                 const adapters::Provable& provable,
                 Sentences& sentences) {
  constexpr double kTick = 0.01;
  if (!found.process_started_at || !found.import_started_at || !found.import_finished_at) return;
  const double started = *found.process_started_at;
  if (provable.loads_before_fork && *found.import_finished_at > started + kTick) {
    sentences.push_back(
        fmt::format("it was imported {:.1f} ms after its process started, not before the fork",
                    1e3 * (*found.import_finished_at - started)));
  }
  if (!provable.loads_before_fork && *found.import_started_at < started - kTick) {
    sentences.push_back(
        fmt::format("it was imported {:.1f} ms before its process started, by another",
                    1e3 * (started - *found.import_started_at)));
  }
}

}  // namespace

Result<PlacementFound> ParsePlacement(std::string_view body) {
  try {
    const Json object = Json::parse(body);
    PlacementFound found;
    Take(object, "pid", found.pid);
    Take(object, "ppid", found.parent_pid);
    Take(object, "process_group", found.process_group);
    Take(object, "application_group", found.application_group);
    Take(object, "interpreter_id", found.interpreter_id);
    std::optional<std::int64_t> main_id;
    Take(object, "main_interpreter_id", main_id);
    if (found.interpreter_id && main_id) {
      found.is_main_interpreter = *found.interpreter_id == *main_id;
    }
    Take(object, "python_version", found.python);
    Take(object, "sys_prefix", found.prefix);
    Take(object, "gil", found.gil);
    Take(object, "gil_before_import", found.gil_before_import);
    Take(object, "process_started", found.process_started_at);
    Take(object, "import_started", found.import_started_at);
    Take(object, "import_finished", found.import_finished_at);
    Take(object, "import_on_main_thread", found.import_on_main_thread);
    Take(object, "load_count", found.load_count);
    if (!found.pid) return Error{ErrorKind::InvalidInput, "the placement names no process"};
    return found;
  } catch (const Json::exception& error) {
    return Error{ErrorKind::InvalidInput,
                 fmt::format("the placement is not understood: {}", error.what())};
  }
}

Result<PlacementFound> AskPlacement(const tour::Site& site, hosts::base::Deadline deadline) {
  constexpr const char* kPath = "/.wsgilab/placement";
  const auto answer =
      tour::Exchange(site, load::FormatGet(site.host(), site.mount + kPath), deadline);
  if (!answer) return answer.error();
  auto found = ParsePlacement(answer->body);
  if (answer->status == 200 && found) return found;
  return Error{ErrorKind::InvalidInput,
               fmt::format("no proof of placement: status {}, {}",
                           answer->status,
                           found ? "not 200" : found.error().Text())};
}

void AddGroupsSeen(const launch::Ready& ready, PlacementFound& found) {
  const auto is_it = [&](pid_t pid) { return found.pid == pid; };
  if (!found.process_group && std::ranges::any_of(ready.server, is_it)) found.process_group = "";
  for (const auto& [group, pids] : ready.daemons) {
    if (!found.process_group && std::ranges::any_of(pids, is_it)) found.process_group = group;
  }
  if (!found.application_group && found.is_main_interpreter == true) found.application_group = "";
}

std::optional<std::string> OtherGil(const PlacementFound& found,
                                    GilAsked asked,
                                    const adapters::Provable& provable) {
  const bool is_own_wanted = asked == GilAsked::ItsOwn;
  const bool is_none_wanted = provable.runs_without_gil && !is_own_wanted;
  // Some Pythons cannot say whose GIL a sub-interpreter has: no proof of one of its own.
  const bool is_as_wanted =
      (found.gil == "own") == is_own_wanted && (found.gil == "off") == is_none_wanted;
  if (is_as_wanted) return std::nullopt;
  if (found.gil == "off") return "there is no GIL, asked for was one";
  const std::string_view wanted = is_own_wanted    ? "one of its own"
                                  : is_none_wanted ? "none"
                                                   : "the one that the process shares";
  return fmt::format("the GIL of its interpreter is {}, asked for was {}{}",
                     found.gil.value_or("unknown"),
                     wanted,
                     is_none_wanted && found.gil_before_import == "off"
                         ? ": it was off until its script was imported"
                         : "");
}

std::vector<std::string> Differences(const PlacementAsked& asked,
                                     const PlacementFound& found,
                                     const SeenFromOutside& seen) {
  Sentences sentences;
  if (seen.provable.names_groups) CompareGroups(asked, found, sentences);
  CompareInterpreter(asked, found, sentences);
  const auto gil = asked.interpreter == "sub-own-gil" ? GilAsked::ItsOwn : GilAsked::OfItsProcess;
  if (auto other = OtherGil(found, gil, seen.provable)) sentences.push_back(std::move(*other));
  CompareProcess(asked, found, seen, sentences);
  CompareLoading(asked, found, sentences);
  if (asked.loading == "preload") CompareFork(found, seen.provable, sentences);
  if (!seen.prefix.empty() && found.prefix != seen.prefix) {
    sentences.push_back(fmt::format("its Python environment is {}, asked for was {}",
                                    found.prefix.value_or("unknown"),
                                    seen.prefix));
  }
  return sentences;
}

}  // namespace harness::run
