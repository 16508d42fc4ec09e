#include "harness/run/interference.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <iterator>
#include <optional>
#include <thread>

#include "harness/launch/cell_directory.h"
#include "harness/launch/host_process.h"
#include "harness/load/driver.h"
#include "harness/matrix/mode_names.h"
#include "harness/run/placement.h"
#include "harness/run/to_record.h"
#include "harness/tour/exchange.h"
#include "hosts/base/files.h"

namespace harness::run {

namespace record = reports::record;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;
using hosts::deployment::InterpreterKind;
using hosts::deployment::Loading;
using hosts::deployment::ProcessKind;

namespace {

constexpr std::array kArrangements{
    Arrangement{"embedded/main", ProcessKind::Embedded, InterpreterKind::Main},
    Arrangement{"embedded/sub", ProcessKind::Embedded, InterpreterKind::Sub},
    Arrangement{"embedded/sub-own-gil", ProcessKind::Embedded, InterpreterKind::SubOwnGil},
    Arrangement{"daemon/main", ProcessKind::Daemon, InterpreterKind::Main},
    Arrangement{"daemon/sub", ProcessKind::Daemon, InterpreterKind::Sub},
    Arrangement{"daemon/sub-own-gil", ProcessKind::Daemon, InterpreterKind::SubOwnGil},
    Arrangement{"daemon/two-groups", ProcessKind::Daemon, InterpreterKind::Main, false}};
constexpr std::array kKinds{"cpu", "gil", "sleep", "allocate"};
constexpr std::chrono::seconds kPatience{30};
constexpr std::chrono::milliseconds kWarmUp{200};
constexpr int kOfB = 8;  // connections
constexpr int kOfA = 2;

load::LoadRequest RequestOf(const tour::Site& site, const std::string& path, const char* body) {
  return {path, load::FormatGet(site.host(), path), {200, body, {}, {}}};
}

class Experiment {
 public:
  Experiment(const InterferenceOrder& order,
             const InterferenceObserver& observer,
             const Arrangement& arrangement)
      : order_(order), observer_(observer), arrangement_(arrangement) {}

  // An error says why it ends, or has not begun.
  Result<void> Run();

 private:
  [[nodiscard]] Result<launch::HostProcess> Launch(launch::CellDirectory& directory) const;
  [[nodiscard]] Result<void> ProveArrangement();
  [[nodiscard]] Result<record::PlacementFound> Ask(const char* mount) const;
  [[nodiscard]] Result<load::LoadResult> AskB(std::chrono::nanoseconds span) const;
  [[nodiscard]] Result<record::Interference> Beside(const char* kind,
                                                    const record::Experience& alone);
  void Enter(std::string_view what) const {
    observer_.entering(fmt::format("{}: {}", arrangement_.name, what));
  }

  const InterferenceOrder& order_;
  const InterferenceObserver& observer_;
  const Arrangement& arrangement_;
  tour::Site site_;
};

record::Experience ToExperience(const load::LoadResult& result) {
  const record::Load line = ToLoad("", result);
  return {line.planned.value_or(0),
          line.done,
          line.failed + line.unfinished + line.wrong_answers,
          line.latency_us,
          line.generator.state,
          line.generator.reason,
          line.hdr};
}

Result<void> Experiment::Run() {
  std::vector<const char*> kinds;
  std::ranges::copy_if(kKinds, std::back_inserter(kinds), [&](const char* kind) {
    return !observer_.is_done(arrangement_, kind);
  });
  if (kinds.empty()) return {};
  Enter("launch");
  auto directory = launch::CellDirectory::Make();
  if (!directory) return directory.error();
  auto host = Launch(*directory);
  if (!host) return host.error();
  site_ = {host->ready().address(), host->ready().port(), ""};
  if (auto proved = ProveArrangement(); !proved) return proved.error();
  if (const auto warmed = AskB(kWarmUp); !warmed) return warmed.error();
  Enter("alone");
  const auto alone = AskB(order_.window);
  if (!alone) return alone.error();
  for (const char* kind : kinds) {
    if (observer_.is_interrupted()) break;
    Enter(fmt::format("beside {}", kind));
    auto line = Beside(kind, ToExperience(*alone));
    if (!line) return line.error().While(kind);
    if (observer_.is_interrupted()) break;
    observer_.write(*line);
  }
  return {};
}

Result<launch::HostProcess> Experiment::Launch(launch::CellDirectory& directory) const {
  std::vector<launch::GeneratedFile> scripts;
  for (const auto& [name, real] :
       {std::pair("busy.wsgi", order_.busy_script), std::pair("quiet.wsgi", order_.quiet_script)}) {
    auto text = WriteCellScript(order_.surroundings.script_template, real);
    if (!text) return text.error();
    scripts.push_back({directory.scripts() / name, std::move(*text)});
  }
  auto plan = order_.adapter->Plan(DeploymentOf(arrangement_, scripts[0].path, scripts[1].path),
                                   directory.path());
  if (!plan) return plan.error();
  plan->files.insert(plan->files.end(), scripts.begin(), scripts.end());
  return launch::HostProcess::Start(*plan);
}

Result<record::PlacementFound> Experiment::Ask(const char* mount) const {
  const auto answer =
      tour::Exchange(site_,
                     load::FormatGet(site_.host(), fmt::format("{}/.wsgilab/placement", mount)),
                     hosts::base::Deadline::After(kPatience));
  if (!answer) return answer.error();
  return ParsePlacement(answer->body);
}

Result<void> Experiment::ProveArrangement() {
  const auto a = Ask("/a");
  if (!a) return a.error().While("A's placement");
  const auto b = Ask("/b");
  if (!b) return b.error().While("B's placement");
  const auto gil = arrangement_.interpreter == InterpreterKind::SubOwnGil ? GilAsked::ItsOwn
                                                                          : GilAsked::OfItsProcess;
  for (const auto& [name, found] : {std::pair("A", &*a), std::pair("B", &*b)}) {
    if (const auto other = OtherGil(*found, gil, order_.adapter->provable()))
      return Error{ErrorKind::InvalidInput, fmt::format("{}: {}", name, *other)};
  }
  const bool same_process = a->pid == b->pid;
  const bool same_interpreter = same_process && a->interpreter_id == b->interpreter_id;
  if (same_process == arrangement_.same_process() &&
      same_interpreter == arrangement_.same_interpreter()) {
    return {};
  }
  return Error{
      ErrorKind::InvalidInput,
      fmt::format("A and B ran in {} and {}, asked for were {} and {}",
                  same_process ? "one process" : "two processes",
                  same_interpreter ? "one interpreter" : "two interpreters",
                  arrangement_.same_process() ? "one process" : "two processes",
                  arrangement_.same_interpreter() ? "one interpreter" : "two interpreters")};
}

Result<load::LoadResult> Experiment::AskB(std::chrono::nanoseconds span) const {
  load::LoadProfile wanted;
  wanted.loop = load::Loop::Open;
  wanted.connections = kOfB;
  wanted.rate_per_s = order_.rate_per_s;
  wanted.duration = span;
  wanted.drain = std::chrono::seconds(5);
  return load::RunLoad({site_.address, site_.port},
                       {RequestOf(site_, "/b/", "here\n")},
                       wanted,
                       observer_.is_interrupted);
}

// A's requests begin before B's window and end when it is over.
Result<record::Interference> Experiment::Beside(const char* kind, const record::Experience& alone) {
  const std::vector<load::LoadRequest> of_a{RequestOf(site_, fmt::format("/a/{}", kind), "done\n")};
  load::LoadProfile busy;
  busy.connections = kOfA;
  busy.duration = order_.window * 10;
  std::atomic<bool> is_over{false};
  std::optional<Result<load::LoadResult>> neighbour;
  std::jthread at_work([&] {
    neighbour.emplace(load::RunLoad({site_.address, site_.port}, of_a, busy, [&] {
      return is_over.load() || observer_.is_interrupted();
    }));
  });
  // One more request, so that A is at work when B's window begins.
  const auto begun =
      tour::Exchange(site_, of_a.front().bytes, hosts::base::Deadline::After(kPatience));
  const auto beside = AskB(order_.window);
  is_over = true;
  at_work.join();
  if (!begun) return begun.error().While("A");
  if (!beside) return beside.error().While("B");
  if (!*neighbour) return neighbour->error().While("A");
  if ((*neighbour)->done == 0) return Error{ErrorKind::Timeout, "A answered nothing meanwhile"};
  record::Interference line;
  line.host = order_.adapter->name();
  line.arrangement = arrangement_.name;
  line.kind = kind;
  line.same_process = arrangement_.same_process();
  line.same_interpreter = arrangement_.same_interpreter();
  line.rate_per_s = order_.rate_per_s;
  line.alone = alone;
  line.beside = ToExperience(*beside);
  line.neighbour_requests = (*neighbour)->done;
  return line;
}

}  // namespace

std::span<const Arrangement> AllArrangements() {
  return kArrangements;
}

adapters::ServedDeployment DeploymentOf(const Arrangement& arrangement,
                                        const std::filesystem::path& busy,
                                        const std::filesystem::path& quiet) {
  const bool is_daemon = arrangement.process == ProcessKind::Daemon;
  const bool is_sub = IsSub(arrangement.interpreter);
  adapters::ServedDeployment deployment;
  deployment.kept_connections = kOfA + kOfB;
  for (const auto& [url, script] : {std::pair("/a", busy), std::pair("/b", quiet)}) {
    const std::string name = url + 1;
    adapters::ServedScript served;
    served.url = url;
    served.script = script;
    if (is_daemon) served.process_group = arrangement.is_one_group ? "both" : name;
    if (is_sub) served.application_group = name;
    served.has_own_gil = arrangement.interpreter == InterpreterKind::SubOwnGil;
    deployment.scripts.push_back(served);
    if (!is_daemon || (arrangement.is_one_group && !deployment.daemon_groups.empty())) continue;
    adapters::DaemonGroup group;
    group.name = served.process_group;
    group.home = script.parent_path();
    deployment.daemon_groups.push_back(group);
  }
  return deployment;
}

std::string NameOf(const Arrangement& arrangement, std::string_view host) {
  return fmt::format("interference in {} of {}", arrangement.name, host);
}

void MeasureInterference(const InterferenceOrder& order, const InterferenceObserver& observer) {
  for (const Arrangement& arrangement : AllArrangements()) {
    if (observer.is_interrupted()) break;
    const hosts::deployment::Mode mode{
        arrangement.process, arrangement.interpreter, Loading::Preload};
    const auto not_offered = order.adapter->WhyNotOffered(mode);
    if (not_offered && matrix::IsOnlyWhereOffered(mode)) continue;
    const Result<void> measured = not_offered ? Error{ErrorKind::Unsupported, *not_offered}
                                              : Experiment(order, observer, arrangement).Run();
    if (measured || observer.is_interrupted()) continue;
    observer.write(
        record::NotMeasured{NameOf(arrangement, order.adapter->name()), measured.error().Text()});
  }
}

}  // namespace harness::run
