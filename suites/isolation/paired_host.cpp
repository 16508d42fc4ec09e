#include "suites/isolation/paired_host.h"

#include <fmt/format.h>

#include <filesystem>
#include <thread>
#include <vector>

#include "suites/hosts_under_test/chosen_host.h"
#include "suites/isolation/request_in_flight.h"

namespace suites::isolation {

namespace fs = std::filesystem;
using harness::adapters::GroupsBy;
using harness::adapters::ServedScript;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;
using hosts_under_test::EndCheck;
using hosts_under_test::Execute;
using hosts_under_test::ExecuteWhere;
using hosts_under_test::HostUnderTest;
using hosts_under_test::Need;
using hosts_under_test::ProbeAnswer;
using hosts_under_test::Stage;
using hosts_under_test::Where;

namespace {

// How often a request is sent again that came elsewhere. A server that spreads them by chance over two processes misses
// one so often once in 10^60 times.
constexpr int kTries = 200;

// On a host that may serve a main-interpreter application in any interpreter that its thread has seen, threads see the
// main one first (discoveries.md, item 1).
constexpr int kThreadsWhereMainMayGoAstray = 16;

ServedScript ScriptAt(const Seat& seat, std::string url, fs::path file) {
  ServedScript script;
  script.url = std::move(url);
  script.script = std::move(file);
  script.process_group = seat.process_group;
  script.application_group = seat.application_group;
  script.has_own_gil = seat.has_own_gil;
  return script;
}

bool MayGoAstray(const Pairing& pairing) {
  return pairing.has_main_beside_sub() && !hosts_under_test::IsEngineChosen();
}

int ThreadsOf(const Staged& staged) {
  return MayGoAstray(staged.pairing) && staged.threads > 1 ? kThreadsWhereMainMayGoAstray
                                                           : staged.threads;
}

// modules/ on the stage: what the processes import.
fs::path CopyModules(const Stage& stage) {
  const fs::path modules = stage.path("modules");
  fs::create_directory(modules);
  (void)Need(stage.Copy("lab_shared.py", "modules/lab_shared.py"));
  for (const auto& entry :
       fs::directory_iterator(hosts_under_test::ForPythonOfHost(WSGILAB_EXTENSIONS))) {
    if (entry.path().extension() == ".so")
      fs::copy_file(entry.path(), modules / entry.path().filename());
  }
  return modules;
}

HostUnderTest StartHost(const Staged& staged, const Stage& stage) {
  const Pairing& pairing = staged.pairing;
  const int threads =
      MayGoAstray(pairing) && staged.threads > 1 ? kThreadsWhereMainMayGoAstray : staged.threads;
  auto deployment = GroupsOf(pairing, threads);
  deployment.environment = staged.environment;
  const fs::path modules = CopyModules(stage);
  deployment.python_path = {modules};
  for (auto& group : deployment.daemon_groups)
    group.python_path = {modules};
  auto a = ScriptAt(pairing.a, "/a", Need(stage.Copy("probe.wsgi", "a.wsgi")));
  auto b = ScriptAt(pairing.b, "/b", Need(stage.Copy("probe.wsgi", "b.wsgi")));
  auto c = ScriptAt(pairing.c, "/c", Need(stage.Copy("probe.wsgi", "cold/c.wsgi")));
  fs::permissions(stage.path("cold"), fs::perms::all);
  for (const char* written : {"events.jsonl", "cold/events.jsonl", "lock"}) {  // by every user
    fs::permissions(Need(stage.Write(written, "")), fs::perms::all);
  }
  c.groups_by = GroupsBy::Directives;
  // Preloaded in the order in which they stand.
  if (staged.loaded_first == Who::B) std::swap(a, b);
  deployment.scripts = {std::move(a), std::move(b), std::move(c)};
  return NeedHost(HostUnderTest::Start(stage, deployment));
}

}  // namespace

std::string_view Name(Who who) {
  return who == Who::A ? "A" : who == Who::B ? "B" : "C";
}

PairedHost::PairedHost(Staged staged)
    : staged_(std::move(staged)), stage_(Need(Stage::Make())), host_(StartHost(staged_, stage_)) {
  if (MayGoAstray(pairing())) {
    (void)AskOnEveryThread(pairing().a.application_group.empty() ? Who::A : Who::B, "", "");
  }
  if (pairing().is_one_application()) {
    FindTwoProcesses();
  } else {
    FindBoth();
  }
  misplaced_ = Misplacement(pairing(), *a_, *b_);
}

PairedHost::~PairedHost() {
  StopAndLookAfter(host_, crashes_);
  JudgeMisplacement(misplaced_);
}

void PairedHost::FindBoth() {
  for (const Who who : {staged_.loaded_first, staged_.loaded_first == Who::A ? Who::B : Who::A}) {
    auto found = Need(Ask(who, "result = None", ""));
    (who == Who::A ? a_ : b_) = std::move(found);
  }
}

// While a request waits in the one, the next ones find the other.
void PairedHost::FindTwoProcesses() {
  client::HttpClient client = host_.NewClient();
  a_ = Need(Where(client, "/a"));
  RequestInFlight in_the_one(stage_, host_.port(), "/a", fmt::format("pid:{}", a_->pid));
  (void)in_the_one.HasBegun();
  // Of other hosts than ours the second may still be starting.
  const auto deadline = hosts_under_test::Soon();
  while (!deadline.has_passed()) {
    b_ = Need(Where(client, "/a"));
    if (b_->pid != a_->pid) return;
  }
  EndCheck({ErrorKind::Timeout, "no request reached a second process"});
}

std::vector<Result<ProbeAnswer>> PairedHost::AskOnEveryThread(Who who,
                                                              const std::string& python,
                                                              const std::string& token) {
  const auto count = static_cast<size_t>(ThreadsOf(staged_));
  const std::string together = fmt::format(
      "inside = STATE.setdefault('round {}', [])\n"
      "inside.append(True)\n"
      "wait_for(lambda: len(inside) >= {})\n{}",
      ++rounds_,
      count,
      python);
  std::vector<Result<ProbeAnswer>> answers(count, Error{ErrorKind::Closed, "never asked"});
  std::vector<std::thread> clients;
  for (auto& answer : answers) {
    clients.emplace_back([&, this] {
      client::HttpClient client(host_.port());
      answer = ExecuteWhere(WantOf(who), client, UrlOf(who), together, token);
    });
  }
  for (std::thread& client : clients)
    client.join();
  return answers;
}

std::string PairedHost::UrlOf(Who who) const {
  if (who == Who::C) return "/c";
  return who == Who::A || pairing().is_one_application() ? "/a" : "/b";
}

std::string PairedHost::WantOf(Who who) const {
  if (pairing().is_one_application()) {
    const auto& found = who == Who::A ? a_ : b_;
    return found ? fmt::format("pid:{}", found->pid) : "";
  }
  if (!MayGoAstray(pairing())) return "";
  const Seat& seat = who == Who::A ? pairing().a : who == Who::B ? pairing().b : pairing().c;
  return seat.application_group.empty() ? "interpreter:main" : "interpreter:sub";
}

Result<ProbeAnswer> PairedHost::Ask(Who who, const std::string& python, const std::string& token) {
  const std::string wanted = WantOf(who);
  std::optional<RequestInFlight> in_the_other;
  for (int tried = 0; tried < kTries; ++tried) {
    // A connection that is kept may be closed by a server whose only thread is busy.
    client::HttpClient client(host_.port());
    auto answer = ExecuteWhere(wanted, client, UrlOf(who), python, token);
    if (!answer || !answer->is_elsewhere) return answer;
    if (pairing().is_one_application() && !in_the_other) {
      in_the_other.emplace(stage_, host_.port(), "/a", fmt::format("pid:{}", answer->pid));
      (void)in_the_other->HasBegun();
    }
  }
  return Error{ErrorKind::InvalidInput,
               fmt::format("{} requests for {} never came to {}", kTries, Name(who), wanted)};
}

ProbeAnswer PairedHost::Run(Who who, const std::string& python, const std::string& token) {
  const ProbeAnswer answer = Need(Ask(who, python, token));
  if (who == Who::C) return answer;
  const ProbeAnswer& before = who == Who::A ? *a_ : *b_;
  if (answer.pid != before.pid || answer.interpreter != before.interpreter) {
    misplaced_ = fmt::format(
        "{} was found in {} before, now in {}", Name(who), before.Place(), answer.Place());
  }
  return answer;
}

void JudgeMisplacement(const std::string& misplaced) {
  if (misplaced.empty()) return;
  if (!testing::Test::HasFailure()) {
    testing::Test::RecordProperty("outcome", "setup_failed");
    testing::Test::RecordProperty("reason", misplaced);
  }
  ADD_FAILURE() << "this is not the pairing: " << misplaced;
}

}  // namespace suites::isolation
