#include "hosts/base/network.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string>

namespace hosts::base {

namespace {

constexpr int kBitsOfByte = 8;

}  // namespace

std::optional<IpAddress> IpAddress::Parse(std::string_view text) {
  constexpr std::string_view kIPv4InIPv6 = "::ffff:";
  if (text.starts_with(kIPv4InIPv6) && text.find('.') != std::string_view::npos) {
    text.remove_prefix(kIPv4InIPv6.size());
  }
  const std::string terminated(text);
  for (const int family : {AF_INET, AF_INET6}) {
    IpAddress address;
    address.family_ = family;
    if (inet_pton(family, terminated.c_str(), address.bytes_.data()) == 1) return address;
  }
  return std::nullopt;
}

bool IpAddress::is_ipv6() const {
  return family_ == AF_INET6;
}

int IpAddress::bits() const {
  return kBitsOfByte * static_cast<int>(is_ipv6() ? sizeof(in6_addr) : sizeof(in_addr));
}

std::optional<Network> Network::Parse(std::string_view text) {
  const size_t slash = text.find('/');
  const auto address = IpAddress::Parse(text.substr(0, slash));
  if (!address) return slash == std::string_view::npos ? ParseBeginning(text) : std::nullopt;
  Network network;
  network.address_ = *address;
  network.bits_ = address->bits();
  if (slash == std::string_view::npos) return network;
  const auto bits = network.ParseBits(text.substr(slash + 1));
  if (!bits) return std::nullopt;
  network.bits_ = *bits;
  return network;
}

// "10.1" is 10.1.0.0/16.
std::optional<Network> Network::ParseBeginning(std::string_view text) {
  if (text.ends_with('.')) text.remove_suffix(1);
  const auto dots = std::ranges::count(text, '.');
  if (dots > 2) return std::nullopt;
  std::string whole(text);
  for (auto i = dots; i < 3; ++i)
    whole += ".0";
  const auto address = IpAddress::Parse(whole);
  if (!address) return std::nullopt;
  Network network;
  network.address_ = *address;
  network.bits_ = kBitsOfByte * (static_cast<int>(dots) + 1);
  return network;
}

// A number, or 255.255.0.0.
std::optional<int> Network::ParseBits(std::string_view text) const {
  int bits = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
  if (error == std::errc() && end == text.data() + text.size()) {
    return bits >= 0 && bits <= address_.bits() ? std::optional(bits) : std::nullopt;
  }
  const auto mask = IpAddress::Parse(text);
  if (!mask || mask->is_ipv6() || address_.is_ipv6()) return std::nullopt;
  bits = 0;
  for (size_t i = 0; i < sizeof(in_addr); ++i)
    bits += __builtin_popcount(mask->bytes_[i]);
  return bits;
}

bool Network::Contains(const IpAddress& address) const {
  if (address.family_ != address_.family_) return false;
  const int whole = bits_ / kBitsOfByte;
  const auto& own = address_.bytes_;
  if (std::memcmp(address.bytes_.data(), own.data(), static_cast<size_t>(whole)) != 0) return false;
  const int rest = bits_ % kBitsOfByte;
  if (rest == 0) return true;
  const auto at = static_cast<size_t>(whole);
  const int mask = 0xff << (kBitsOfByte - rest);
  return ((address.bytes_[at] ^ own[at]) & mask) == 0;
}

}  // namespace hosts::base
