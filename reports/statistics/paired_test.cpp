#include "reports/statistics/paired.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace reports::statistics {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Twelve bases, far apart from each other: only the pairs' ratios can count.
const std::vector<double> kBase{10, 90, 20, 80, 30, 70, 40, 60, 50, 15, 25, 35};

// The candidates whose ratios are center * step^-5.5 … step^5.5, in some order.
std::vector<double> Candidates(double center, double step) {
  const double places[] = {3, 7, 0, 11, 5, 9, 1, 10, 6, 2, 8, 4};
  std::vector<double> candidates;
  for (std::size_t i = 0; i < kBase.size(); ++i)
    candidates.push_back(kBase[i] * center * std::pow(step, places[i] - 5.5));
  return candidates;
}

Comparison Of(const std::vector<double>& base,
              const std::vector<double>& candidate,
              const Judging& judging = {}) {
  const auto comparison = ComparePaired(base, candidate, judging);
  EXPECT_TRUE(comparison);
  return comparison.value_or(Comparison{});
}

PairedSeries Series(double center, double step) {
  return {kBase, Candidates(center, step)};
}

}  // namespace

// 12 pairs: the third and the tenth, which are 3.5 steps from the middle.
TEST(ComparePaired, GivesTheMedianRatioAndItsInterval) {
  const Comparison comparison = Of(kBase, Candidates(1.2, 1.01));
  EXPECT_NEAR(comparison.ratio, 1.2, 1e-12);
  EXPECT_NEAR(comparison.interval.low, 1.2 * std::pow(1.01, -3.5), 1e-12);
  EXPECT_NEAR(comparison.interval.high, 1.2 * std::pow(1.01, 3.5), 1e-12);
  EXPECT_NEAR(comparison.interval.confidence, 0.961426, 1e-6);
  EXPECT_EQ(comparison.pairs, 12);
  EXPECT_EQ(comparison.ties, 0);
  EXPECT_EQ(comparison.missing, 0);
}

TEST(ComparePaired, JudgesTheWholeInterval) {
  // Half a width is 3.5 % here.
  EXPECT_EQ(Of(kBase, Candidates(1.06, 1.01)).verdict, Verdict::Regressed);
  EXPECT_EQ(Of(kBase, Candidates(1.05, 1.01)).verdict, Verdict::Inconclusive);
  EXPECT_EQ(Of(kBase, Candidates(1.00, 1.01)).verdict, Verdict::Inconclusive);
  EXPECT_EQ(Of(kBase, Candidates(1.00, 1.001)).verdict, Verdict::NoWorse);
  EXPECT_EQ(Of(kBase, Candidates(1.01, 1.001)).verdict, Verdict::NoWorse);
  EXPECT_EQ(Of(kBase, Candidates(0.98, 1.01)).verdict, Verdict::NoWorse);
  EXPECT_EQ(Of(kBase, Candidates(0.96, 1.01)).verdict, Verdict::Improved);
}

TEST(ComparePaired, TakesTheMarginItIsGiven) {
  EXPECT_EQ(Of(kBase, Candidates(1.06, 1.01), {.margin = 0.05}).verdict, Verdict::Inconclusive);
  EXPECT_EQ(Of(kBase, Candidates(1.06, 1.01), {.margin = 0.10}).verdict, Verdict::NoWorse);
  EXPECT_EQ(Of(kBase, Candidates(1.06, 1.01), {.margin = 0}).verdict, Verdict::Regressed);
  // It must be a fifth better than the base, and is better.
  EXPECT_EQ(Of(kBase, Candidates(0.90, 1.01), {.margin = -0.2}).verdict, Verdict::Regressed);
  EXPECT_EQ(Of(kBase, Candidates(0.70, 1.01), {.margin = -0.2}).verdict, Verdict::Improved);
}

TEST(ComparePaired, OfRequestsPerSecondIsTheMirrorImage) {
  for (const double center : {0.9, 0.96, 0.98, 1.0, 1.03, 1.06, 1.2}) {
    const Comparison latency = Of(kBase, Candidates(center, 1.01));
    const Comparison rate = Of(Candidates(center, 1.01), kBase, {.worse = Worse::Smaller});
    EXPECT_EQ(latency.verdict, rate.verdict) << center;
    EXPECT_NEAR(latency.ratio * rate.ratio, 1, 1e-12);
    EXPECT_NEAR(latency.interval.low * rate.interval.high, 1, 1e-12);
    EXPECT_NEAR(latency.interval.high * rate.interval.low, 1, 1e-12);
    EXPECT_NEAR(latency.detectable, rate.detectable, 1e-12);
  }
}

// The median distance from the middle of steps at 0.5, 1.5, … 5.5 is three steps.
TEST(ComparePaired, SaysHowMuchPairsScatter) {
  EXPECT_NEAR(Of(kBase, Candidates(1.2, 1.01)).spread, 1.4826 * 3 * std::log(1.01), 1e-12);
  std::vector<double> wild = Candidates(1.2, 1.01);
  wild[3] *= 1000;
  EXPECT_NEAR(Of(kBase, wild).spread, 1.4826 * 3 * std::log(1.01), 0.01);
  EXPECT_EQ(Of(kBase, kBase).spread, 0);
}

// What it says it could have seen, it does see; a little less, it does not.
TEST(ComparePaired, WouldHaveSeenWhatItSaysItCould) {
  const Comparison comparison = Of(kBase, Candidates(1.0, 1.01));
  EXPECT_NEAR(comparison.detectable, 1.02 * std::pow(1.01, 3.5) - 1, 1e-12);
  const double effect = 1 + comparison.detectable;
  EXPECT_EQ(Of(kBase, Candidates(effect * 1.0001, 1.01)).verdict, Verdict::Regressed);
  EXPECT_EQ(Of(kBase, Candidates(effect * 0.9999, 1.01)).verdict, Verdict::Inconclusive);
}

TEST(ComparePaired, DoesNotDependOnUnitOrOrder) {
  const Comparison once = Of(kBase, Candidates(1.03, 1.004));
  std::vector<double> base;
  std::vector<double> candidate;
  for (std::size_t i = kBase.size(); i-- > 0;) {
    base.push_back(kBase[i] * 1000);
    candidate.push_back(Candidates(1.03, 1.004)[i] * 1000);
  }
  const Comparison again = Of(base, candidate);
  EXPECT_NEAR(once.ratio, again.ratio, 1e-12);
  EXPECT_NEAR(once.interval.low, again.interval.low, 1e-12);
  EXPECT_EQ(once.verdict, again.verdict);
}

TEST(ComparePaired, OfTheSameValuesIsNoWorse) {
  const Comparison comparison = Of(kBase, kBase);
  EXPECT_EQ(comparison.ratio, 1);
  EXPECT_EQ(comparison.interval.low, 1);
  EXPECT_EQ(comparison.interval.high, 1);
  EXPECT_EQ(comparison.verdict, Verdict::NoWorse);
  EXPECT_EQ(comparison.ties, 12);
}

TEST(ComparePaired, OfTooFewPairsLeavesEverythingOpen) {
  const Comparison comparison = Of({1, 1, 1, 1, 1}, {9, 9, 9, 9, 9});
  EXPECT_EQ(comparison.verdict, Verdict::Inconclusive);
  EXPECT_NEAR(comparison.ratio, 9, 1e-12);
  EXPECT_EQ(comparison.interval.low, 0);
  EXPECT_EQ(comparison.interval.high, kInfinity);
  EXPECT_EQ(comparison.detectable, kInfinity);
  EXPECT_EQ(comparison.interval.confidence, 1);
}

TEST(ComparePaired, TakesZeroAsAValue) {
  const std::vector<double> zeros(8, 0);
  const std::vector<double> ones(8, 1);
  EXPECT_EQ(Of(zeros, zeros).verdict, Verdict::NoWorse);
  EXPECT_EQ(Of(zeros, zeros).ties, 8);
  EXPECT_EQ(Of(zeros, ones).verdict, Verdict::Regressed);
  EXPECT_EQ(Of(zeros, ones).ratio, kInfinity);
  EXPECT_EQ(Of(ones, zeros).verdict, Verdict::Improved);
  EXPECT_EQ(Of(ones, zeros).ratio, 0);
  EXPECT_EQ(Of(ones, zeros, {.worse = Worse::Smaller}).verdict, Verdict::Regressed);
  // Half of one and half of the other: it may be anything.
  const Comparison both = Of({0, 0, 0, 0, 1, 1, 1, 1}, {1, 1, 1, 1, 0, 0, 0, 0});
  EXPECT_EQ(both.verdict, Verdict::Inconclusive);
  EXPECT_FALSE(std::isnan(both.ratio));
  EXPECT_FALSE(std::isnan(both.detectable));
  EXPECT_FALSE(std::isnan(both.spread));
}

// A candidate that has no value where it was slow must not look fast.
TEST(ComparePaired, LetsAMissingPairBeAnything) {
  for (const double none : {std::nan(""), -1.0, kInfinity, -kInfinity}) {
    std::vector<double> candidate = Candidates(1.0, 1.001);
    candidate[0] = none;
    candidate[1] = none;
    const Comparison two = Of(kBase, candidate);
    EXPECT_EQ(two.missing, 2);
    EXPECT_EQ(two.pairs, 12);
    EXPECT_EQ(two.verdict, Verdict::NoWorse);
    candidate[2] = none;  // three of twelve stand at the end of the interval
    const Comparison three = Of(kBase, candidate);
    EXPECT_EQ(three.verdict, Verdict::Inconclusive);
    EXPECT_EQ(three.interval.low, 0);
    EXPECT_EQ(three.interval.high, kInfinity);
  }
}

TEST(ComparePaired, IsNothingOfNoPairs) {
  EXPECT_FALSE(ComparePaired({}, {}, {}));
  EXPECT_FALSE(ComparePaired(std::vector<double>{std::nan("")}, std::vector<double>{1}, {}));
}

TEST(CompareFamily, OfOneIsThePairAlone) {
  const PairedSeries one[] = {Series(1.06, 1.01)};
  const auto family = CompareFamily(one, kAlpha);
  const Comparison alone = Of(kBase, Candidates(1.06, 1.01));
  ASSERT_TRUE(family.at(0));
  EXPECT_EQ(family[0]->verdict, alone.verdict);
  EXPECT_EQ(family[0]->interval.low, alone.interval.low);
  EXPECT_EQ(family[0]->interval.high, alone.interval.high);
}

// Of 12 values: alpha is enough for the third, alpha / 2 for the third no more, but for the second.
TEST(CompareFamily, WidensTheIntervalsOfMany) {
  const std::vector<PairedSeries> two(2, Series(1.0, 1.05));
  const auto family = CompareFamily(two, kAlpha);
  EXPECT_NEAR(family[0]->interval.low, std::pow(1.05, -4.5), 1e-12);
  EXPECT_NEAR(family[0]->interval.high, std::pow(1.05, 4.5), 1e-12);
  EXPECT_NEAR(family[0]->interval.confidence, 1 - 2 * 13.0 / 4096, 1e-9);
  EXPECT_NEAR(family[0]->alpha, kAlpha / 2, 1e-12);
}

// The second is decided only because the first, which is beyond doubt, no longer shares: Bonferroni would
// have left it open.
TEST(CompareFamily, GivesTheRestWhatIsNoLongerNeeded) {
  const PairedSeries doubtful = Series(1.06, 1.01);
  const std::vector<PairedSeries> alike(2, doubtful);
  EXPECT_EQ(CompareFamily(alike, kAlpha)[0]->verdict, Verdict::Inconclusive);

  const PairedSeries family[] = {Series(3, 1.01), doubtful};
  const auto compared = CompareFamily(family, kAlpha);
  EXPECT_EQ(compared[0]->verdict, Verdict::Regressed);
  EXPECT_EQ(compared[1]->verdict, Verdict::Regressed);
  // What is left of alpha is for "regressed": nobody was shown to be no worse.
  EXPECT_NEAR(compared[1]->interval.low, 1.06 * std::pow(1.01, -3.5), 1e-12);
  EXPECT_NEAR(compared[1]->interval.high, 1.06 * std::pow(1.01, 4.5), 1e-12);
}

TEST(CompareFamily, KeepsThePlaceOfWhatIsMissing) {
  const PairedSeries family[] = {{{std::nan("")}, {1}}, Series(3, 1.01)};
  const auto compared = CompareFamily(family, kAlpha);
  ASSERT_EQ(compared.size(), 2U);
  EXPECT_FALSE(compared[0]);
  EXPECT_EQ(compared[1]->verdict, Verdict::Regressed);
  EXPECT_TRUE(CompareFamily({}, kAlpha).empty());
}

TEST(CompareFamily, TakesEachOnesMarginAndDirection) {
  const PairedSeries family[] = {
      {kBase, Candidates(1.2, 1.001), 0.3, Worse::Larger},
      {kBase, Candidates(1.2, 1.001), 0.1, Worse::Larger},
      {kBase, Candidates(1.2, 1.001), 0.1, Worse::Smaller},
      {kBase, Candidates(0.8, 1.001), 0.1, Worse::Smaller},
  };
  const auto compared = CompareFamily(family, kAlpha);
  EXPECT_EQ(compared[0]->verdict, Verdict::NoWorse);
  EXPECT_EQ(compared[1]->verdict, Verdict::Regressed);
  EXPECT_EQ(compared[2]->verdict, Verdict::Improved);
  EXPECT_EQ(compared[3]->verdict, Verdict::Regressed);
}

// Three bases of the same code whose noise is their own: the interval is narrower than that of any one of them.
TEST(SeveralBases, MakeTheIntervalNarrower) {
  std::mt19937_64 random(1);
  std::normal_distribution<double> noise(0, 0.02);
  double alone = 0;
  double together = 0;
  for (int repetition = 0; repetition < 200; ++repetition) {
    PairedSeries one;
    PairedSeries three;
    three.again.resize(2);
    for (int block = 0; block < 26; ++block) {
      const double mood = std::exp(10 * noise(random));
      const auto draw = [&] { return mood * std::exp(noise(random)); };
      one.base.push_back(draw());
      one.candidate.push_back(1.05 * draw());
      three.again[0].push_back(draw());
      three.again[1].push_back(draw());
    }
    three.base = one.base;
    three.candidate = one.candidate;
    const auto width = [](const PairedSeries& series) {
      const auto compared = CompareFamily({&series, 1}, kAlpha).front();
      return std::log(compared->interval.high / compared->interval.low);
    };
    alone += width(one);
    together += width(three);
  }
  EXPECT_LT(together, 0.75 * alone) << "1 / sqrt(1.8) is what efficiencies foretell";
}

// Five blocks with two bases each; the ratios are 1 to 10 hundredths, in some order.
TEST(SeveralBases, EndTheIntervalAtOneOfAllRatios) {
  PairedSeries series;
  series.base = {100, 200, 300, 400, 500};
  series.again = {{100, 200, 300, 400, 500}};
  series.candidate = {101, 206, 315, 428, 545};
  series.again[0][0] = 101 / 1.02;
  series.again[0][1] = 206 / 1.04;
  series.again[0][2] = 315 / 1.06;
  series.again[0][3] = 428 / 1.08;
  series.again[0][4] = 545 / 1.10;
  const auto compared = CompareFamily({&series, 1}, kAlpha).front();
  ASSERT_TRUE(compared);
  EXPECT_NEAR(compared->interval.low, 1.01, 1e-12);
  EXPECT_NEAR(compared->interval.high, 1.10, 1e-12);
  EXPECT_NEAR(compared->interval.confidence, 1 - 2.0 / 243, 1e-12);
  EXPECT_NEAR(compared->ratio, std::sqrt(1.05 * 1.06), 1e-12);
  EXPECT_EQ(compared->pairs, 5);
}

TEST(SeveralBases, LetWhatIsMissingBeAnything) {
  PairedSeries series{std::vector<double>(12, 100), std::vector<double>(12, 150)};
  series.again = {std::vector<double>(12, 100), std::vector<double>(12, 100)};
  EXPECT_EQ(CompareFamily({&series, 1}, kAlpha).front()->verdict, Verdict::Regressed);
  series.candidate[4] = std::nan("");
  series.again[1][7] = std::nan("");
  const auto some = CompareFamily({&series, 1}, kAlpha).front();
  EXPECT_EQ(some->missing, 2) << "blocks";
  EXPECT_EQ(some->verdict, Verdict::Regressed);
  for (const std::size_t block : {0, 1, 2})
    series.candidate[block] = -1;
  EXPECT_EQ(CompareFamily({&series, 1}, kAlpha).front()->verdict, Verdict::Inconclusive)
      << "13 of 36 ratios are missing, of which 10 may be beyond the bound";
}

TEST(Verdict, HasWords) {
  EXPECT_EQ(Name(Verdict::Regressed), "regressed");
  EXPECT_EQ(Name(Verdict::NoWorse), "no worse");
  EXPECT_EQ(Name(Verdict::Improved), "improved");
  EXPECT_EQ(Name(Verdict::Inconclusive), "inconclusive");
}

}  // namespace reports::statistics
