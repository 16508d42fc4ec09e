#include "suites/chaos/chaos.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <memory>
#include <thread>

#include "hosts/base/deadline.h"
#include "suites/chaos/asker.h"
#include "suites/chaos/deeds.h"
#include "suites/chaos/victims_host.h"
#include "suites/client/raw_connection.h"
#include "suites/hosts_under_test/chosen_host.h"
#include "suites/hosts_under_test/eventually.h"
#include "suites/hosts_under_test/family.h"

namespace suites::chaos {

using client::RawConnection;
using hosts::base::Clock;
using hosts::base::Deadline;
using hosts::base::Result;
using hosts_under_test::Eventually;
using hosts_under_test::HoldingsOf;

namespace {

constexpr int kAskersOfEach = 3;
constexpr auto kToRest = std::chrono::seconds(60);
constexpr auto kLook = std::chrono::seconds(1);
// Three generations: one that serves, one that starts, one that leaves; and what is being replaced.
constexpr std::size_t kMostProcesses = 60;
constexpr std::size_t kMostFaults = 20;

// How much more the supervisor may have than at the first rest. AddressSanitizer keeps what was freed, up to 256 MiB,
// so that whoever uses it is caught; there a leak is found at the end, by its own report.
std::int64_t MemoryAllowedKib() {
  constexpr std::int64_t kMib = 1024;
  return hosts_under_test::IsHostSanitized() ? 256 * kMib : 8 * kMib;
}

class Chaos {
 public:
  Chaos(const ChaosPlan& plan, VictimsHost& host) : plan_(plan), host_(host), deeds_(plan.seed) {
    result_.seed = plan.seed;
    descriptors_besides_sockets_ = SupervisorsDescriptors();
  }

  ChaosResult Run(const std::function<bool()>& is_interrupted);

 private:
  struct Group {
    std::string name;
    std::vector<std::unique_ptr<Asker>> askers;
  };

  void StartAskers();
  void StopAskers();
  void CheckCuts(const std::string& group, std::vector<Clock::time_point> cuts);
  void Do(const Choice& choice);
  [[nodiscard]] Result<void> Try(const Choice& choice);
  void Signal(const std::string& group, std::uint32_t which, int signal) const;
  void AskForFault(std::uint32_t which);
  void LeaveEarly(std::uint32_t which) const;
  void MakeAmends();
  void Look();
  void Rest();
  [[nodiscard]] bool IsAtRest(const std::vector<pid_t>& before, std::string& why) const;
  [[nodiscard]] long SupervisorsDescriptors() const {
    return HoldingsOf(host_.host().supervisor()).descriptors -
           static_cast<long>(host_.numbers().sockets());
  }
  void Fault(std::string fault);
  void End();

  const ChaosPlan& plan_;
  VictimsHost& host_;
  Deeds deeds_;
  ChaosResult result_;
  std::vector<Group> groups_;
  std::vector<std::thread> faulty_requests_;
  std::vector<Clock::time_point> server_kills_;
  pid_t stopped_ = 0;
  bool is_broken_ = false;
  long descriptors_besides_sockets_ = 0;
};

void Chaos::StartAskers() {
  int number = 0;
  for (const auto& [name, expects] : {std::pair{"victim", Expects::Answers},
                                      {"calm", Expects::Everything},
                                      {"embedded", Expects::Everything}}) {
    Group& group = groups_.emplace_back();
    group.name = name;
    for (int i = 0; i < kAskersOfEach; ++i) {
      group.askers.push_back(std::make_unique<Asker>(
          host_.host().port(), fmt::format("/{}", name), expects, ++number));
    }
  }
}

void Chaos::StopAskers() {
  for (Group& group : groups_) {
    auto& asked = result_.asked[group.name];
    std::vector<Clock::time_point> cuts;
    for (const auto& asker : group.askers) {
      asker->Stop();
      asked.asked += asker->asked();
      asked.right += asker->right();
      for (const auto cut : asker->cuts())
        cuts.push_back(cut);
      for (const std::string& fault : asker->faults())
        Fault(fault);
    }
    if (asked.right == 0) Fault(group.name + ": nobody got a right answer");
    asked.cut = static_cast<std::int64_t>(cuts.size());
    CheckCuts(group.name, std::move(cuts));
  }
}

void Chaos::CheckCuts(const std::string& group, std::vector<Clock::time_point> cuts) {
  const std::size_t unexplained = CutsWithoutAKill(std::move(cuts), server_kills_, kAskersOfEach);
  if (unexplained > 0) {
    Fault(fmt::format(
        "{}: {} requests were cut when no server process had been killed", group, unexplained));
  }
}

void Chaos::Fault(std::string fault) {
  if (result_.faults.size() < kMostFaults) result_.faults.push_back(std::move(fault));
}

// ---- what is done ----

void Chaos::Signal(const std::string& group, std::uint32_t which, int signal) const {
  if (const pid_t pid = host_.One(group, which); pid > 0) ::kill(pid, signal);
}

// What it gets for it, if anything, is another test's matter; that nobody else notices is ours.
void Chaos::AskForFault(std::uint32_t which) {
  const std::string path = "/victim" + Faults()[which % Faults().size()];
  faulty_requests_.emplace_back([port = host_.host().port(), path] {
    client::HttpClient client(port);
    (void)client.Get(path);
  });
}

void Chaos::LeaveEarly(std::uint32_t which) const {
  constexpr std::array kRequests{
      "GET /calm/echo?x HTTP/1.1\r\nHost: check.ex",
      "POST /calm/echo?x HTTP/1.1\r\nHost: check.example\r\nContent-Length: 100000\r\n\r\nabc",
      "POST /embedded/echo?x HTTP/1.1\r\nHost: check.example\r\nContent-Length: 100000\r\n\r\nabc",
      "GET /victim/echo?x HTTP/1.1\r\nHost: check.example\r\n\r\n",
      "POST /victim/echo?x HTTP/1.1\r\nHost: check.example\r\nTransfer-Encoding: "
      "chunked\r\n\r\n5\r\n"};
  auto connection = RawConnection::Open(host_.host().port());
  if (!connection) return;
  (void)connection->Send(kRequests[which % kRequests.size()]);
  connection->Reset();
}

Result<void> Chaos::Try(const Choice& choice) {
  switch (choice.deed) {
    case Deed::KillVictim:
      Signal("victim", choice.which, SIGKILL);
      break;
    case Deed::CrashVictim:
      Signal("victim", choice.which, SIGSEGV);
      break;
    case Deed::StopVictim:
      stopped_ = host_.One("victim", choice.which);
      if (stopped_ > 0) ::kill(stopped_, SIGSTOP);
      break;
    case Deed::EndVictim:
      Signal("victim", choice.which, SIGTERM);
      break;
    case Deed::DrainVictim:
      Signal("victim", choice.which, SIGUSR1);
      break;
    case Deed::BreakScript:
      is_broken_ = true;
      return host_.BreakVictim();
    case Deed::AskForFault:
      AskForFault(choice.which);
      break;
    case Deed::TouchVictim:
      return host_.Rewrite("victim");
    case Deed::EndCalm:
      Signal("calm", choice.which, SIGTERM);
      break;
    case Deed::DrainCalm:
      Signal("calm", choice.which, SIGUSR1);
      break;
    case Deed::TouchCalm:
      return host_.Rewrite("calm");
    case Deed::TouchEmbedded:
      return host_.Rewrite("embedded");
    case Deed::KillServer:
      ++result_.server_kills;
      server_kills_.push_back(Clock::now());
      Signal("", choice.which, SIGKILL);
      break;
    case Deed::Restart:
      ++result_.restarts;
      return host_.Restart(NumbersFrom(choice.which), choice.which % 2 == 0 ? SIGHUP : SIGUSR1);
    case Deed::RestartBadly:
      return host_.RestartBadly(choice.which);
    case Deed::LeaveEarly:
      LeaveEarly(choice.which);
      break;
  }
  return {};
}

void Chaos::Do(const Choice& choice) {
  ++result_.deeds[std::string(NameOf(choice.deed))];
  if (auto done = Try(choice); !done) {
    Fault(fmt::format("{} could not be done: {}", NameOf(choice.deed), done.error().Text()));
  }
}

// What a deed has left for the next one.
void Chaos::MakeAmends() {
  if (stopped_ > 0) ::kill(std::exchange(stopped_, 0), SIGCONT);
  if (std::exchange(is_broken_, false)) {
    if (auto mended = host_.Rewrite("victim"); !mended) Fault(mended.error().Text());
  }
}

// ---- what must hold ----

void Chaos::Look() {
  if (!host_.host().is_running()) return Fault("the supervisor has ended");
  const auto children = host_.host().Children().size();
  if (children > kMostProcesses) Fault(fmt::format("{} processes", children));
  const std::string log = host_.host().Log();
  if (log.find(" H0221 ") != std::string::npos) Fault("H0221: a request could not be read");
}

// None of those that were there before is left.
bool Chaos::IsAtRest(const std::vector<pid_t>& before, std::string& why) const {
  const Numbers& numbers = host_.numbers();
  const auto now = host_.host().Children();
  const auto children = now.size();
  const auto is_old = [&before](pid_t pid) { return std::ranges::count(before, pid) > 0; };
  if (std::ranges::any_of(now, is_old)) {
    why = "processes from before the restart are left";
    return false;
  }
  const auto sockets = host_.SocketFiles();
  const long descriptors = SupervisorsDescriptors();
  why = fmt::format("{} processes for {}, {} sockets for {}, {} other descriptors for {}",
                    children,
                    numbers.processes(),
                    sockets,
                    numbers.sockets(),
                    descriptors,
                    descriptors_besides_sockets_);
  return children == numbers.processes() && sockets == numbers.sockets() &&
         descriptors == descriptors_besides_sockets_;
}

// Nothing is done for a while, under a configuration that is known; everybody still asks.
void Chaos::Rest() {
  MakeAmends();
  for (std::thread& request : std::exchange(faulty_requests_, {}))
    request.join();
  ++result_.restarts;
  const auto before = host_.host().Children();
  if (auto restarted = host_.Restart(host_.numbers(), SIGHUP); !restarted) {
    return Fault(restarted.error().Text());
  }
  std::string why;
  const bool is_at_rest =
      Eventually([&] { return IsAtRest(before, why); }, Deadline::After(kToRest));
  if (!is_at_rest) Fault("it does not come to rest: " + why);
  for (const char* name : {"victim", "calm", "embedded"}) {
    client::HttpClient client(host_.host().port());
    const auto answer = client.Get(fmt::format("/{}/echo?rest", name));
    if (!answer || answer->status != 200 || answer->body != "rest 0") {
      Fault(fmt::format(
          "at rest, {} answers {}", name, answer ? answer->body : answer.error().Text()));
    }
  }
  const auto kib = HoldingsOf(host_.host().supervisor()).rss_kib;
  if (result_.rests++ == 0) result_.supervisor_kib_first = kib;
  result_.supervisor_kib_last = kib;
  if (kib > result_.supervisor_kib_first + MemoryAllowedKib()) {
    Fault(fmt::format("the supervisor has {} KiB; at the first rest it had {}",
                      kib,
                      result_.supervisor_kib_first));
  }
}

void Chaos::End() {
  StopAskers();
  const auto report = host_.host().Stop();
  if (!report.status.is_success()) Fault("the host ended with " + report.status.Text());
  if (report.was_killed) Fault("the host had to be killed");
  for (const std::string& left : report.left_behind)
    Fault(left);
  for (const std::string& complaint : hosts_under_test::SanitizerReports(host_.host().Log())) {
    // The victim crashes on purpose; what a sanitizer says to that is no finding.
    if (complaint.find("SEGV") == std::string::npos) Fault(complaint);
  }
}

ChaosResult Chaos::Run(const std::function<bool()>& is_interrupted) {
  const auto begin = Clock::now();
  StartAskers();
  Rest();
  auto next_look = Clock::now() + kLook;
  auto next_rest = Clock::now() + plan_.between_rests;
  while (Clock::now() < begin + plan_.duration && host_.host().is_running() &&
         !(is_interrupted && is_interrupted())) {
    const Choice choice = deeds_.Next();
    MakeAmends();
    Do(choice);
    std::this_thread::sleep_for(choice.then);  // how long is part of what the seed says
    if (Clock::now() >= next_look) {
      Look();
      next_look = Clock::now() + kLook;
    }
    if (Clock::now() >= next_rest) {
      Rest();
      next_rest = Clock::now() + plan_.between_rests;
    }
  }
  Rest();
  Look();
  End();
  result_.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  return result_;
}

}  // namespace

// Each kill explains the earliest that are left, as kills may follow each other within moments.
std::size_t CutsWithoutAKill(std::vector<Clock::time_point> cuts,
                             const std::vector<Clock::time_point>& kills,
                             int of_each_kill) {
  constexpr auto kNoticed = std::chrono::seconds(2);
  std::ranges::sort(cuts);
  for (const auto killed_at : kills) {
    int allowed = of_each_kill;
    std::erase_if(cuts, [&](const auto cut) {
      return cut >= killed_at && cut <= killed_at + kNoticed && allowed-- > 0;
    });
  }
  return cuts.size();
}

Result<ChaosResult> RunChaos(const ChaosPlan& plan, const std::function<bool()>& is_interrupted) {
  auto host = VictimsHost::Start(plan.calm);
  if (!host) return host.error();
  return Chaos(plan, *host).Run(is_interrupted);
}

}  // namespace suites::chaos
