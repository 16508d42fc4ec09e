#include "reports/gate/expression.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "hosts/base/letters.h"
#include "hosts/base/nearest_name.h"
#include "reports/gate/sense.h"

namespace reports::gate {

namespace base = hosts::base;
using base::Error;
using base::ErrorKind;
using base::Result;

namespace {

constexpr std::array<std::string_view, 6> kOperators{"<", "<=", ">", ">=", "==", "!="};

bool IsBlank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
bool IsOfWord(char c) {
  return (base::Lower(c) >= 'a' && base::Lower(c) <= 'z') || IsDigit(c) || c == '_';
}

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && IsBlank(text.back()))
    text.remove_suffix(1);
  return text;
}

// "unknown metric latncy: did you mean latency?", or all that there are.
std::string Unknown(std::string_view what,
                    std::string_view written,
                    const std::vector<std::string_view>& known) {
  if (const auto nearest = base::NearestName(written, known)) {
    return fmt::format("unknown {} {}: did you mean {}?", what, written, *nearest);
  }
  return fmt::format("unknown {} {}: there are {}", what, written, fmt::join(known, ", "));
}

template <typename List>
std::vector<std::string_view> NamesOf(const List& list) {
  std::vector<std::string_view> names;
  for (const auto& one : list)
    names.push_back(one.name);
  return names;
}

std::vector<std::string_view> AggregatesOf(const Metric& metric) {
  auto names = NamesOf(metric.aggregates);
  if (metric.percentiles != Percentiles::None) names.insert(names.begin(), {"p(50)", "p(99)"});
  return names;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) { expression_.text = Trimmed(text); }

  Result<Expression> Parse() {
    for (auto step : {&Parser::Metric,
                      &Parser::Selectors,
                      &Parser::Aggregate,
                      &Parser::Comparison,
                      &Parser::Limit,
                      &Parser::Sense}) {
      if (auto done = (this->*step)(); !done) return done.error();
    }
    return expression_;
  }

 private:
  // ---- Letters.

  void SkipBlanks() {
    while (at_ < text_.size() && IsBlank(text_[at_]))
      ++at_;
  }
  bool Take(std::string_view token) {
    SkipBlanks();
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }
  std::string_view Word() {
    SkipBlanks();
    start_ = at_;
    while (at_ < text_.size() && IsOfWord(text_[at_]))
      ++at_;
    return text_.substr(start_, at_ - start_);
  }
  std::optional<double> Number() {
    SkipBlanks();
    start_ = at_;
    double number = 0;
    const char* end = text_.data() + text_.size();
    const auto [stopped, error] = std::from_chars(text_.data() + at_, end, number);
    if (error != std::errc() || !std::isfinite(number)) return std::nullopt;
    at_ = static_cast<std::size_t>(stopped - text_.data());
    return number;
  }
  // What stands here, for an error: a word, or what else there is up to a blank.
  std::string Here() {
    SkipBlanks();
    start_ = at_;
    if (at_ >= text_.size()) return "the end";
    std::size_t end = at_ + 1;
    while (end < text_.size() && IsOfWord(text_[at_]) && IsOfWord(text_[end]))
      ++end;
    return fmt::format("'{}'", text_.substr(at_, end - at_));
  }

  [[nodiscard]] Error WrongAt(std::size_t at, std::string message) const {
    return {ErrorKind::InvalidInput,
            std::move(message),
            base::SourcePosition{"", 1, static_cast<int>(at) + 1}};
  }
  Error Missing(std::string_view wanted) {
    const std::string here = Here();
    return WrongAt(start_, fmt::format("{} stands where {}", here, wanted));
  }

  // ---- The parts of an expression.

  Result<void> Metric() {
    const std::string_view name = Word();
    if (name.empty()) return Missing("a metric is wanted, such as latency");
    expression_.quantity.metric = FindMetric(name);
    if (expression_.quantity.metric == nullptr) {
      return WrongAt(start_, Unknown("metric", name, NamesOf(Metrics())));
    }
    return {};
  }

  Result<void> Selectors() {
    if (!Take("{")) return {};
    do {
      if (auto one = OneSelector(); !one) return one.error();
    } while (Take(","));
    if (!Take("}")) return Missing("a comma or } is wanted");
    return {};
  }

  Result<void> OneSelector() {
    const std::string label(Word());
    if (label.empty()) return Missing("a label is wanted, such as app=django_accounts");
    const auto& labels = expression_.quantity.metric->labels;
    if (std::ranges::find(labels, label) == labels.end()) {
      const std::string what = fmt::format("label of {}", expression_.quantity.metric->name);
      return WrongAt(start_, Unknown(what, label, {labels.begin(), labels.end()}));
    }
    for (const Selector& other : expression_.selectors) {
      if (other.label == label)
        return WrongAt(start_, fmt::format("{} is named twice: write one pattern for it", label));
    }
    if (!Take("=")) return Missing("= is wanted");
    SkipBlanks();
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '}')
      ++at_;
    const std::string_view pattern = Trimmed(text_.substr(begin, at_ - begin));
    if (pattern.empty()) return Missing("a value or a pattern with * is wanted");
    expression_.selectors.push_back({label, std::string(pattern)});
    return {};
  }

  Result<void> Aggregate() {
    if (!Take(":")) return Missing("a colon is wanted, and behind it what of the metric");
    const gate::Metric& metric = *expression_.quantity.metric;
    const std::string_view name = Word();
    const std::size_t begin = start_;
    if (name.empty()) {
      return Missing(fmt::format("one of {} is wanted", fmt::join(AggregatesOf(metric), ", ")));
    }
    if (name == "p" && metric.percentiles != Percentiles::None) return Percentile(begin);
    expression_.quantity.aggregate = FindAggregate(metric, name);
    if (expression_.quantity.aggregate == nullptr) {
      const std::string what = fmt::format("aggregate of {}", metric.name);
      return WrongAt(begin, Unknown(what, name, AggregatesOf(metric)));
    }
    return {};
  }

  Result<void> Percentile(std::size_t begin) {
    if (!Take("(")) return Missing("( is wanted, as in p(99)");
    const auto percent = Number();
    if (!percent) return Missing("the number of a percentile is wanted, as in p(99)");
    if (!Take(")")) return Missing(") is wanted");
    if (*percent <= 0 || *percent >= 100) {
      return WrongAt(begin, "a percentile lies between 0 and 100: write min or max for the ends");
    }
    const bool is_one_of_four =
        *percent == 50 || *percent == 90 || *percent == 99 || *percent == 99.9;
    if (expression_.quantity.metric->percentiles == Percentiles::Four && !is_one_of_four) {
      return WrongAt(begin,
                     fmt::format("{} has p(50), p(90), p(99) and p(99.9), and no other percentile",
                                 expression_.quantity.metric->name));
    }
    expression_.quantity.aggregate = &PercentileAggregate();
    expression_.quantity.percentile = *percent / 100;
    return {};
  }

  Result<void> Comparison() {
    for (const Operator op : {Operator::AtMost,
                              Operator::AtLeast,
                              Operator::Equal,
                              Operator::NotEqual,
                              Operator::Less,
                              Operator::More}) {  // the long ones first
      if (!Take(Name(op))) continue;
      expression_.op = op;
      return {};
    }
    return Missing("a comparison is wanted: <, <=, >, >=, == or !=");
  }

  Result<void> Limit() {
    SkipBlanks();
    limit_at_ = at_;
    const auto number = Number();
    if (!number) {
      const std::string_view word = Word();
      if (word == "baseline") return Factor();
      at_ = limit_at_;
      return Missing("a number or baseline is wanted");
    }
    expression_.limit = *number;
    return LimitsUnit();
  }

  Result<void> Factor() {
    expression_.is_relative = true;
    expression_.limit = 1;
    SkipBlanks();
    if (at_ == text_.size()) return {};
    if (!Take("*")) return Missing("* and a factor are wanted, as in baseline * 1.05");
    const auto factor = Number();
    if (!factor) return Missing("a factor is wanted, as in baseline * 1.05");
    if (*factor <= 0) return WrongAt(start_, "a factor of the baseline is above 0, such as 1.05");
    expression_.limit = *factor;
    SkipBlanks();
    return at_ == text_.size() ? Result<void>() : Missing("nothing more is wanted");
  }

  Result<void> LimitsUnit() {
    SkipBlanks();
    const std::size_t begin = at_;
    const std::string_view name = Trimmed(text_.substr(at_));
    const Dimension dimension = expression_.quantity.aggregate->dimension;
    const std::string of = expression_.quantity.Name();
    if (name.empty()) {
      if (dimension == Dimension::Count) return {};
      return WrongAt(limit_at_,
                     fmt::format("{} has a unit: write one of {}", of, UnitsOf(dimension)));
    }
    if (dimension == Dimension::Count) {
      return WrongAt(begin, fmt::format("{} is a count, without a unit: take {} out", of, name));
    }
    const Unit* unit = FindUnit(name);
    if (unit == nullptr || unit->dimension != dimension) {
      return WrongAt(
          begin,
          fmt::format("{} is not measured in {}: write one of {}", of, name, UnitsOf(dimension)));
    }
    expression_.limit *= unit->factor;
    return {};
  }

  Result<void> Sense() {
    if (auto why = WhyNonsense(expression_)) return WrongAt(limit_at_, std::move(*why));
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t start_ = 0;     // of what was taken last
  std::size_t limit_at_ = 0;  // where the limit begins
  Expression expression_;
};

}  // namespace

std::string Quantity::Name() const {
  if (percentile) return fmt::format("{} p({:.6g})", metric->name, *percentile * 100);
  return fmt::format("{} {}", metric->name, aggregate->name);
}

std::string_view Name(Operator op) {
  return kOperators[static_cast<std::size_t>(op)];
}

bool Holds(double value, Operator op, double limit) {
  switch (op) {
    case Operator::Less:
      return value < limit;
    case Operator::AtMost:
      return value <= limit;
    case Operator::More:
      return value > limit;
    case Operator::AtLeast:
      return value >= limit;
    case Operator::Equal:
      return value == limit;
    case Operator::NotEqual:
      break;
  }
  return value != limit;
}

double Expression::Margin() const {
  return quantity.aggregate->worse == statistics::Worse::Larger ? limit - 1 : 1 / limit - 1;
}

Result<Expression> ParseExpression(std::string_view text) {
  return Parser(text).Parse();
}

}  // namespace reports::gate
