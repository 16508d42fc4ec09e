#pragma once
// Deeds: what is done to a host in chaos, and in which order: drawn from a seed, so that a run can be had again.
//
// Threads: one.

#include <chrono>
#include <cstdint>
#include <random>
#include <span>
#include <string_view>

namespace suites::chaos {

enum class Deed {
  KillVictim,   // SIGKILL
  CrashVictim,  // SIGSEGV
  StopVictim,   // SIGSTOP, and SIGCONT with the next deed
  EndVictim,    // SIGTERM
  DrainVictim,  // SIGUSR1
  BreakScript,  // of the victim; mended with the next deed
  AskForFault,  // of the victim: its application does something that it should not
  TouchVictim,
  EndCalm,        // SIGTERM: nobody may notice
  DrainCalm,      // SIGUSR1: nobody may notice
  TouchCalm,      // nobody may notice
  TouchEmbedded,  // nobody may notice
  KillServer,     // SIGKILL: who is connected there loses a request at most
  Restart,  // SIGHUP or SIGUSR1, with other numbers of processes and threads: nobody may notice
  RestartBadly,  // with a configuration that cannot be served: nobody may notice
  LeaveEarly,    // a client that goes in the middle of its request, or of its answer
};

struct DeedKind {
  Deed deed;
  std::string_view name;
  int weight;  // how often, beside the others
};
[[nodiscard]] std::span<const DeedKind> AllDeeds();
[[nodiscard]] std::string_view NameOf(Deed deed);

struct Choice {
  Deed deed;
  std::uint32_t which;             // of several things to do it to, or ways to do it
  std::chrono::milliseconds then;  // until the next
};

class Deeds {
 public:
  explicit Deeds(std::uint64_t seed) : random_(seed) {}
  [[nodiscard]] Choice Next();

 private:
  std::mt19937_64 random_;
};

}  // namespace suites::chaos
