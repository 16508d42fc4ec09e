#include "reports/histogram/v2.h"

#include <gmock/gmock.h>
#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <random>

#include "hosts/base/files.h"
#include "reports/histogram/base64.h"
#include "reports/histogram/testing/known_values.h"

namespace reports::histogram {
namespace {

using testing::HasSubstr;

// What PyPI's hdrhistogram wrote of KnownHistogram() (testdata/make_known.py).
std::string KnownText() {
  const auto text =
      hosts::base::ReadFile(std::filesystem::path(WSGILAB_HISTOGRAM_TESTDATA) / "known.v2");
  EXPECT_TRUE(text);
  return text->substr(0, text->find('\n'));
}

// What zlib holds: two versions of it may pack the same bytes in different ways.
std::string Payload(const std::string& text) {
  const std::string outer = DecodeBase64(text).value_or("");
  std::string bytes(1'000'000, '\0');
  uLongf size = bytes.size();
  EXPECT_EQ(::uncompress(reinterpret_cast<Bytef*>(bytes.data()),
                         &size,
                         reinterpret_cast<const Bytef*>(outer.data() + 8),
                         outer.size() - 8),
            Z_OK);
  bytes.resize(size);
  return bytes;
}

std::string Packed(const std::string& payload) {
  std::string bytes("\x1c\x84\x93\x14\0\0\0\0", 8);
  uLongf size = ::compressBound(payload.size());
  bytes.resize(8 + size);
  ::compress(reinterpret_cast<Bytef*>(bytes.data() + 8),
             &size,
             reinterpret_cast<const Bytef*>(payload.data()),
             payload.size());
  bytes.resize(8 + size);
  for (std::size_t at = 0; at < 4; ++at)
    bytes[4 + at] = static_cast<char>(size >> (24 - 8 * at) & 0xff);
  return EncodeBase64(bytes);
}

void ExpectSameCells(const Histogram& left, const Histogram& right) {
  EXPECT_EQ(left.count(), right.count());
  EXPECT_TRUE(std::ranges::equal(left.cells(), right.cells()));
}

std::string ProblemOf(const std::string& text) {
  const auto histogram = DecodeV2(text);
  return histogram ? "none" : histogram.error().Text();
}

TEST(V2, ReadsWhatAnotherImplementationWrote) {
  const auto histogram = DecodeV2(KnownText());
  ASSERT_TRUE(histogram) << histogram.error().Text();
  const Histogram known = KnownHistogram();
  ExpectSameCells(*histogram, known);
  EXPECT_EQ(histogram->max_ns(), 66'519'039) << "as it says itself";
  EXPECT_EQ(histogram->min_ns(), known.min_ns());
  EXPECT_NEAR(histogram->mean_ns(), known.mean_ns(), known.mean_ns() / 1000);
  EXPECT_EQ(histogram->ValueAt(50), 18'255) << "as it says itself";
}

TEST(V2, WritesTheSameBytesAsAnotherImplementation) {
  EXPECT_TRUE(Payload(EncodeV2(KnownHistogram())) == Payload(KnownText()));
}

TEST(V2, EveryHistogramComesBack) {
  Histogram ends;
  ends.Record(0);
  ends.Record(Histogram::kHighest);
  Histogram many = Histogram();
  for (int round = 0; round < 50; ++round)
    many.Add(KnownHistogram());
  std::vector<std::int64_t> huge(ends.cells().size(), 0);
  huge[7] = std::numeric_limits<std::int64_t>::max() - 1;
  huge[huge.size() - 1] = 1;
  for (const Histogram& histogram : {Histogram(), ends, many, Histogram::OfCells(huge)}) {
    const auto back = DecodeV2(EncodeV2(histogram));
    ASSERT_TRUE(back) << back.error().Text();
    ExpectSameCells(*back, histogram);
  }
}

TEST(V2, WhatIsNoHistogramIsSaidToBeNone) {
  const std::string payload = Payload(KnownText());
  const auto with = [&](std::size_t at, const std::string& bytes) {
    std::string other = payload;
    other.replace(at, bytes.size(), bytes);
    return Packed(other);
  };
  ASSERT_EQ(ProblemOf(Packed(payload)), "none");
  EXPECT_THAT(ProblemOf(""), HasSubstr("does not begin"));
  EXPECT_THAT(ProblemOf("not base64!"), HasSubstr("base64"));
  EXPECT_THAT(ProblemOf(EncodeBase64("\x1c\x84\x93\x14\x01")), HasSubstr("does not begin"));
  EXPECT_THAT(ProblemOf(KnownText().substr(0, 400)), HasSubstr("not as long as it says"));
  EXPECT_THAT(ProblemOf(Packed(payload.substr(0, 30))), HasSubstr("header is cut off"));
  EXPECT_THAT(ProblemOf(Packed(payload + "x")), HasSubstr("not as long as it says"));
  EXPECT_THAT(ProblemOf(with(0, "\x1c\x84\x93\x08")), HasSubstr("does not begin"));
  EXPECT_THAT(ProblemOf(with(11, "\x01")), HasSubstr("shifted"));
  EXPECT_THAT(ProblemOf(with(15, "\x02")), HasSubstr("2 digits"));
  EXPECT_THAT(ProblemOf(with(payload.size() - 1, "\x80")), HasSubstr("cut off"));
}

TEST(V2, ALieAboutCountsIsRefused) {
  std::string header = Payload(KnownText()).substr(0, 40);
  const auto with = [&](const std::string& counters) {
    std::string bytes = header;
    bytes[6] = '\0';
    bytes[7] = static_cast<char>(counters.size());
    return Packed(bytes + counters);
  };
  EXPECT_EQ(ProblemOf(with("\x02")), "none");
  const std::string most = "\xfe\xff\xff\xff\xff\xff\xff\xff\xff";   // the greatest number
  const std::string least = "\xff\xff\xff\xff\xff\xff\xff\xff\xff";  // and the least
  EXPECT_EQ(ProblemOf(with(most)), "none");
  EXPECT_THAT(ProblemOf(with(most + "\x02")), HasSubstr("more than there can be"));
  EXPECT_THAT(ProblemOf(with(least)), HasSubstr("beyond an hour"));
}

// A record may come from anywhere: whatever stands there, there is an answer, and one that adds up.
TEST(V2, AnyBytesHaveAnAnswer) {
  const std::string payload = Payload(KnownText());
  std::mt19937_64 random(7);
  int read = 0;
  for (int round = 0; round < 300; ++round) {
    std::string other = payload;
    for (int change = 0; change < 3; ++change)
      other[random() % other.size()] = static_cast<char>(random());
    const auto histogram = DecodeV2(Packed(other));
    if (!histogram) continue;
    ++read;
    std::int64_t total = 0;
    for (const std::int64_t count : histogram->cells()) {
      ASSERT_GE(count, 0);
      total += count;
    }
    EXPECT_EQ(histogram->count(), total);
  }
  EXPECT_GT(read, 10) << "some are still histograms";
}

TEST(V2, ALogHasALineForEachInterval) {
  const Histogram known = KnownHistogram();
  const std::string log =
      ToLog(1'700'000'000, {{"latency", 0, 10, &known}, {"service", 0.5, 10, &known}});
  EXPECT_THAT(log, HasSubstr("#[Histogram log format version 1.3]\n"));
  EXPECT_THAT(log, HasSubstr("\nTag=latency,1700000000.000,10.000,66.5"));
  EXPECT_THAT(log, HasSubstr("\nTag=service,1700000000.500,10.000,66.5"));
  EXPECT_TRUE(DecodeV2(log.substr(log.rfind(',') + 1, log.size() - log.rfind(',') - 2)));
}

}  // namespace
}  // namespace reports::histogram
