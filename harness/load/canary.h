#pragma once
// Canary: a token in a request that must come back in the answer to it, and in no other. What holds one
// visitor's data up to another (a thread's, an interpreter's or a proxy's mix-up) brings the wrong one.
//
// A token is "wlab" and 16 hexadecimal digits: half of them the phase's, half the request's number. It is
// written where a request holds the placeholder, which has the same length; a request without
// one gets the header X-Wsgilab-Canary.
//
// Allocates nothing but in ArmRequest().

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace harness::load {

inline constexpr std::string_view kCanaryHeader = "X-Wsgilab-Canary";
inline constexpr std::string_view kCanaryPlaceholder = "wlab-token-goes-here";

class Token {
 public:
  static constexpr std::size_t kLength = 20;

  Token(std::uint32_t phase, std::uint32_t number);
  [[nodiscard]] std::string_view text() const { return {text_, kLength}; }

 private:
  char text_[kLength];
};

enum class Echo { Own, Lost, Anothers };

// What an answer holds of tokens. Another's beside its own is another's.
[[nodiscard]] Echo FindEcho(std::string_view head, std::string_view body, const Token& own);

// Makes room for a token, and says where.
[[nodiscard]] std::vector<std::size_t> ArmRequest(std::string& bytes);

}  // namespace harness::load
