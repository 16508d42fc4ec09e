#include "hosts/deployment/forwarded.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "hosts/base/letters.h"
#include "hosts/base/numbers.h"

namespace hosts::deployment {
namespace {

using base::SameLetters;

enum class Kind { Client, Host, ServerName, Port, ScriptName, Scheme };

struct KnownHeader {
  std::string_view name;
  Kind kind;
};

constexpr std::string_view kForwardedFor = "X-Forwarded-For";
constexpr KnownHeader kHeaders[] = {{kForwardedFor, Kind::Client},
                                    {"X-Client-IP", Kind::Client},
                                    {"X-Real-IP", Kind::Client},
                                    {"X-Forwarded-Host", Kind::Host},
                                    {"X-Host", Kind::Host},
                                    {"X-Forwarded-Server", Kind::ServerName},
                                    {"X-Forwarded-Port", Kind::Port},
                                    {"X-Script-Name", Kind::ScriptName},
                                    {"X-Forwarded-Script-Name", Kind::ScriptName},
                                    {"X-Forwarded-Proto", Kind::Scheme},
                                    {"X-Forwarded-Scheme", Kind::Scheme},
                                    {"X-Scheme", Kind::Scheme},
                                    {"X-Forwarded-HTTPS", Kind::Scheme},
                                    {"X-Forwarded-SSL", Kind::Scheme},
                                    {"X-HTTPS", Kind::Scheme}};

const KnownHeader* Find(std::string_view name) {
  const auto* const found = std::ranges::find_if(
      kHeaders, [name](const KnownHeader& known) { return SameLetters(known.name, name); });
  return found == std::end(kHeaders) ? nullptr : found;
}

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

std::vector<std::string_view> ListOf(std::string_view text) {
  std::vector<std::string_view> entries;
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    const auto entry = Trimmed(text.substr(0, comma));
    if (!entry.empty()) entries.push_back(entry);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return entries;
}

std::optional<bool> IsHttps(std::string_view text) {
  for (const std::string_view yes : {"https", "on", "true", "1"}) {
    if (SameLetters(text, yes)) return true;
  }
  for (const std::string_view no : {"http", "off", "false", "0"}) {
    if (SameLetters(text, no)) return false;
  }
  return std::nullopt;
}

std::optional<int> PortOf(std::string_view text) {
  constexpr int kLastPort = 65535;
  const auto port = base::ParseWhole<int>(text);
  return port && *port > 0 && *port <= kLastPort ? port : std::nullopt;
}

class HeaderJudge {
 public:
  HeaderJudge(const EffectiveSettings& settings, const LookupHeader& header)
      : named_(settings.trusted_proxy_headers->value),
        proxies_(settings.trusted_proxies == nullptr ? nullptr
                                                     : &settings.trusted_proxies->value.networks),
        header_(header) {}

  Forwarded Run(std::string_view peer_address) {
    const bool is_believed = proxies_ == nullptr || IsTrusted(peer_address);
    for (const Kind kind :
         {Kind::Client, Kind::Host, Kind::ServerName, Kind::Port, Kind::ScriptName, Kind::Scheme}) {
      if (!IsNamed(kind)) continue;
      const KnownHeader* decides = is_believed ? LastThatIsThere(kind) : nullptr;
      if (decides != nullptr) Take(*decides, *header_(decides->name));
      for (const KnownHeader& known : kHeaders) {
        if (known.kind == kind && &known != decides) result_.hidden.push_back(known.name);
      }
    }
    return std::move(result_);
  }

 private:
  [[nodiscard]] bool IsTrusted(std::string_view text) const {
    const auto address = base::IpAddress::Parse(text);
    return address && std::ranges::any_of(*proxies_, [&](const base::Network& network) {
             return network.Contains(*address);
           });
  }

  [[nodiscard]] bool IsNamed(Kind kind) const {
    return std::ranges::any_of(named_, [kind](const std::string& name) {
      const KnownHeader* known = Find(name);
      return known != nullptr && known->kind == kind;
    });
  }

  // Of those that the configuration names the one it names last.
  [[nodiscard]] const KnownHeader* LastThatIsThere(Kind kind) const {
    for (auto name = named_.rbegin(); name != named_.rend(); ++name) {
      const KnownHeader* known = Find(*name);
      if (known != nullptr && known->kind == kind && header_(known->name)) return known;
    }
    return nullptr;
  }

  void Take(const KnownHeader& known, const std::string& value) {
    const std::string text(Trimmed(value));
    if (known.kind == Kind::ScriptName) result_.script_name = text;
    if (text.empty()) return;
    switch (known.kind) {
      case Kind::Client:
        if (known.name == kForwardedFor) return TakeForwardedFor(text);
        result_.client_address = text;
        return;
      case Kind::Host:
        result_.host = text;
        return;
      case Kind::ServerName:
        result_.server_name = text;
        return;
      case Kind::Port:
        result_.server_port = PortOf(text);
        return;
      case Kind::ScriptName:
        return;
      case Kind::Scheme:
        result_.is_https = IsHttps(text);
        return;
    }
  }

  // ENV-42: each proxy appended who asked it. From the right, the first that is no proxy of ours is
  // the last whose word we have.
  void TakeForwardedFor(std::string_view text) {
    const auto entries = ListOf(text);
    if (entries.empty()) return;
    if (proxies_ == nullptr) {
      result_.client_address = entries.front();
      return;
    }
    size_t client = entries.size() - 1;
    while (client > 0 && IsTrusted(entries[client]))
      --client;
    result_.client_address = entries[client];
    result_.forwarded_for = fmt::format(
        "{}",
        fmt::join(entries.begin() + static_cast<std::ptrdiff_t>(client), entries.end(), ", "));
  }

  const std::vector<std::string>& named_;
  const std::vector<base::Network>* proxies_;  // null: everybody is trusted
  const LookupHeader& header_;
  Forwarded result_;
};

}  // namespace

std::optional<Forwarded> JudgeForwarded(const EffectiveSettings& settings,
                                        std::string_view peer_address,
                                        const LookupHeader& header) {
  if (settings.trusted_proxy_headers == nullptr) return std::nullopt;
  return HeaderJudge(settings, header).Run(peer_address);
}

std::vector<std::string_view> ForwardedHeaders() {
  std::vector<std::string_view> names;
  for (const KnownHeader& known : kHeaders)
    names.push_back(known.name);
  return names;
}

}  // namespace hosts::deployment
