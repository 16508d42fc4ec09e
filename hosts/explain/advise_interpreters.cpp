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

void AdviseOnSkipped(const AdviceContext& context,
                     const std::string& application_group,
                     const deployment::InterpreterChoices& choices) {
  if (choices.goes_without_its_own_gil) {
    context.Add({.id = "own-gil-where-there-is-none",
                 .weight = Advice::Weight::Warning,
                 .rule = "GIL-9",
                 .text = fmt::format("WSGIPerInterpreterGIL On for the interpreter '{}' is "
                                     "ignored: WSGIFreeThreading On leaves its process no GIL, "
                                     "and its interpreters run side by side",
                                     application_group),
                 .write = {},
                 .evidence = {choices.own_gil->origin}});
  }
  if (choices.own_switch_interval) {
    context.Add({.id = "interval-of-one-interpreter",
                 .weight = Advice::Weight::Warning,
                 .rule = "GIL-22",
                 .text = fmt::format("WSGISwitchInterval for the interpreter '{}' is skipped: "
                                     "WSGIFreeThreading On leaves its process no GIL",
                                     application_group),
                 .write = {},
                 .evidence = {choices.own_switch_interval->origin}});
  }
}

void AdviseOnGil(const AdviceContext& context, const UrlExplanation& explained) {
  if (explained.script.empty()) return;
  const auto& route = explained.routing.route;
  const auto choices =
      deployment::ChoicesFor(context.deployment, {route.process_group, route.application_group});
  if (choices.gil == deployment::GilKind::None) {
    return AdviseOnSkipped(context, route.application_group, choices);
  }
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
    AdviseOnGil(context, explained);
}

}  // namespace hosts::explain
