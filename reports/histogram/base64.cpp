#include "reports/histogram/base64.h"

#include <boost/archive/iterators/base64_from_binary.hpp>
#include <boost/archive/iterators/binary_from_base64.hpp>
#include <boost/archive/iterators/transform_width.hpp>

#include <cstddef>

namespace reports::histogram {

namespace {

using boost::archive::iterators::base64_from_binary;
using boost::archive::iterators::binary_from_base64;
using boost::archive::iterators::transform_width;
using ToText = base64_from_binary<transform_width<const char*, 6, 8>>;
using ToBytes = transform_width<binary_from_base64<const char*>, 8, 6>;

constexpr std::string_view kLetters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

// Boost's iterators know nothing of padding, and read on to the end of a group of three bytes, or
// of four letters: so whole groups are what they are given.
std::string EncodeBase64(std::string_view bytes) {
  const std::size_t padding = (3 - bytes.size() % 3) % 3;
  const std::string whole = std::string(bytes) + std::string(padding, '\0');
  std::string text(ToText(whole.data()), ToText(whole.data() + whole.size()));
  return text.replace(text.size() - padding, padding, padding, '=');
}

std::optional<std::string> DecodeBase64(std::string_view text) {
  const std::size_t letters = text.find_last_not_of('=') + 1;  // npos + 1 is 0
  const std::size_t padding = text.size() - letters;
  if (text.size() % 4 != 0 || padding > 2) return std::nullopt;
  if (text.substr(0, letters).find_first_not_of(kLetters) != std::string_view::npos) {
    return std::nullopt;  // they would throw
  }
  const std::string whole = std::string(text.substr(0, letters)) + std::string(padding, 'A');
  std::string bytes(ToBytes(whole.data()), ToBytes(whole.data() + whole.size()));
  bytes.resize(bytes.size() - padding);
  return bytes;
}

}  // namespace reports::histogram
