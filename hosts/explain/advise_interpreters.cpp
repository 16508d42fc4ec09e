#include <fmt/format.h>

#include "hosts/explain/advise.h"

namespace hosts::explain {

namespace {

using Kind = deployment::UngrantedWish::Kind;

void AdviseOnWishes(const AdviceContext& context) {
  for (const auto& wish : deployment::UngrantedWishes(context.deployment)) {
    context.Add({.id = wish.kind == Kind::OwnGil          ? "own-gil-not-granted"
                       : wish.kind == Kind::FreeThreading ? "free-threading-not-granted"
                                                          : "free-threading-of-one-interpreter",
                 .weight = Advice::Weight::Warning,
                 .rule = std::string(wish.rule),
                 .text = std::string(wish.text),
                 .write = {},
                 .evidence = {wish.origin}});
  }
}

void AdviseOnInterval(const AdviceContext& context, const UrlExplanation& explained) {
  if (explained.script.empty()) return;
  const auto& route = explained.routing.route;
  const auto choices =
      deployment::ChoicesFor(context.deployment, {route.process_group, route.application_group});
  const bool has_own_gil = choices.gil == deployment::GilKind::Own;
  if (has_own_gil || !choices.own_switch_interval) return;
  context.Add({.id = "interval-of-one-interpreter",
               .weight = Advice::Weight::Warning,
               .rule = "GIL-22",
               .text = fmt::format("WSGISwitchInterval for the interpreter '{}' is skipped: it "
                                   "shares the GIL of its process, which has one interval; leave "
                                   "application-group= out, and it holds for the process",
                                   route.application_group),
               .write = {},
               .evidence = {choices.own_switch_interval->origin}});
}

}  // namespace

void AdviseOnInterpreters(const AdviceContext& context) {
  AdviseOnWishes(context);
  for (const UrlExplanation& explained : context.mounts)
    AdviseOnInterval(context, explained);
}

}  // namespace hosts::explain
