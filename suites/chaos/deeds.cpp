#include "suites/chaos/deeds.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace suites::chaos {

namespace {

constexpr std::array kDeeds{DeedKind{Deed::KillVictim, "kill a victim", 6},
                            DeedKind{Deed::CrashVictim, "crash a victim", 4},
                            DeedKind{Deed::StopVictim, "stop a victim for a while", 4},
                            DeedKind{Deed::EndVictim, "end a victim", 6},
                            DeedKind{Deed::DrainVictim, "drain a victim", 6},
                            DeedKind{Deed::BreakScript, "break the victim's script", 4},
                            DeedKind{Deed::AskForFault, "ask the victim for a fault", 12},
                            DeedKind{Deed::TouchVictim, "touch the victim's script", 4},
                            DeedKind{Deed::EndCalm, "end a calm process", 6},
                            DeedKind{Deed::DrainCalm, "drain a calm process", 6},
                            DeedKind{Deed::TouchCalm, "touch the calm script", 6},
                            DeedKind{Deed::TouchEmbedded, "touch the embedded script", 6},
                            DeedKind{Deed::KillServer, "kill a server process", 2},
                            DeedKind{Deed::Restart, "restart", 8},
                            DeedKind{Deed::RestartBadly, "restart badly", 8},
                            DeedKind{Deed::LeaveEarly, "leave early", 12}};

// The same on every machine, which the distributions of the standard library do not promise.
std::uint32_t Below(std::mt19937_64& random, std::uint32_t end) {
  return static_cast<std::uint32_t>(random() % end);
}

}  // namespace

std::span<const DeedKind> AllDeeds() {
  return kDeeds;
}

std::string_view NameOf(Deed deed) {
  return std::ranges::find(kDeeds, deed, &DeedKind::deed)->name;
}

Choice Deeds::Next() {
  constexpr std::uint32_t kShortest = 20;
  constexpr std::uint32_t kSpread = 400;
  constexpr std::uint32_t kMany = 1'000'000;
  int all = 0;
  for (const DeedKind& kind : kDeeds)
    all += kind.weight;
  auto drawn = static_cast<int>(Below(random_, static_cast<std::uint32_t>(all)));
  const auto* kind = kDeeds.data();
  for (; drawn >= kind->weight; ++kind)
    drawn -= kind->weight;
  const std::uint32_t which = Below(random_, kMany);
  return {kind->deed, which, std::chrono::milliseconds(kShortest + Below(random_, kSpread))};
}

}  // namespace suites::chaos
