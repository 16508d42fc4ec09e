#include "hosts/base/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/format.h>
#include <fnmatch.h>
#include <pcre2.h>

#include <array>

namespace hosts::base {

namespace {

// Steps until a match is given up: a pattern must not hold up the server.
constexpr std::uint32_t kMostSteps = 1'000'000;

std::string MessageOf(int error) {
  std::array<PCRE2_UCHAR, 256> message{};
  pcre2_get_error_message(error, message.data(), message.size());
  return reinterpret_cast<const char*>(message.data());
}

struct FreeMatchData {
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};
struct FreeMatchContext {
  void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
};

pcre2_match_context* LimitedContext() {
  thread_local const std::unique_ptr<pcre2_match_context, FreeMatchContext> context = [] {
    auto* made = pcre2_match_context_create(nullptr);
    pcre2_set_match_limit(made, kMostSteps);
    return std::unique_ptr<pcre2_match_context, FreeMatchContext>(made);
  }();
  return context.get();
}

}  // namespace

struct Regex::Code {
  pcre2_code* compiled = nullptr;

  explicit Code(pcre2_code* code) : compiled(code) {}
  Code(const Code&) = delete;
  Code& operator=(const Code&) = delete;
  ~Code() { pcre2_code_free(compiled); }
};

Result<Regex> Regex::Compile(std::string_view pattern, Case letters) {
  int error = 0;
  PCRE2_SIZE at = 0;
  const std::uint32_t options = letters == Case::Ignored ? PCRE2_CASELESS : 0;
  pcre2_code* compiled = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()),
                                       pattern.size(),
                                       options | PCRE2_DOLLAR_ENDONLY,
                                       &error,
                                       &at,
                                       nullptr);
  if (compiled == nullptr) {
    return Error{
        ErrorKind::InvalidInput,
        fmt::format(
            "the regular expression is wrong at its character {}: {}", at + 1, MessageOf(error))};
  }
  pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE);  // only speed; where it is missing, it is slower
  return Regex(std::string(pattern), std::make_shared<const Code>(compiled));
}

std::optional<Regex::Captures> Regex::Match(std::string_view text) const {
  const std::unique_ptr<pcre2_match_data, FreeMatchData> data(
      pcre2_match_data_create_from_pattern(code_->compiled, nullptr));
  const int count = pcre2_match(code_->compiled,
                                reinterpret_cast<PCRE2_SPTR>(text.data()),
                                text.size(),
                                0,
                                0,
                                data.get(),
                                LimitedContext());
  if (count <= 0) return std::nullopt;
  const PCRE2_SIZE* bounds = pcre2_get_ovector_pointer(data.get());
  Captures captures;
  for (int i = 0; i < count; ++i) {
    const auto begin = bounds[2 * i];
    const auto end = bounds[2 * i + 1];
    captures.push_back(begin == PCRE2_UNSET ? std::string_view() : text.substr(begin, end - begin));
  }
  return captures;
}

size_t Regex::group_count() const {
  std::uint32_t count = 0;
  pcre2_pattern_info(code_->compiled, PCRE2_INFO_CAPTURECOUNT, &count);
  return count;
}

size_t Regex::size_bytes() const {
  size_t size = 0;
  pcre2_pattern_info(code_->compiled, PCRE2_INFO_SIZE, &size);
  return size;
}

Regex::Named Regex::NamedGroups(const Captures& captures) const {
  std::uint32_t count = 0;
  std::uint32_t entry_size = 0;
  PCRE2_SPTR table = nullptr;
  pcre2_pattern_info(code_->compiled, PCRE2_INFO_NAMECOUNT, &count);
  if (count == 0) return {};
  pcre2_pattern_info(code_->compiled, PCRE2_INFO_NAMEENTRYSIZE, &entry_size);
  pcre2_pattern_info(code_->compiled, PCRE2_INFO_NAMETABLE, &table);
  Named named;
  for (std::uint32_t i = 0; i < count; ++i) {
    // Two bytes for the number of the group, then its name and a NUL.
    const PCRE2_SPTR entry = table + static_cast<std::size_t>(i) * entry_size;
    const std::size_t group = static_cast<std::size_t>(entry[0]) << 8 | entry[1];
    const char* name = reinterpret_cast<const char*>(entry + 2);
    if (group < captures.size()) named.emplace_back(name, captures[group]);
  }
  return named;
}

std::string Substitute(std::string_view replacement, const Regex::Captures& captures) {
  std::string text;
  for (size_t i = 0; i < replacement.size(); ++i) {
    const char c = replacement[i];
    const char next = i + 1 < replacement.size() ? replacement[i + 1] : '\0';
    if (c == '\\' && (next == '$' || next == '&')) {
      text += next;
      ++i;
    } else if (c == '&') {
      if (!captures.empty()) text += captures.front();
    } else if (c == '$' && next >= '0' && next <= '9') {
      const auto group = static_cast<size_t>(next - '0');
      if (group < captures.size()) text += captures[group];
      ++i;
    } else {
      text += c;
    }
  }
  return text;
}

bool FitsGlob(std::string_view text, std::string_view glob, Slashes slashes) {
  const int flags = slashes == Slashes::Count ? FNM_PATHNAME : 0;
  return ::fnmatch(std::string(glob).c_str(), std::string(text).c_str(), flags) == 0;
}

bool IsGlob(std::string_view text) {
  return text.find_first_of("*?[") != std::string_view::npos;
}

}  // namespace hosts::base
