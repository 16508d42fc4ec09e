#include "reports/gate/expression.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace reports::gate {

namespace {

Expression Parsed(std::string_view text) {
  const auto parsed = ParseExpression(text);
  EXPECT_TRUE(parsed) << text << ": " << (parsed ? "" : parsed.error().message);
  return parsed ? *parsed : Expression{};
}

// "column: message", or "" when it is an expression.
std::string ErrorOf(std::string_view text) {
  const auto parsed = ParseExpression(text);
  if (parsed) return "";
  return std::to_string(parsed.error().where->column) + ": " + parsed.error().message;
}

}  // namespace

TEST(Expression, HasMetricLabelsAggregateAndLimit) {
  const Expression expression =
      Parsed("latency{mode=daemon/*,app=django_accounts}: p(99) <= baseline * 1.05");
  EXPECT_EQ(expression.quantity.metric->name, "latency");
  EXPECT_EQ(expression.quantity.percentile, 0.99);
  EXPECT_EQ(expression.quantity.Name(), "latency p(99)");
  ASSERT_EQ(expression.selectors.size(), 2U);
  EXPECT_EQ(expression.selectors[0].label, "mode");
  EXPECT_EQ(expression.selectors[0].pattern, "daemon/*");
  EXPECT_EQ(expression.selectors[1].label, "app");
  EXPECT_EQ(expression.selectors[1].pattern, "django_accounts");
  EXPECT_EQ(expression.op, Operator::AtMost);
  EXPECT_TRUE(expression.is_relative);
  EXPECT_EQ(expression.limit, 1.05);
}

TEST(Expression, KeepsEveryUnitAsOne) {
  EXPECT_EQ(Parsed("latency: p(50) < 20 ms").limit, 20'000);
  EXPECT_EQ(Parsed("latency: p(50) < 20ms").limit, 20'000);
  EXPECT_EQ(Parsed("latency: p(50) < 0.5 s").limit, 500'000);
  EXPECT_EQ(Parsed("latency: p(50) < 900 us").limit, 900);
  EXPECT_EQ(Parsed("latency: p(50) < 900 µs").limit, 900);
  EXPECT_EQ(Parsed("pss: total < 400 MiB").limit, 400 * 1024);
  EXPECT_EQ(Parsed("pss: total < 1 GiB").limit, 1024 * 1024);
  EXPECT_EQ(Parsed("pss: total < 12 KiB").limit, 12);
  EXPECT_EQ(Parsed("rate: requests_per_s > 1e3 requests/s").limit, 1000);
  EXPECT_EQ(Parsed("rate: requests_per_s > 1000/s").limit, 1000);
  EXPECT_EQ(Parsed("load: failed_share < 0.1 %").limit, 0.1 * 0.01);
  EXPECT_EQ(Parsed("checks: failed == 0").limit, 0);
}

TEST(Expression, TakesBlanksWhereverTheyAre) {
  const Expression expression = Parsed("  checks { level = must , suite=http1 } :\tfailed==0 ");
  ASSERT_EQ(expression.selectors.size(), 2U);
  EXPECT_EQ(expression.selectors[0].pattern, "must");
  EXPECT_EQ(expression.selectors[1].pattern, "http1");
  EXPECT_EQ(expression.op, Operator::Equal);
  EXPECT_EQ(Parsed("latency: p(99.9) <= baseline*1.5").limit, 1.5);
}

TEST(Expression, KnowsEveryOperator) {
  EXPECT_EQ(Parsed("load: failed < 3").op, Operator::Less);
  EXPECT_EQ(Parsed("load: failed <= 3").op, Operator::AtMost);
  EXPECT_EQ(Parsed("load: done > 3").op, Operator::More);
  EXPECT_EQ(Parsed("load: done >= 3").op, Operator::AtLeast);
  EXPECT_EQ(Parsed("load: failed == 3").op, Operator::Equal);
  EXPECT_EQ(Parsed("load: failed != 3").op, Operator::NotEqual);
  EXPECT_TRUE(Holds(2, Operator::Less, 3));
  EXPECT_FALSE(Holds(3, Operator::Less, 3));
  EXPECT_TRUE(Holds(3, Operator::AtMost, 3));
  EXPECT_FALSE(Holds(3, Operator::More, 3));
  EXPECT_TRUE(Holds(3, Operator::AtLeast, 3));
  EXPECT_TRUE(Holds(3, Operator::Equal, 3));
  EXPECT_TRUE(Holds(2, Operator::NotEqual, 3));
}

TEST(Expression, TurnsAFactorIntoAMargin) {
  EXPECT_NEAR(Parsed("latency: p(50) <= baseline * 1.05").Margin(), 0.05, 1e-12);
  EXPECT_NEAR(Parsed("latency: p(50) <= baseline").Margin(), 0, 1e-12);
  EXPECT_NEAR(Parsed("latency: p(50) <= baseline * 0.9").Margin(), -0.1, 1e-12);
  EXPECT_NEAR(Parsed("rate: requests_per_s >= baseline * 0.8").Margin(), 0.25, 1e-12);
}

TEST(Expression, ProposesTheNearestOfWhatIsUnknown) {
  EXPECT_EQ(ErrorOf("latncy: p(99) < 3 ms"), "1: unknown metric latncy: did you mean latency?");
  EXPECT_EQ(ErrorOf("latency{ap=x}: p(99) < 3 ms"),
            "9: unknown label of latency ap: did you mean app?");
  EXPECT_EQ(ErrorOf("checks{colour=red}: failed == 0"),
            "8: unknown label of checks colour: there are host, mode, suite, level, rule, check");
  EXPECT_EQ(ErrorOf("checks: faild == 0"),
            "9: unknown aggregate of checks faild: did you mean failed?");
  EXPECT_EQ(ErrorOf("rate: p(99) > 3/s"),
            "7: unknown aggregate of rate p: there are requests_per_s");
  EXPECT_EQ(ErrorOf("latency: median < 3 ms"),
            "10: unknown aggregate of latency median: did you mean mean?");
}

TEST(Expression, SaysWhatIsWantedAndWhere) {
  EXPECT_EQ(ErrorOf(""), "1: the end stands where a metric is wanted, such as latency");
  EXPECT_EQ(ErrorOf("latency"),
            "8: the end stands where a colon is wanted, and behind it what of the metric");
  EXPECT_EQ(ErrorOf("latency{app=x p(99) < 3 ms"),
            "27: the end stands where a comma or } is wanted");
  EXPECT_EQ(ErrorOf("latency{app}: p(99) < 3 ms"), "12: '}' stands where = is wanted");
  EXPECT_EQ(ErrorOf("latency{app=}: p(99) < 3 ms"),
            "13: '}' stands where a value or a pattern with * is wanted");
  EXPECT_EQ(ErrorOf("latency{}: p(99) < 3 ms"),
            "9: '}' stands where a label is wanted, such as app=django_accounts");
  EXPECT_EQ(ErrorOf("latency{app=x,app=y}: p(99) < 3 ms"),
            "15: app is named twice: write one pattern for it");
  EXPECT_EQ(ErrorOf("latency: < 3 ms"),
            "10: '<' stands where one of p(50), p(99), min, mean, max is wanted");
  EXPECT_EQ(ErrorOf("latency: p99 < 3 ms"),
            "10: unknown aggregate of latency p99: did you mean p(99)?");
  EXPECT_EQ(ErrorOf("latency: p < 3 ms"), "12: '<' stands where ( is wanted, as in p(99)");
  EXPECT_EQ(ErrorOf("latency: p(x) < 3 ms"),
            "12: 'x' stands where the number of a percentile is wanted, as in p(99)");
  EXPECT_EQ(ErrorOf("latency: p(99 < 3 ms"), "15: '<' stands where ) is wanted");
  EXPECT_EQ(ErrorOf("latency: p(100) < 3 ms"),
            "10: a percentile lies between 0 and 100: write min or max for the ends");
  EXPECT_EQ(ErrorOf("service: p(75) < 3 ms"),
            "10: service has p(50), p(90), p(99) and p(99.9), and no other percentile");
  EXPECT_EQ(ErrorOf("service: p(99.9) < 3 ms"), "");
  EXPECT_EQ(ErrorOf("latency: p(99) = 3 ms"),
            "16: '=' stands where a comparison is wanted: <, <=, >, >=, == or !=");
  EXPECT_EQ(ErrorOf("latency: p(99) < fast"),
            "18: 'fast' stands where a number or baseline is wanted");
  EXPECT_EQ(ErrorOf("latency: p(99) < nan"),
            "18: 'nan' stands where a number or baseline is wanted");
  EXPECT_EQ(ErrorOf("latency: p(99) <= baseline + 3 ms"),
            "28: '+' stands where * and a factor are wanted, as in baseline * 1.05");
  EXPECT_EQ(ErrorOf("latency: p(99) <= baseline * much"),
            "30: 'much' stands where a factor is wanted, as in baseline * 1.05");
  EXPECT_EQ(ErrorOf("latency: p(99) <= baseline * 0"),
            "30: a factor of the baseline is above 0, such as 1.05");
  EXPECT_EQ(ErrorOf("latency: p(99) <= baseline * 1.05 ms"),
            "35: 'ms' stands where nothing more is wanted");
}

TEST(Expression, RefusesAUnitThatDoesNotFit) {
  EXPECT_EQ(ErrorOf("latency: p(50) < 20"),
            "18: latency p(50) has a unit: write one of ns, us, µs, ms, s");
  EXPECT_EQ(ErrorOf("latency: p(50) < 20 MiB"),
            "21: latency p(50) is not measured in MiB: write one of ns, us, µs, ms, s");
  EXPECT_EQ(ErrorOf("pss: total < 3 MB"),
            "16: pss total is not measured in MB: write one of KiB, MiB, GiB");
  EXPECT_EQ(ErrorOf("checks: failed == 0 %"),
            "21: checks failed is a count, without a unit: take % out");
}

TEST(Expression, RefusesWhatIsDecidedBeforeAnythingIsMeasured) {
  const std::string always = " is true whatever is measured: it could never fail";
  const std::string never = " is false whatever is measured: it could never hold";
  for (const std::string text : {"load: failed >= 0",
                                 "load: failed > -1",
                                 "load: failed != 0.5",
                                 "load: failed != -1",
                                 "load: failed_share <= 100 %",
                                 "latency: p(50) >= 0 ms"}) {
    EXPECT_EQ(ErrorOf(text).substr(ErrorOf(text).find(' ') + 1), text + always);
  }
  for (const std::string text : {"load: failed < 0",
                                 "load: failed == 0.5",
                                 "load: failed == -1",
                                 "load: failed_share > 100 %",
                                 "latency: p(50) <= -1 ms"}) {
    EXPECT_EQ(ErrorOf(text).substr(ErrorOf(text).find(' ') + 1), text + never);
  }
  EXPECT_EQ(ErrorOf("load: failed <= 0"), "");
  EXPECT_EQ(ErrorOf("load: failed_share < 100 %"), "");
  EXPECT_EQ(ErrorOf("load: failed_share == 0 %"), "");
}

TEST(Expression, RefusesWhatIsNoQuestion) {
  EXPECT_EQ(ErrorOf("latency: p(50) == 20 ms"),
            "19: latency p(50) never is a value exactly: write < or >");
  EXPECT_EQ(ErrorOf("latency: p(50) >= baseline * 0.95"),
            "19: latency p(50) is worse when it is larger: write <= baseline");
  EXPECT_EQ(ErrorOf("latency: p(50) == baseline"),
            "19: latency p(50) is worse when it is larger: write <= baseline");
  EXPECT_EQ(ErrorOf("rate: requests_per_s <= baseline * 1.05"),
            "25: rate requests_per_s is worse when it is smaller: write >= baseline");
  EXPECT_EQ(ErrorOf("checks: failed <= baseline"),
            "19: checks failed is counted, not compared with a baseline: write a number");
}

// Whatever the table has can be written down and is understood.
TEST(Expression, KnowsEveryAggregateOfEveryMetric) {
  for (const Metric& metric : Metrics()) {
    for (const Aggregate& aggregate : metric.aggregates) {
      const std::string units = UnitsOf(aggregate.dimension);
      const std::string unit = units.substr(0, units.find(','));
      for (const std::string_view label : metric.labels) {
        const std::string text = std::string(metric.name) + "{" + std::string(label) +
                                 "=a*}: " + std::string(aggregate.name) + " < 1 " + unit;
        EXPECT_EQ(Parsed(text).quantity.aggregate, &aggregate) << text;
      }
    }
  }
}

}  // namespace reports::gate
