#include "reports/histogram/v2.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include "hosts/base/check.h"
#include "reports/histogram/base64.h"

namespace reports::histogram {

using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

namespace {

// The last hexadecimal digit but one says that counters are LEB128.
constexpr std::uint32_t kCookie = 0x1c849303 | 0x10;
constexpr std::uint32_t kCompressedCookie = 0x1c849304 | 0x10;
constexpr std::size_t kHeader = 40;
constexpr std::size_t kLongestNumber = 9;
constexpr std::int64_t kLowest = 1;
constexpr double kRatio = 1.0;  // between whole numbers and the floating ones of other recorders

void PutBigEndian(std::string& bytes, std::uint64_t value, int size) {
  for (int shift = 8 * (size - 1); shift >= 0; shift -= 8)
    bytes += static_cast<char>(value >> shift & 0xff);
}

// Signed numbers near zero are short: 0, -1, 1, -2 become 0, 1, 2, 3. Seven bits to a byte, the
// lowest first; the ninth byte has eight.
void PutZigZag(std::string& bytes, std::int64_t value) {
  std::uint64_t rest = static_cast<std::uint64_t>(value) << 1U;
  if (value < 0) rest = ~rest;
  for (std::size_t count = 1; count < kLongestNumber; ++count) {
    if (rest < 0x80) {
      bytes += static_cast<char>(rest);
      return;
    }
    bytes += static_cast<char>((rest & 0x7f) | 0x80);
    rest >>= 7U;
  }
  bytes += static_cast<char>(rest);
}

// Counters up to the last that is not zero; a negative number stands for so many zeros.
std::string Counters(const Histogram& histogram) {
  std::string bytes;
  std::int64_t zeros = 0;
  for (const std::int64_t count : histogram.cells()) {
    if (count == 0) {
      ++zeros;
      continue;
    }
    if (zeros > 0) PutZigZag(bytes, -zeros);
    zeros = 0;
    PutZigZag(bytes, count);
  }
  return bytes;
}

std::string Deflate(const std::string& bytes) {
  uLongf size = ::compressBound(bytes.size());
  std::string packed(size, '\0');
  const int problem = ::compress(reinterpret_cast<Bytef*>(packed.data()),
                                 &size,
                                 reinterpret_cast<const Bytef*>(bytes.data()),
                                 bytes.size());
  CHECK(problem == Z_OK, "there is room for whatever zlib makes of it");
  packed.resize(size);
  return packed;
}

// Takes numbers from the front of bytes; nothing where there are not enough.
class Taker {
 public:
  explicit Taker(std::string_view bytes) : bytes_(bytes) {}

  [[nodiscard]] bool is_empty() const { return bytes_.empty(); }
  [[nodiscard]] std::string_view rest() const { return bytes_; }

  std::optional<std::uint64_t> BigEndian(std::size_t size) {
    if (bytes_.size() < size) return std::nullopt;
    std::uint64_t value = 0;
    for (std::size_t index = 0; index < size; ++index)
      value = value << 8U | Byte();
    return value;
  }

  std::optional<std::int64_t> ZigZag() {
    std::uint64_t value = 0;
    for (std::size_t count = 0; count < kLongestNumber; ++count) {
      if (bytes_.empty()) return std::nullopt;
      const std::uint64_t byte = Byte();
      const bool is_ninth = count + 1 == kLongestNumber;
      value |= (is_ninth ? byte : byte & 0x7f) << 7 * count;
      if (is_ninth || byte < 0x80) break;
    }
    const auto magnitude = static_cast<std::int64_t>(value >> 1U);
    return (value & 1) == 0 ? magnitude : -magnitude - 1;
  }

 private:
  std::uint64_t Byte() {
    const auto byte = static_cast<unsigned char>(bytes_.front());
    bytes_.remove_prefix(1);
    return byte;
  }

  std::string_view bytes_;
};

Error Wrong(std::string_view what) {
  return {ErrorKind::InvalidInput, fmt::format("no histogram of HdrHistogram: {}", what)};
}

Result<std::string> Inflate(std::string_view packed) {
  // No more than every counter at its longest: a few bytes cannot ask for gigabytes.
  uLongf size = kHeader + kLongestNumber * Histogram().cells().size();
  std::string bytes(size, '\0');
  const int problem = ::uncompress(reinterpret_cast<Bytef*>(bytes.data()),
                                   &size,
                                   reinterpret_cast<const Bytef*>(packed.data()),
                                   packed.size());
  if (problem != Z_OK) return Wrong("zlib cannot read it");
  bytes.resize(size);
  return bytes;
}

// The header, down to the counters; each of its numbers is what this program can add up.
Result<void> ReadHeader(Taker& taker) {
  const auto cookie = taker.BigEndian(4);
  const auto length = taker.BigEndian(4);
  const auto offset = taker.BigEndian(4);
  const auto digits = taker.BigEndian(4);
  const auto lowest = taker.BigEndian(8);
  (void)taker.BigEndian(8);  // the highest value: what the counters hold is what matters
  const auto ratio = taker.BigEndian(8);
  if (!ratio) return Wrong("its header is cut off");
  if (*cookie != kCookie) return Wrong("it does not begin as V2 does");
  if (*length != taker.rest().size()) return Wrong("it is not as long as it says");
  if (*digits != Histogram::kDigits || *lowest != static_cast<std::uint64_t>(kLowest)) {
    return Error{ErrorKind::Unsupported,
                 fmt::format("a histogram of {} digits from {} up: this program reads those of {} "
                             "digits from {} up",
                             *digits,
                             *lowest,
                             Histogram::kDigits,
                             kLowest)};
  }
  if (*offset != 0 || std::bit_cast<double>(*ratio) != kRatio) {
    return Error{ErrorKind::Unsupported, "a histogram whose values are shifted or scaled"};
  }
  return {};
}

}  // namespace

std::string EncodeV2(const Histogram& histogram) {
  const std::string counters = Counters(histogram);
  std::string bytes;
  PutBigEndian(bytes, kCookie, 4);
  PutBigEndian(bytes, counters.size(), 4);
  PutBigEndian(bytes, 0, 4);
  PutBigEndian(bytes, Histogram::kDigits, 4);
  PutBigEndian(bytes, kLowest, 8);
  PutBigEndian(bytes, Histogram::kHighest, 8);
  PutBigEndian(bytes, std::bit_cast<std::uint64_t>(kRatio), 8);
  const std::string packed = Deflate(bytes + counters);
  std::string text;
  PutBigEndian(text, kCompressedCookie, 4);
  PutBigEndian(text, packed.size(), 4);
  return EncodeBase64(text + packed);
}

Result<Histogram> DecodeV2(std::string_view text) {
  const auto outer = DecodeBase64(text);
  if (!outer) return Wrong("it is no base64");
  Taker around(*outer);
  const auto cookie = around.BigEndian(4);
  const auto length = around.BigEndian(4);
  if (!length || *cookie != kCompressedCookie) return Wrong("it does not begin as V2 does");
  if (*length != around.rest().size()) return Wrong("it is not as long as it says");
  const auto bytes = Inflate(around.rest());
  if (!bytes) return bytes.error();
  Taker taker(*bytes);
  if (const auto header = ReadHeader(taker); !header) return header.error();

  std::vector<std::int64_t> counts(Histogram().cells().size(), 0);
  std::size_t cell = 0;
  std::int64_t total = 0;
  while (!taker.is_empty()) {
    const auto number = taker.ZigZag();
    if (!number) return Wrong("a counter is cut off");
    // A negative one stands for so many zeros; complement, as the least number has no opposite.
    const auto skipped = *number < 0 ? static_cast<std::size_t>(~*number) : 0;
    if (skipped >= counts.size() - cell) return Wrong("it counts values beyond an hour");
    if (*number > std::numeric_limits<std::int64_t>::max() - total) {
      return Wrong("it counts more than there can be");
    }
    cell += skipped;
    counts[cell] = std::max<std::int64_t>(0, *number);
    total += counts[cell];
    ++cell;
  }
  return Histogram::OfCells(std::move(counts));
}

std::string ToLog(double start, const std::vector<Interval>& intervals) {
  std::string text = fmt::format(
      "#[Histogram log format version 1.3]\n"
      "#[StartTime: {:.3f} (seconds since epoch)]\n"
      "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n",
      start);
  for (const Interval& interval : intervals) {
    text += fmt::format("Tag={},{:.3f},{:.3f},{:.3f},{}\n",
                        interval.tag,
                        start + interval.start_s,
                        interval.length_s,
                        static_cast<double>(interval.histogram->max_ns()) / 1e6,
                        EncodeV2(*interval.histogram));
  }
  return text;
}

}  // namespace reports::histogram
