// Any text read as a histogram, and any bytes where the header and the counters should be: what is read must come out as it went in, and
// what cannot be read must be told, not crash.
//
// Built with the preset fuzz; scripts/fuzz runs it.

#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "hosts/base/check.h"
#include "reports/histogram/base64.h"
#include "reports/histogram/v2.h"

namespace reports::histogram {
namespace {

std::string BigEndian(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8)
    bytes += static_cast<char>(value >> shift & 0xffU);
  return bytes;
}

// As every recorder wraps it: by chance no fuzzer comes through base64 and zlib.
std::string Wrapped(std::string_view bytes) {
  uLongf size = ::compressBound(bytes.size());
  std::string packed(size, '\0');
  ::compress2(reinterpret_cast<Bytef*>(packed.data()),
              &size,
              reinterpret_cast<const Bytef*>(bytes.data()),
              bytes.size(),
              Z_NO_COMPRESSION);
  packed.resize(size);
  constexpr std::uint32_t kCompressedCookie = 0x1c849314;
  return EncodeBase64(BigEndian(kCompressedCookie) +
                      BigEndian(static_cast<std::uint32_t>(packed.size())) + packed);
}

void Read(std::string_view text) {
  const auto first = DecodeV2(text);
  if (!first) return;
  const auto second = DecodeV2(EncodeV2(*first));
  CHECK(second, "what was written cannot be read");
  CHECK(first->count() == second->count() && std::ranges::equal(first->cells(), second->cells()),
        "a histogram changed as it was written");
}

}  // namespace
}  // namespace reports::histogram

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  reports::histogram::Read(bytes);
  reports::histogram::Read(reports::histogram::Wrapped(bytes));
  return 0;
}
