#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "hosts/deployment/forwarded.h"
#include "hosts/explain/advise.h"
#include "hosts/language/names.h"

namespace hosts::explain {

namespace {

using deployment::EffectiveSettings;

// ENV-40: nobody said whom to believe, so that it is everybody.
void AdviseWhomToBelieve(const AdviceContext& context, const EffectiveSettings& settings) {
  if (settings.trusted_proxy_headers == nullptr || settings.trusted_proxies != nullptr) return;
  context.Add({.id = "proxies-not-named",
               .weight = Advice::Weight::Mistake,
               .rule = "CFG-26 ENV-40",
               .text = fmt::format("{} is believed whoever sends it: any client can make the "
                                   "application take it for another; name the proxies that may",
                                   fmt::join(settings.trusted_proxy_headers->value, ", ")),
               .write = "WSGITrustedProxies 127.0.0.1",
               .evidence = {settings.trusted_proxy_headers->origin}});
}

void AdviseWhatToBelieve(const AdviceContext& context, const EffectiveSettings& settings) {
  if (settings.trusted_proxies == nullptr || settings.trusted_proxy_headers != nullptr) return;
  context.Add(
      {.id = "proxy-headers-not-named",
       .weight = Advice::Weight::Warning,
       .rule = "CFG-27 ENV-40",
       .text = "WSGITrustedProxies alone does nothing: the headers to believe must be named",
       .write = "WSGITrustedProxyHeaders X-Forwarded-For X-Forwarded-Proto",
       .evidence = {settings.trusted_proxies->origin}});
}

void AdviseUnknownHeaders(const AdviceContext& context, const EffectiveSettings& settings) {
  if (settings.trusted_proxy_headers == nullptr) return;
  const auto known = deployment::ForwardedHeaders();
  for (const std::string& name : settings.trusted_proxy_headers->value) {
    const bool is_known = std::ranges::any_of(
        known, [&name](std::string_view one) { return language::SameLetters(one, name); });
    if (is_known) continue;
    const auto meant = language::NearestName(name, known);
    context.Add({.id = "proxy-header-unknown",
                 .weight = Advice::Weight::Warning,
                 .rule = "CFG-27 ENV-41",
                 .text = fmt::format("{} is no header that is understood{}; there are {}",
                                     name,
                                     meant ? fmt::format(", did you mean {}?", *meant) : "",
                                     fmt::join(known, ", ")),
                 .write = {},
                 .evidence = {settings.trusted_proxy_headers->origin}});
  }
}

}  // namespace

void AdviseOnProxies(const AdviceContext& context) {
  for (const UrlExplanation& explained : context.mounts) {
    const EffectiveSettings& settings = explained.routing.route.merged.effective;
    AdviseWhomToBelieve(context, settings);
    AdviseWhatToBelieve(context, settings);
    AdviseUnknownHeaders(context, settings);
  }
}

}  // namespace hosts::explain
