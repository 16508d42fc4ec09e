#pragma once
// Arguments: words -> numbers, switches, paths, addresses, group names, accounts.
//
// Fails:   InvalidInput at the word; the message says what would be right.

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/base/result.h"
#include "hosts/deployment/deployment.h"
#include "hosts/directives/language.h"
#include "hosts/directives/settings.h"

namespace hosts::directives {

struct NumberRange {
  int lowest = 0;
  int highest = 0;
};

// All of the word, decimal digits (a deviation from CFG-3, which takes "1.5" for 1 and "abc" for 0).
[[nodiscard]] base::Result<int> ReadNumber(const Word& word, NumberRange range);
[[nodiscard]] base::Result<mode_t> ReadUmask(const Word& word);
[[nodiscard]] base::Result<bool> ReadOnOff(const Word& word);
[[nodiscard]] base::Result<int> ReadWholeNumber(const Word& word);  // may be negative
[[nodiscard]] base::Result<double> ReadSeconds(const Word& word);   // above 0, may have a fraction
// "random" or 0 to 4294967295.
[[nodiscard]] base::Result<deployment::HashSeed> ReadHashSeed(const Word& word);
// A regular expression as Apache writes it.
[[nodiscard]] base::Result<base::Regex> ReadRegex(
    const Word& word, Scope& scope, base::Regex::Case letters = base::Regex::Case::Matters);

// An expression of Apache's; noted as not obeyed where only other modules could judge it.
[[nodiscard]] base::Result<expressions::Expression> ReadExpression(const Word& word, Scope& scope);

// Checks without a value: of what is only kept.
[[nodiscard]] base::Result<void> CheckAny(const Word& word);
[[nodiscard]] base::Result<void> CheckOnOff(const Word& word);
[[nodiscard]] base::Result<void> CheckWholeNumber(const Word& word);  // may be negative
// 0, or at least so many.
[[nodiscard]] base::Result<std::uint64_t> ReadBytes(const Word& word, std::uint64_t least);
[[nodiscard]] base::Result<void> CheckBytes(const Word& word, std::uint64_t least);

// "80", "addr:80", "[v6]:80", "*:80".
[[nodiscard]] base::Result<deployment::Listen> ReadListen(const Word& word);
// "*", "*:80", "_default_:80", "addr", "addr:80", "[v6]:80"; port * or 0 is every port.
[[nodiscard]] base::Result<HostAddress> ReadHostAddress(const Word& word);
// "[scheme://]name[:port]".
[[nodiscard]] base::Result<ServerName> ReadServerName(const Word& word);

// Absolute, "." and ".." removed; relative paths begin at ServerRoot.
[[nodiscard]] base::Result<std::filesystem::path> ReadPath(const Word& word,
                                                           const std::filesystem::path& root);
// "a:b:c"; every entry absolute or relative to ServerRoot.
[[nodiscard]] base::Result<std::vector<std::string>> ReadPathList(
    const Word& word, const std::filesystem::path& root);

// EXP-1 to EXP-5.
[[nodiscard]] base::Result<deployment::GroupName> ReadGroupName(const Word& word);

// A name of this machine, or "#number".
[[nodiscard]] base::Result<uid_t> ReadOwner(const Word& word);
[[nodiscard]] base::Result<gid_t> ReadOwningGroup(const Word& word);
// The same, as it is written. The superuser is refused (SEC-1).
[[nodiscard]] base::Result<std::string> ReadUser(const Word& word);
[[nodiscard]] base::Result<std::string> ReadUnixGroup(const Word& word);

[[nodiscard]] deployment::Origin OriginOf(const Word& word);

}  // namespace hosts::directives
