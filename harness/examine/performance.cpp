#include "harness/examine/performance.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/examine/loading.h"
#include "harness/launch/cell_directory.h"
#include "harness/launch/host_process.h"
#include "harness/load/driver.h"
#include "harness/run/placement.h"
#include "harness/run/to_record.h"
#include "harness/tour/expectation.h"
#include "harness/tour/request_writer.h"

namespace harness::examine {

namespace record = reports::record;
using hosts::base::Deadline;
using hosts::base::ErrorKind;
using hosts::base::Result;

namespace {

constexpr std::chrono::seconds kTimedFor{1};
constexpr std::int64_t kMostTimed = 400;
constexpr size_t kLinesOfLog = 60;
constexpr size_t kLinesOfProfile = 100'000;  // a line for each module
constexpr std::ptrdiff_t kLinesOfEvidence = 25;

struct Prepared {
  launch::CellDirectory directory;
  launch::LaunchPlan plan;
};

// All visits, in order, on a host that serves. After an answer that did not come within the patience nobody asks on: the host may
// hang, and each further question would wait as long.
void Visited(const Stage& stage,
             const tour::Site& base,
             const std::vector<Visit>& visits,
             Performance& into) {
  for (size_t v = 0; v < visits.size(); ++v) {
    const Visit& visit = visits[v];
    tour::Site site = base;
    if (!visit.mount.empty()) site.mount = visit.mount;
    if (!visit.host.empty()) site.name = visit.host;
    tour::Visitor visitor;
    for (size_t s = 0; s < visit.tour->steps.size(); ++s) {
      if (stage.is_interrupted()) return;
      tour::Step step = visit.tour->steps[s];
      step.headers.emplace_back(kCopyField, visit.copy);
      Heard heard{.visit = v, .step = s, .request = fmt::format("{} {}", step.method, step.path)};
      const auto request = tour::WriteRequest(step, site, visitor);
      if (!request) {
        heard.problem = request.error().Text();
        into.heard.push_back(std::move(heard));
        continue;
      }
      auto answer = tour::Exchange(site, *request, Deadline::After(stage.patience));
      if (!answer) {
        heard.problem = answer.error().Text();
        heard.was_cut_off = answer.error().kind == ErrorKind::Closed;
        const bool hangs = answer.error().kind == ErrorKind::Timeout;
        if (hangs) {
          heard.problem =
              fmt::format("no answer within {} s",
                          std::chrono::duration_cast<std::chrono::seconds>(stage.patience).count());
        }
        into.heard.push_back(std::move(heard));
        if (hangs) return;
        continue;
      }
      visitor.KeepCookies(*answer);
      for (const tour::Capture& capture : step.captures) {
        if (auto text = tour::CaptureFrom(capture, *answer, visitor)) {
          visitor.captured[capture.name] = std::move(*text);
        }
      }
      heard.answer = std::move(*answer);
      into.heard.push_back(std::move(heard));
    }
  }
}

std::optional<nlohmann::json> AskJson(const Stage& stage,
                                      const tour::Site& site,
                                      const char* path) {
  const auto answer = tour::Exchange(
      site, load::FormatGet(site.host(), site.mount + path), Deadline::After(stage.patience));
  if (!answer || answer->status != 200) return std::nullopt;
  auto object = nlohmann::json::parse(answer->body, nullptr, false);
  if (!object.is_object()) return std::nullopt;
  return object;
}

void LookAtImported(const Stage& stage, const tour::Site& site, Performance& into) {
  const auto object = AskJson(stage, site, "/.wsgilab/imported");
  if (object && object->contains("modules"))
    into.imported = object->at("modules").get<std::vector<std::string>>();
  if (object && object->contains("databases"))
    into.databases = object->at("databases").get<std::vector<std::string>>();
}

// One page, again and again, by one client: first so that everything is warm, then timed.
void TimeIt(const Stage& stage,
            const matrix::Cell& cell,
            const tour::Site& site,
            const tour::Tour& tour,
            Performance& into) {
  const auto step = std::ranges::find_if(tour.steps, &tour::Step::is_load);
  if (step == tour.steps.end() || stage.is_interrupted()) return;
  tour::Step timed = *step;
  timed.headers.emplace_back("X-Wsgilab-Timed", "1");
  const auto request = tour::WriteRequest(timed, site, {});
  if (!request) return;
  load::LoadProfile profile;
  profile.connections = 1;
  profile.duration = kTimedFor;
  profile.most_requests = kMostTimed;
  const std::vector<load::LoadRequest> requests{
      {timed.name, *request, {timed.expect.status, {}, {}, {}}, 1}};
  const load::Target target{site.address, site.port};
  if (const auto warm = load::RunLoad(target, requests, profile, stage.is_interrupted); !warm)
    return;
  const auto before = AskJson(stage, site, "/.wsgilab/timed");
  const auto measured = load::RunLoad(target, requests, profile, stage.is_interrupted);
  const auto after = AskJson(stage, site, "/.wsgilab/timed");
  if (!before || !after || !measured || measured->done == 0 || measured->wrong_answers > 0) return;
  const auto count =
      after->value("requests", std::int64_t{0}) - before->value("requests", std::int64_t{0});
  if (count != measured->done) return;  // more than one process: this one does not know of all
  const double seconds = after->value("seconds", 0.0) - before->value("seconds", 0.0);
  into.overhead = record::Overhead{.app = cell.app.name,
                                   .mode = Name(cell.mode),
                                   .request = fmt::format("{} {}", step->method, step->path),
                                   .requests = count,
                                   .application_us = 1e6 * seconds / static_cast<double>(count),
                                   .service_us = measured->service.mean_ns() / 1e3};
}

// What a host complains of: lines that only tell what it does are left out.
std::vector<std::string> Complaints(std::vector<std::string> lines) {
  std::erase_if(lines,
                [](const std::string& line) { return line.find(" info H0") != std::string::npos; });
  if (std::ssize(lines) > kLinesOfEvidence)
    lines.erase(lines.begin(), lines.end() - kLinesOfEvidence);
  return lines;
}

std::string WhyNotServing(const hosts::base::Error& error) {
  return error.kind == ErrorKind::Timeout ? "it did not become ready: " + error.Text()
                                          : error.Text();
}

// From the start of the host to its end. `with_host` says what is done meanwhile.
template <typename WithHost>
Performance Performed(const Stage& stage, Result<Prepared> prepared, const WithHost& with_host) {
  Performance performance;
  if (!prepared) {
    performance.why_not = prepared.error().Text();
    return performance;
  }
  prepared->plan.ready_within =
      std::max<std::chrono::milliseconds>(prepared->plan.ready_within, stage.patience);
  auto host = launch::HostProcess::Start(prepared->plan);
  if (!host) {
    performance.why_not = WhyNotServing(host.error());
    performance.log_tail = Complaints(launch::LastLines(prepared->plan.log, kLinesOfLog));
    return performance;
  }
  with_host(*host, performance);
  const bool is_well = std::ranges::all_of(performance.heard, [](const Heard& heard) {
    return heard.answer && heard.answer->status < 500;
  });
  performance.log_tail = Complaints(host->LogTail(kLinesOfLog));
  if (is_well) {
    host->Stop();
  } else {
    host->Kill();  // it may hang, and has said what it had to say
  }
  return performance;
}

// The directory, the data, and the script around the application's own.
Result<std::pair<launch::CellDirectory, launch::GeneratedFile>> SetUp(const Stage& stage,
                                                                      const matrix::App& app) {
  auto directory = launch::CellDirectory::Make();
  if (!directory) return directory.error();
  if (auto copied = run::CopyDatabases(directory->data(), app.databases); !copied)
    return copied.error();
  auto text = run::WriteCellScript(stage.surroundings.script_template,
                                   app.script,
                                   app.callable,
                                   run::CopiesIn(directory->data(), app.databases));
  if (!text) return text.error();
  launch::GeneratedFile script{directory->scripts() / (app.name + ".wsgi"), std::move(*text)};
  return std::pair(std::move(*directory), std::move(script));
}

Result<Prepared> PlanFor(const Stage& stage,
                         launch::CellDirectory directory,
                         const adapters::ServedDeployment& deployment,
                         std::vector<launch::GeneratedFile> files) {
  auto plan = stage.adapter->Plan(deployment, directory.path());
  if (!plan) return plan.error();
  for (launch::GeneratedFile& file : files)
    plan->files.push_back(std::move(file));
  return Prepared{std::move(directory), std::move(*plan)};
}

tour::Site SiteOf(const launch::HostProcess& host, const matrix::App& app) {
  return {host.ready().address(), host.ready().port(), app.mount, app.server_name};
}

}  // namespace

Performance PerformInMode(const Stage& stage,
                          const matrix::Cell& cell,
                          const Visit& visit,
                          Timing timing) {
  auto set_up = SetUp(stage, cell.app);
  if (!set_up) return {.why_not = set_up.error().Text()};
  auto& [directory, script] = *set_up;
  auto deployment = run::DeploymentOf(cell, stage.surroundings, script.path, directory.data());
  if (timing == Timing::Loading)
    deployment.environment.emplace_back("PYTHONPROFILEIMPORTTIME", "1");
  const record::PlacementAsked asked = run::AskedPlacement(cell);
  auto prepared = PlanFor(stage, std::move(directory), deployment, {std::move(script)});
  const double planned_at = run::SecondsSinceEpoch();
  return Performed(stage, std::move(prepared), [&](launch::HostProcess& host, Performance& into) {
    const tour::Site site = SiteOf(host, cell.app);
    const double first_at = run::SecondsSinceEpoch();
    Visited(stage, site, {visit}, into);
    const bool has_answered = !into.heard.empty() && into.heard.back().answer;
    if (!has_answered || stage.is_interrupted()) return;
    if (auto found = run::AskPlacement(site, Deadline::After(stage.patience))) {
      if (!stage.adapter->provable().names_groups) run::AddGroupsSeen(host.ready(), *found);
      found->first_request_at = first_at;
      found->ready_at = planned_at;
      const run::SeenFromOutside seen{host.ready(),
                                      run::PythonHomeOf(cell.app, stage.surroundings).string(),
                                      stage.adapter->provable()};
      into.misplaced = run::Differences(asked, *found, seen);
      into.placement = std::move(*found);
    }
    LookAtImported(stage, site, into);
    if (timing == Timing::Yes) TimeIt(stage, cell, site, *visit.tour, into);
    if (timing == Timing::Loading) {
      into.loading = ParseLoading(host.LogTail(kLinesOfProfile));
      if (into.loading) {
        into.loading->app = cell.app.name;
        into.loading->mode = Name(cell.mode);
      }
    }
  });
}

Performance PerformInGroups(const Stage& stage,
                            const matrix::Cell& cell,
                            const std::vector<Visit>& visits) {
  auto set_up = SetUp(stage, cell.app);
  if (!set_up) return {.why_not = set_up.error().Text()};
  auto& [directory, script] = *set_up;
  auto deployment = run::DeploymentOf(cell, stage.surroundings, script.path, directory.data());
  deployment.scripts.front().application_group = "%{ENV:WSGILAB_COPY}";
  deployment.scripts.front().groups_by = adapters::GroupsBy::Directives;
  deployment.extra_directives.push_back(
      fmt::format("SetEnvIf {} \"(.+)\" WSGILAB_COPY=$1", kCopyField));
  auto prepared = PlanFor(stage, std::move(directory), deployment, {std::move(script)});
  return Performed(stage, std::move(prepared), [&](launch::HostProcess& host, Performance& into) {
    Visited(stage, SiteOf(host, cell.app), visits, into);
  });
}

Performance PerformConfiguration(const Stage& stage,
                                 const std::string& directives,
                                 const tour::NamedTexts& environment,
                                 const std::vector<Visit>& visits) {
  auto directory = launch::CellDirectory::Make();
  if (!directory) return {.why_not = directory.error().Text()};
  adapters::ServedDeployment nothing;
  nothing.extra_directives.push_back(directives);
  nothing.environment = environment;
  auto prepared = PlanFor(stage, std::move(*directory), nothing, {});
  return Performed(stage, std::move(prepared), [&](launch::HostProcess& host, Performance& into) {
    Visited(stage, {host.ready().address(), host.ready().port(), ""}, visits, into);
  });
}

}  // namespace harness::examine
