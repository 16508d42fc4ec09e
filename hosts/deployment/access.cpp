#include "hosts/deployment/access.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>

#include "hosts/base/check.h"

namespace hosts::deployment {

namespace {

// What one demand says. Neutral: neither grants nor denies, as a negated demand that is met.
enum class Verdict { Granted, Denied, Neutral, Unknown };

constexpr int kBitsOfByte = 8;

struct Address {
  int family = 0;
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  [[nodiscard]] int bits() const {
    return kBitsOfByte * static_cast<int>(family == AF_INET ? sizeof(in_addr) : sizeof(in6_addr));
  }
};

std::optional<Address> ParseAddress(std::string_view text) {
  const std::string terminated(text);
  for (const int family : {AF_INET, AF_INET6}) {
    Address address{.family = family};
    if (inet_pton(family, terminated.c_str(), address.bytes.data()) == 1) return address;
  }
  return std::nullopt;
}

// "10.1" is 10.1.0.0/16.
std::optional<Address> ParseBeginning(std::string_view text, int& bits) {
  if (text.ends_with('.')) text.remove_suffix(1);
  const auto dots = std::ranges::count(text, '.');
  if (dots > 2) return std::nullopt;
  bits = kBitsOfByte * (static_cast<int>(dots) + 1);
  std::string whole(text);
  for (auto i = dots; i < 3; ++i)
    whole += ".0";
  return ParseAddress(whole);
}

std::optional<int> ParseBits(std::string_view text, const Address& network) {
  int bits = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
  if (error == std::errc() && end == text.data() + text.size()) {
    return bits >= 0 && bits <= network.bits() ? std::optional(bits) : std::nullopt;
  }
  const auto mask = ParseAddress(text);  // 255.255.0.0
  if (!mask || mask->family != AF_INET || network.family != AF_INET) return std::nullopt;
  bits = 0;
  for (size_t i = 0; i < sizeof(in_addr); ++i)
    bits += __builtin_popcount(mask->bytes[i]);
  return bits;
}

bool SharesBits(const Address& a, const Address& b, int bits) {
  if (a.family != b.family) return false;
  const int whole = bits / kBitsOfByte;
  if (std::memcmp(a.bytes.data(), b.bytes.data(), static_cast<size_t>(whole)) != 0) return false;
  const int rest = bits % kBitsOfByte;
  if (rest == 0) return true;
  const auto at = static_cast<size_t>(whole);
  const int mask = 0xff << (kBitsOfByte - rest);
  return ((a.bytes[at] ^ b.bytes[at]) & mask) == 0;
}

// nullopt: the text is no address.
std::optional<bool> IsIn(const Address& client, std::string_view network_text) {
  const size_t slash = network_text.find('/');
  if (slash == std::string_view::npos) {
    if (const auto address = ParseAddress(network_text)) {
      return SharesBits(client, *address, address->bits());
    }
    int bits = 0;
    const auto network = ParseBeginning(network_text, bits);
    return network ? std::optional(SharesBits(client, *network, bits)) : std::nullopt;
  }
  const auto network = ParseAddress(network_text.substr(0, slash));
  if (!network) return std::nullopt;
  const auto bits = ParseBits(network_text.substr(slash + 1), *network);
  return bits ? std::optional(SharesBits(client, *network, *bits)) : std::nullopt;
}

std::optional<Address> AddressOf(const Client& client) {
  constexpr std::string_view kIPv4InIPv6 = "::ffff:";
  std::string_view text = client.address;
  if (text.starts_with(kIPv4InIPv6)) text.remove_prefix(kIPv4InIPv6.size());
  return ParseAddress(text);
}

Verdict JudgeAddress(const std::vector<std::string>& networks, const Client& client) {
  const auto address = AddressOf(client);
  if (!address) return Verdict::Unknown;
  for (const std::string& network : networks) {
    const auto is_in = IsIn(*address, network);
    if (!is_in) return Verdict::Unknown;
    if (*is_in) return Verdict::Granted;
  }
  return Verdict::Denied;
}

Verdict JudgeLocal(const Client& client) {
  if (client.address == client.local_address) return Verdict::Granted;
  return JudgeAddress({"127.0.0.0/8", "::1"}, client);
}

Verdict JudgeDemand(const Demand& demand, const Client& client);

// One that grants suffices; without any, one that denies or is neutral leaves it at that.
Verdict JudgeAnyOf(const std::vector<Demand>& demands, const Client& client) {
  Verdict verdict = Verdict::Neutral;
  for (const Demand& demand : demands) {
    const Verdict one = JudgeDemand(demand, client);
    if (one == Verdict::Granted) return one;
    if (one == Verdict::Unknown) verdict = one;
    if (one == Verdict::Denied && verdict == Verdict::Neutral) verdict = one;
  }
  return verdict;
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
      return client.has_variable && std::ranges::any_of(demand.arguments, client.has_variable)
                 ? Verdict::Granted
                 : Verdict::Denied;
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
  std::vector<Demand> present;
  for (const Demand& demand : demands) {
    const bool is_named =
        std::ranges::find(demand.arguments, client.method) != demand.arguments.end();
    if (demand.kind == Demand::Kind::Limit && !is_named) continue;
    if (demand.kind == Demand::Kind::LimitExcept && is_named) continue;
    present.push_back(demand);
  }
  if (present.empty() && !demands.empty()) return Verdict::Granted;
  return JudgeAnyOf(present, client);
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

std::string AsWritten(const Access& access) {
  if (!access.old) return Text(access.demand);
  const std::string old = OldText(*access.old);
  return access.demand.inner.empty() ? old : Text(access.demand) + " and " + old;
}

}  // namespace hosts::deployment
