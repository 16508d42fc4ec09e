#include "hosts/deployment/access.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "hosts/base/check.h"
#include "hosts/base/network.h"

namespace hosts::deployment {

namespace {

// What one demand says. Neutral: neither grants nor denies, as a negated demand that is met.
enum class Verdict { Granted, Denied, Neutral, Unknown };

Verdict JudgeAddress(const std::vector<std::string>& networks, const Client& client) {
  const auto address = base::IpAddress::Parse(client.address);
  if (!address) return Verdict::Unknown;
  for (const std::string& text : networks) {
    const auto network = base::Network::Parse(text);
    if (!network) return Verdict::Unknown;
    if (network->Contains(*address)) return Verdict::Granted;
  }
  return Verdict::Denied;
}

Verdict JudgeLocal(const Client& client) {
  if (client.address == client.local_address) return Verdict::Granted;
  return JudgeAddress({"127.0.0.0/8", "::1"}, client);
}

Verdict JudgeDemand(const Demand& demand, const Client& client);

// One that grants suffices; without any, one that denies or is neutral leaves it at that.
// Those that are not present have no say.
template <typename IsPresent>
Verdict JudgeAnyOf(const std::vector<Demand>& demands,
                   const Client& client,
                   const IsPresent& is_present) {
  Verdict verdict = Verdict::Neutral;
  for (const Demand& demand : demands) {
    if (!is_present(demand)) continue;
    const Verdict one = JudgeDemand(demand, client);
    if (one == Verdict::Granted) return one;
    if (one == Verdict::Unknown) verdict = one;
    if (one == Verdict::Denied && verdict == Verdict::Neutral) verdict = one;
  }
  return verdict;
}

Verdict JudgeAnyOf(const std::vector<Demand>& demands, const Client& client) {
  return JudgeAnyOf(demands, client, [](const Demand&) { return true; });
}

Verdict JudgeAllOf(const std::vector<Demand>& demands, const Client& client) {
  Verdict verdict = Verdict::Neutral;
  for (const Demand& demand : demands) {
    const Verdict one = JudgeDemand(demand, client);
    if (one == Verdict::Denied) return one;
    if (one == Verdict::Unknown) verdict = one;
    if (one == Verdict::Granted && verdict == Verdict::Neutral) verdict = one;
  }
  return verdict;
}

// A demand that is met denies; else it has no say.
Verdict Negated(Verdict verdict) {
  if (verdict == Verdict::Granted) return Verdict::Denied;
  return verdict == Verdict::Unknown ? verdict : Verdict::Neutral;
}

bool HasVariable(const Demand& demand, const Client& client) {
  if (client.values == nullptr) return false;
  return std::ranges::any_of(demand.arguments, [&client](const std::string& name) {
    return client.values->RequestVariable(name).has_value();
  });
}

Verdict JudgePositive(const Demand& demand, const Client& client) {
  switch (demand.kind) {
    case Demand::Kind::AllGranted:
      return Verdict::Granted;
    case Demand::Kind::AllDenied:
      return Verdict::Denied;
    case Demand::Kind::Local:
      return JudgeLocal(client);
    case Demand::Kind::Address:
      return JudgeAddress(demand.arguments, client);
    case Demand::Kind::Method:
      return std::ranges::find(demand.arguments, client.method) != demand.arguments.end()
                 ? Verdict::Granted
                 : Verdict::Denied;
    case Demand::Kind::Variable:
      return HasVariable(demand, client) ? Verdict::Granted : Verdict::Denied;
    case Demand::Kind::Expression:
      if (client.values == nullptr) return Verdict::Unknown;
      return demand.expression->Judge(*client.values).holds ? Verdict::Granted : Verdict::Denied;
    case Demand::Kind::Foreign:
      return Verdict::Unknown;
    case Demand::Kind::Limit:
    case Demand::Kind::LimitExcept:
      return JudgeAnyOf(demand.inner, client);
    case Demand::Kind::AllOf:
      return JudgeAllOf(demand.inner, client);
    case Demand::Kind::AnyOf:
      return JudgeAnyOf(demand.inner, client);
    case Demand::Kind::NoneOf:
      return Negated(JudgeAnyOf(demand.inner, client));
  }
  CHECK(false, "a demand has one of its kinds");
}

Verdict JudgeDemand(const Demand& demand, const Client& client) {
  const Verdict verdict = JudgePositive(demand, client);
  return demand.is_negated ? Negated(verdict) : verdict;
}

std::string Text(const Demand& demand);

std::string Texts(std::string_view name, const std::vector<Demand>& demands) {
  std::vector<std::string> texts;
  for (const Demand& demand : demands)
    texts.push_back(Text(demand));
  return fmt::format("{} ({})", name, fmt::join(texts, ", "));
}

std::string Positive(const Demand& demand) {
  switch (demand.kind) {
    case Demand::Kind::AllGranted:
      return "all granted";
    case Demand::Kind::AllDenied:
      return "all denied";
    case Demand::Kind::Local:
      return "local";
    case Demand::Kind::Address:
      return fmt::format("ip {}", fmt::join(demand.arguments, " "));
    case Demand::Kind::Method:
      return fmt::format("method {}", fmt::join(demand.arguments, " "));
    case Demand::Kind::Variable:
      return fmt::format("env {}", fmt::join(demand.arguments, " "));
    case Demand::Kind::Expression:
      return "expr " + demand.expression->text();
    case Demand::Kind::Foreign:
      return fmt::format("{}", fmt::join(demand.arguments, " "));
    case Demand::Kind::Limit:
      return Texts(fmt::format("for {}:", fmt::join(demand.arguments, " ")), demand.inner);
    case Demand::Kind::LimitExcept:
      return Texts(fmt::format("but for {}:", fmt::join(demand.arguments, " ")), demand.inner);
    case Demand::Kind::AllOf:
      return Texts("all of", demand.inner);
    case Demand::Kind::AnyOf:
      return demand.inner.size() == 1 ? Text(demand.inner.front()) : Texts("any of", demand.inner);
    case Demand::Kind::NoneOf:
      return Texts("none of", demand.inner);
  }
  CHECK(false, "a demand has one of its kinds");
}

std::string Text(const Demand& demand) {
  return demand.is_negated ? "not " + Positive(demand) : Positive(demand);
}

// The demands of one section. Those that are limited to other methods are not there; where none is
// left, nothing is demanded.
Verdict JudgeSection(const std::vector<Demand>& demands, const Client& client) {
  const auto is_present = [&client](const Demand& demand) {
    const bool is_named =
        std::ranges::find(demand.arguments, client.method) != demand.arguments.end();
    if (demand.kind == Demand::Kind::Limit) return is_named;
    return demand.kind != Demand::Kind::LimitExcept || !is_named;
  };
  if (!demands.empty() && std::ranges::none_of(demands, is_present)) return Verdict::Granted;
  return JudgeAnyOf(demands, client, is_present);
}

Verdict JudgeOld(const OldAccess& old, const Client& client) {
  const Verdict allowed = JudgeAnyOf(old.allowed, client);
  const Verdict denied = JudgeAnyOf(old.denied, client);
  if (allowed == Verdict::Unknown || denied == Verdict::Unknown) return Verdict::Unknown;
  const bool is_allowed = allowed == Verdict::Granted;
  const bool is_denied = denied == Verdict::Granted;
  const bool is_granted =
      old.allows_by_default ? is_allowed || !is_denied : is_allowed && !is_denied;
  return is_granted ? Verdict::Granted : Verdict::Denied;
}

bool IsConstant(const Demand& demand) {
  switch (demand.kind) {
    case Demand::Kind::AllGranted:
    case Demand::Kind::AllDenied:
    case Demand::Kind::Foreign:
      return true;
    case Demand::Kind::AllOf:
    case Demand::Kind::AnyOf:
    case Demand::Kind::NoneOf:
      return std::ranges::all_of(demand.inner, IsConstant);
    default:
      return false;
  }
}

std::string OldText(const OldAccess& old) {
  std::string text = old.allows_by_default ? "order deny,allow" : "order allow,deny";
  if (!old.allowed.empty()) text += ", " + Texts("allow", old.allowed);
  if (!old.denied.empty()) text += ", " + Texts("deny", old.denied);
  return text;
}

}  // namespace

Judgement Judge(const Access& access, const Client& client) {
  Verdict verdict = access.demand.kind == Demand::Kind::AnyOf
                        ? JudgeSection(access.demand.inner, client)
                        : JudgeDemand(access.demand, client);
  if (access.old) {
    const Verdict old = JudgeOld(*access.old, client);
    verdict = access.demand.inner.empty() || verdict == Verdict::Granted ? old : verdict;
  }
  switch (verdict) {
    case Verdict::Granted:
      return Judgement::Granted;
    case Verdict::Unknown:
      return Judgement::Unknown;
    case Verdict::Denied:
    case Verdict::Neutral:
      return Judgement::Denied;
  }
  CHECK(false, "a verdict is one of four");
}

bool IsForEverybody(const Access& access) {
  return IsConstant(access.demand) &&
         (!access.old || (std::ranges::all_of(access.old->allowed, IsConstant) &&
                          std::ranges::all_of(access.old->denied, IsConstant)));
}

std::string AsWritten(const Access& access) {
  if (!access.old) return Text(access.demand);
  const std::string old = OldText(*access.old);
  return access.demand.inner.empty() ? old : Text(access.demand) + " and " + old;
}

}  // namespace hosts::deployment
