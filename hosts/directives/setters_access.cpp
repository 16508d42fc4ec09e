#include <algorithm>
#include <array>
#include <utility>

#include "hosts/base/letters.h"
#include "hosts/directives/language.h"
#include "hosts/directives/setters.h"

namespace hosts::directives {
namespace {

using base::Result;
using deployment::Access;
using deployment::Demand;
using expressions::Expression;

// As it was in the text of an expression.
std::string Requoted(const Word& word) {
  if (word.quoting != Word::Quoting::Whole) return word.text;
  const char quote = word.text.find('\'') == std::string::npos ? '\'' : '"';
  return quote + word.text + quote;
}

struct DemandName {
  std::string_view name;
  Demand::Kind kind;
};

constexpr std::array<DemandName, 4> kDemands = {{{"local", Demand::Kind::Local},
                                                 {"env", Demand::Kind::Variable},
                                                 {"ip", Demand::Kind::Address},
                                                 {"method", Demand::Kind::Method}}};

// The words behind Require expr, put together again: one in quotes is the whole expression.
Word ExpressionOf(const std::vector<Word>& words, size_t first) {
  Word whole = words[first];
  for (size_t i = first + 1; i < words.size(); ++i) {
    if (i == first + 1) whole.text = Requoted(words[first]);
    whole.text += ' ';
    whole.text += Requoted(words[i]);
  }
  return whole;
}

// What only other modules can judge stays their demand.
Result<Demand> ReadExpressionDemand(Demand demand, const Word& word, Scope& scope) {
  const Result<Expression> expression = ReadExpression(word, scope);
  if (!expression) return expression.error();
  if (expression->foreign().empty()) {
    demand.kind = Demand::Kind::Expression;
    demand.expression = *expression;
    return demand;
  }
  demand.kind = Demand::Kind::Foreign;
  demand.arguments = {"expr", word.text};
  return demand;
}

// The words behind Require.
Result<Demand> ReadDemand(const Directive& directive, Scope& scope) {
  Demand demand;
  size_t next = 0;
  const auto& words = directive.arguments;
  if (SameLetters(words[0].text, "not")) {
    demand.is_negated = true;
    if (words.size() == 1) return Refuse(words[0], "Require not: write what must not be");
    ++next;
  }
  const std::string& what = words[next].text;
  for (size_t i = next + 1; i < words.size(); ++i)
    demand.arguments.push_back(words[i].text);
  if (SameLetters(what, "expr")) {
    if (next + 1 == words.size()) {
      return Refuse(words[next], "Require expr: write the expression behind it");
    }
    return ReadExpressionDemand(std::move(demand), ExpressionOf(words, next + 1), scope);
  }
  if (SameLetters(what, "all")) {
    const std::string how = demand.arguments.empty() ? std::string() : demand.arguments.front();
    if (!SameLetters(how, "granted") && !SameLetters(how, "denied")) {
      const Word& wrong = words[std::min(next + 1, words.size() - 1)];
      return Refuse(wrong, "Require all: write granted or denied behind it");
    }
    demand.kind = SameLetters(how, "granted") ? Demand::Kind::AllGranted : Demand::Kind::AllDenied;
    return demand;
  }
  const auto known = std::ranges::find_if(
      kDemands, [&what](const DemandName& one) { return SameLetters(one.name, what); });
  if (known != kDemands.end()) {
    demand.kind = known->kind;
    return demand;
  }
  demand.kind = Demand::Kind::Foreign;
  demand.arguments.insert(demand.arguments.begin(), what);
  return demand;
}

std::optional<Demand::Kind> ContainerOf(std::string_view name) {
  if (SameLetters(name, "RequireAll")) return Demand::Kind::AllOf;
  if (SameLetters(name, "RequireAny")) return Demand::Kind::AnyOf;
  if (SameLetters(name, "RequireNone")) return Demand::Kind::NoneOf;
  if (SameLetters(name, "Limit")) return Demand::Kind::Limit;
  if (SameLetters(name, "LimitExcept")) return Demand::Kind::LimitExcept;
  return std::nullopt;
}

Result<Demand> ReadContainer(const Directive& directive, Scope& scope) {
  Demand container;
  container.kind = ContainerOf(directive.name.text).value();
  for (const Word& word : directive.arguments)
    container.arguments.push_back(word.text);
  for (const Directive& inner : directive.body) {
    Result<Demand> demand = Demand{};
    if (inner.is_section && ContainerOf(inner.name.text)) {
      demand = ReadContainer(inner, scope);
    } else if (!inner.is_section && SameLetters(inner.name.text, "Require") &&
               !inner.arguments.empty()) {
      demand = ReadDemand(inner, scope);
    } else {
      return Refuse(inner.name,
                    "{} may not stand in <{}>: write Require lines there",
                    Shown(inner.name.text),
                    directive.name.text);
    }
    if (!demand) return demand.error();
    container.inner.push_back(*std::move(demand));
  }
  return container;
}

Result<void> AddDemand(Demand demand, const Directive& directive, Scope& scope) {
  Setting<Access>& access = scope.path().access;
  if (!access) access = Written<Access>{{}, OriginOf(directive.name)};
  auto& demands = access->value.demand.inner;
  if (const auto room = CheckRoom(demands, directive); !room) return room.error();
  demands.push_back(std::move(demand));
  return {};
}

}  // namespace

Result<void> SetRequire(const Directive& directive, Scope& scope) {
  Result<Demand> demand = ReadDemand(directive, scope);
  if (!demand) return demand.error();
  return AddDemand(*std::move(demand), directive, scope);
}

Result<void> ReadRequireSection(const Directive& directive, Scope& scope) {
  Result<Demand> demand = ReadContainer(directive, scope);
  if (!demand) return demand.error();
  return AddDemand(*std::move(demand), directive, scope);
}

// Order, Allow, Deny of Apache 2.2. Names of hosts are not looked up: not judged.
Result<void> SetOldAccess(const Directive& directive, Scope& scope) {
  const auto& words = directive.arguments;
  const std::string_view name = directive.name.text;
  if (SameLetters(name, "Satisfy")) return {};
  Setting<Access>& access = scope.path().access;
  if (!access) access = Written<Access>{{}, OriginOf(directive.name)};
  auto& old = access->value.old;
  if (!old) old.emplace();
  if (SameLetters(name, "Order")) {
    const bool denies_last = SameLetters(words[0].text, "allow,deny");
    if (!denies_last && !SameLetters(words[0].text, "deny,allow")) {
      return Refuse(words[0],
                    "{} is no order: write deny,allow or allow,deny, without a blank",
                    Shown(words[0].text));
    }
    old->allows_by_default = !denies_last;
    return {};
  }
  if (words.size() < 2 || !SameLetters(words[0].text, "from")) {
    return Refuse(
        directive.name, "{0} has no from: write {0} from all, or {0} from ADDRESS ...", name);
  }
  auto& demands = SameLetters(name, "Allow") ? old->allowed : old->denied;
  for (size_t i = 1; i < words.size(); ++i) {
    if (SameLetters(words[i].text, "all")) {
      demands.push_back({.kind = Demand::Kind::AllGranted});
    } else if (words[i].text.starts_with("env=")) {
      demands.push_back({.kind = Demand::Kind::Variable, .arguments = {words[i].text.substr(4)}});
    } else {
      demands.push_back({.kind = Demand::Kind::Address, .arguments = {words[i].text}});
    }
  }
  return {};
}

}  // namespace hosts::directives
