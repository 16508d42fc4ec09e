#pragma once
// Error:   why something that is nobody's bug did not work: kind, sentence, and where.
// Result:  a value or an Error. Shaped like std::expected, and to be replaced by it.
//
// The sentence says what, where and what to do; callers add context on the way up with While().

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "hosts/base/check.h"

namespace hosts::base {

enum class ErrorKind {
  InvalidInput,  // a configuration, request or argument that must be changed
  NotFound,
  System,       // the operating system refused
  Timeout,      // a deadline passed
  Closed,       // the other side went away
  Unsupported,  // not possible here; the message says why
};

struct SourcePosition {
  std::string file;
  int line = 0;
  int column = 0;  // 0: the whole line
};

struct Error {
  ErrorKind kind = ErrorKind::System;
  std::string message;
  std::optional<SourcePosition> where = std::nullopt;

  // The same error with "doing: " in front of its message.
  [[nodiscard]] Error While(std::string_view doing) const;
  // "file:line: message", or the message alone.
  [[nodiscard]] std::string Text() const;
};

// The error for errno as it stands, e.g. "open /etc/x: Permission denied".
[[nodiscard]] Error SystemError(std::string_view what);
[[nodiscard]] Error SystemError(std::string_view what, int error_number);

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit

  [[nodiscard]] bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & {
    CHECK(has_value(), "the value of a failed Result was asked for");
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    CHECK(has_value(), "the value of a failed Result was asked for");
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    CHECK(has_value(), "the value of a failed Result was asked for");
    return std::move(*std::get_if<0>(&state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  [[nodiscard]] const Error& error() const {
    CHECK(!has_value(), "the error of a successful Result was asked for");
    return *std::get_if<1>(&state_);
  }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit

  [[nodiscard]] bool has_value() const { return !error_.has_value(); }
  explicit operator bool() const { return has_value(); }
  [[nodiscard]] const Error& error() const {
    CHECK(error_.has_value(), "the error of a successful Result was asked for");
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace hosts::base
