#include "reports/gate/relative.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "reports/gate/judge.h"

namespace reports::gate {

namespace {

using statistics::Comparison;
using statistics::PairedSeries;
using statistics::Verdict;

struct Place {
  std::size_t rule = 0;
  std::string where;
};

// Every comparison that is asked for: where, and the values.
struct Family {
  std::vector<Place> places;
  std::vector<PairedSeries> series;

  void Add(std::size_t rule, const Expression& expression, PairedAt pairs) {
    places.push_back({rule, std::move(pairs.where)});
    series.push_back({.base = std::move(pairs.base),
                      .candidate = std::move(pairs.candidate),
                      .margin = expression.Margin(),
                      .worse = expression.quantity.aggregate->worse,
                      .again = std::move(pairs.again)});
  }
};

template <typename Wanted>
Family Gather(std::span<const Rule> rules, const PairedValues& values, Wanted is_wanted) {
  Family family;
  if (!values) return family;
  for (std::size_t rule = 0; rule < rules.size(); ++rule) {
    const Expression& expression = rules[rule].expression;
    if (!expression.is_relative) continue;
    for (PairedAt& pairs : values(expression.quantity)) {
      if (!Fits(pairs.labels, expression.selectors) || !is_wanted(rule, pairs.where)) continue;
      family.Add(rule, expression, std::move(pairs));
    }
  }
  return family;
}

}  // namespace

std::vector<std::vector<RelativeFinding>> CompareRelative(std::span<const Rule> rules,
                                                          const Inputs& inputs) {
  std::vector<std::vector<RelativeFinding>> found(rules.size());
  const auto all = [](std::size_t, const std::string&) { return true; };
  const Family first = Gather(rules, inputs.pairs, all);
  const auto compared = statistics::CompareFamily(first.series, inputs.alpha);
  for (std::size_t i = 0; i < compared.size(); ++i)
    found[first.places[i].rule].push_back({first.places[i].where, compared[i], std::nullopt});

  const auto finding_at = [&](std::size_t rule, const std::string& where) {
    return std::ranges::find(found[rule], where, &RelativeFinding::where);
  };
  const auto regressed = [&](std::size_t rule, const std::string& where) {
    const auto finding = finding_at(rule, where);
    return finding != found[rule].end() && finding->comparison &&
           finding->comparison->verdict == Verdict::Regressed;
  };
  const Family second = Gather(rules, inputs.confirmation, regressed);
  const auto confirmed = statistics::CompareFamily(
      second.series, std::max(inputs.alpha, statistics::kConfirmingAlpha));
  for (std::size_t i = 0; i < confirmed.size(); ++i)
    finding_at(second.places[i].rule, second.places[i].where)->confirmation = confirmed[i];
  return found;
}

}  // namespace reports::gate
