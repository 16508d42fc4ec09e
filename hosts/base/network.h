#pragma once
// IpAddress: an address of IPv4 or IPv6.
// Network:   addresses that share their first bits: "10.0.0.0/8", "10.0.0.0/255.0.0.0", "10.1",
//            "2001:db8::/32"; or one address.
//
// An IPv4 address in the form of IPv6 (::ffff:10.0.0.1), as listeners for IPv6 show it, is the IPv4
// address. Names are never looked up.
//
// Threads: values.

#include <netinet/in.h>

#include <array>
#include <optional>
#include <string_view>

namespace hosts::base {

class IpAddress {
 public:
  [[nodiscard]] static std::optional<IpAddress> Parse(std::string_view text);
  [[nodiscard]] bool is_ipv6() const;
  [[nodiscard]] int bits() const;

 private:
  friend class Network;
  int family_ = 0;
  std::array<unsigned char, sizeof(in6_addr)> bytes_{};
};

class Network {
 public:
  [[nodiscard]] static std::optional<Network> Parse(std::string_view text);
  [[nodiscard]] bool Contains(const IpAddress& address) const;

 private:
  static std::optional<Network> ParseBeginning(std::string_view text);
  [[nodiscard]] std::optional<int> ParseBits(std::string_view text) const;

  IpAddress address_;
  int bits_ = 0;
};

}  // namespace hosts::base
