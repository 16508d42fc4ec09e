#include "hosts/command/believe_proxies.h"

#include <algorithm>
#include <utility>

#include "hosts/base/letters.h"
#include "hosts/deployment/forwarded.h"

namespace hosts::command {

namespace {

using base::SameLetters;
using exchange::HeaderField;

std::optional<std::string> HeaderOf(const exchange::RequestHead& head, std::string_view name) {
  std::optional<std::string> joined;
  for (const HeaderField& field : head.headers) {
    if (!SameLetters(field.name, name)) continue;
    if (joined) {
      *joined += ", ";
      *joined += field.value;
    } else {
      joined = field.value;
    }
  }
  return joined;
}

class Rewriting {
 public:
  Rewriting(exchange::RequestHead& head, serving::Decision& decision)
      : head_(head), decision_(decision) {}

  void Take(deployment::Forwarded forwarded) {
    std::erase_if(head_.headers, [&forwarded](const HeaderField& field) {
      return std::ranges::any_of(forwarded.hidden, [&field](std::string_view hidden) {
        return SameLetters(hidden, field.name);
      });
    });
    if (forwarded.client_address) head_.remote_address = Keep(std::move(*forwarded.client_address));
    if (forwarded.forwarded_for) Replace("X-Forwarded-For", std::move(*forwarded.forwarded_for));
    if (forwarded.host) Replace("Host", std::move(*forwarded.host));
    if (forwarded.server_name) head_.host_name = Keep(std::move(*forwarded.server_name));
    if (forwarded.server_port) head_.host_port = *forwarded.server_port;
    if (forwarded.script_name) {
      head_.forwarded_script_name = Keep(std::move(*forwarded.script_name));
    }
    if (forwarded.is_https) TakeScheme(*forwarded.is_https);
  }

 private:
  std::string_view Keep(std::string text) {
    return decision_.more_text.emplace_back(std::move(text));
  }

  void Replace(std::string_view name, std::string value) {
    std::erase_if(head_.headers,
                  [name](const HeaderField& field) { return SameLetters(field.name, name); });
    head_.headers.push_back({name, Keep(std::move(value))});
  }

  // ENV-43: it beats SetEnv HTTPS.
  void TakeScheme(bool is_https) {
    std::erase_if(head_.variables, [](const HeaderField& field) { return field.name == "HTTPS"; });
    if (is_https) head_.variables.push_back({"HTTPS", "on"});
  }

  exchange::RequestHead& head_;
  serving::Decision& decision_;
};

}  // namespace

void BelieveProxies(const deployment::EffectiveSettings& settings,
                    exchange::RequestHead& head,
                    serving::Decision& decision) {
  auto forwarded =
      deployment::JudgeForwarded(settings, head.remote_address, [&head](std::string_view name) {
        return HeaderOf(head, name);
      });
  if (!forwarded) return;
  decision.as_received = head;
  Rewriting(head, decision).Take(*std::move(forwarded));
}

}  // namespace hosts::command
