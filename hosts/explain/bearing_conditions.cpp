#include "hosts/explain/bearing_conditions.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "hosts/base/letters.h"

namespace hosts::explain {

namespace {

using deployment::Demand;
using deployment::Origin;
using deployment::Route;

struct Asked {
  const expressions::Expression* expression;
  Origin origin;
};

void AddExpressions(const Demand& demand, const Origin& origin, std::vector<Asked>& asked) {
  if (demand.expression) asked.push_back({&*demand.expression, origin});
  for (const Demand& inner : demand.inner)
    AddExpressions(inner, origin, asked);
}

void AddExpressions(const deployment::Section& section, std::vector<Asked>& asked) {
  for (const auto& condition : section.conditions) {
    if (condition.branch != nullptr && condition.branch->expression) {
      asked.push_back({&*condition.branch->expression, section.origin});
    }
  }
}

// Of <If>, SetEnvIfExpr and Require expr.
std::vector<Asked> ExpressionsOf(const Route& route) {
  std::vector<Asked> asked;
  const auto* access = route.merged.effective.access;
  if (access != nullptr) AddExpressions(access->value.demand, access->origin, asked);
  for (const auto* section : route.merged.not_judged)
    AddExpressions(*section, asked);
  for (const auto& judged : route.merged.judged)
    AddExpressions(*judged.section, asked);
  for (const auto* change : route.merged.effective.variables) {
    if (change->expression) asked.push_back({&*change->expression, change->origin});
  }
  return asked;
}

template <typename Fits>
Evidence OfConditions(const ExplainedSite& site, const Fits& fits) {
  Evidence evidence;
  for (const UrlExplanation& url : site.urls) {
    for (const Asked& asked : ExpressionsOf(url.routing.route)) {
      if (fits(*asked.expression)) Take(evidence, asked.origin);
    }
  }
  return evidence;
}

bool Contains(const expressions::Expression& expression,
              std::initializer_list<std::string_view> parts) {
  const std::string text = base::Lowered(expression.text());
  return std::ranges::any_of(
      parts, [&text](std::string_view part) { return text.find(part) != std::string::npos; });
}

bool AsksForAddress(const expressions::Expression& expression) {
  return Contains(expression, {"-ipmatch", "-r "});
}

bool AsksForHeader(const expressions::Expression& expression) {
  return Contains(expression, {"%{http_", "%{http:", "%{req:", "http(", "req("});
}

bool HasExpression(const Demand& demand) {
  return demand.expression.has_value() ||
         (demand.kind == Demand::Kind::Foreign && demand.arguments.front() == "expr") ||
         std::ranges::any_of(demand.inner, HasExpression);
}

}  // namespace

void Take(Evidence& evidence, const Origin& origin) {
  if (!evidence) evidence.emplace();
  if (origin.line == 0) return;
  const auto is_same = [&origin](const Origin& other) {
    return other.line == origin.line && other.file == origin.file;
  };
  if (std::ranges::none_of(*evidence, is_same)) evidence->push_back(origin);
}

// In .htaccess files the sections tell, else what is not obeyed, as it is called there.
Evidence OfForeignConditions(const ExplainedSite& site) {
  Evidence evidence;
  for (const auto& option : site.deployment.not_obeyed) {
    if (option.name.starts_with("the expression with ")) Take(evidence, option.origin);
  }
  for (const UrlExplanation& url : site.urls) {
    for (const auto* section : url.routing.route.merged.not_judged)
      Take(evidence, section->origin);
  }
  return evidence;
}

Evidence OfAddressConditions(const ExplainedSite& site) {
  return OfConditions(site, AsksForAddress);
}

Evidence OfHeaderConditions(const ExplainedSite& site) {
  return OfConditions(site, AsksForHeader);
}

Evidence OfRequireExpressions(const ExplainedSite& site) {
  Evidence evidence;
  for (const UrlExplanation& url : site.urls) {
    const auto* access = url.routing.route.merged.effective.access;
    if (access != nullptr && HasExpression(access->value.demand)) Take(evidence, access->origin);
  }
  return evidence;
}

}  // namespace hosts::explain
