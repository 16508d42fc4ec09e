#include "reports/record/json.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>

#include "reports/record/fields.h"

namespace reports::record {

namespace {

using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;
using Json = nlohmann::ordered_json;

// ---- Values to JSON. A value that is absent becomes null and is left out by its struct.

Json ToJson(const std::string& text) {
  return text;
}
Json ToJson(bool value) {
  return value;
}
template <Number T>
Json ToJson(T value) {
  return value;
}
Json ToJson(double value) {
  return std::isfinite(value) ? Json(value) : Json();
}
Json ToJson(const Bucket& bucket) {
  return Json::array({bucket.value_us, bucket.count});
}
template <typename T>
requires std::is_enum_v<T> Json ToJson(T value) {
  return std::string(Name(value));
}
template <typename T>
Json ToJson(const std::optional<T>& value);
template <typename T>
Json ToJson(const std::vector<T>& list);
template <typename T>
Json ToJson(const std::map<std::string, T>& map);
template <Described T>
Json ToJson(const T& value);

template <typename T>
Json ToJson(const std::optional<T>& value) {
  return value ? ToJson(*value) : Json();
}

template <typename T>
Json ToJson(const std::vector<T>& list) {
  if (list.empty()) return {};
  Json json = Json::array();
  for (const T& item : list)
    json.push_back(ToJson(item));
  return json;
}

template <typename T>
Json ToJson(const std::map<std::string, T>& map) {
  Json json = Json::object();
  for (const auto& [name, value] : map)
    json[name] = ToJson(value);
  return json;
}

template <Described T>
void AddFields(Json& json, const T& value) {
  const auto add = [&](const auto& field) {
    Json member = ToJson(value.*field.member);
    if (!member.is_null()) json[std::string(field.name)] = std::move(member);
  };
  std::apply([&](const auto&... field) { (add(field), ...); }, kFields<T>);
}

template <Described T>
Json ToJson(const T& value) {
  Json json = Json::object();
  AddFields(json, value);
  return json;
}

// ---- Values from JSON. Each returns what is wrong, or "" when nothing is.

std::string FromJson(const Json& json, std::string& text) {
  if (!json.is_string()) return "is not a string";
  text = json.get<std::string>();
  return {};
}

std::string FromJson(const Json& json, bool& value) {
  if (!json.is_boolean()) return "is not true or false";
  value = json.get<bool>();
  return {};
}

template <Number T>
std::string FromJson(const Json& json, T& value) {
  if (!json.is_number_integer()) return "is not a whole number";
  const bool is_too_large =
      json.is_number_unsigned() &&
      json.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<T>::max());
  if (is_too_large || !std::in_range<T>(json.get<std::int64_t>())) return "is too large";
  value = json.get<T>();
  return {};
}

std::string FromJson(const Json& json, double& value) {
  if (!json.is_number()) return "is not a number";
  value = json.get<double>();
  return {};
}

std::string FromJson(const Json& json, Bucket& bucket) {
  if (!json.is_array() || json.size() != 2) return "is not a pair of value and count";
  std::string wrong = FromJson(json[0], bucket.value_us);
  return wrong.empty() ? FromJson(json[1], bucket.count) : wrong;
}

template <typename T>
requires std::is_enum_v<T> std::string FromJson(const Json& json, T& value) {
  if (!json.is_string()) return "is not a string";
  const auto& word = json.get_ref<const std::string&>();
  const auto known = FromWord<T>(word);
  if (!known) return fmt::format("is \"{}\": not one of {}", word, fmt::join(Words<T>(), ", "));
  value = *known;
  return {};
}

template <typename T>
std::string FromJson(const Json& json, std::optional<T>& value);
template <typename T>
std::string FromJson(const Json& json, std::vector<T>& list);
template <typename T>
std::string FromJson(const Json& json, std::map<std::string, T>& map);
template <Described T>
std::string FromJson(const Json& json, T& value);

template <typename T>
std::string FromJson(const Json& json, std::optional<T>& value) {
  return FromJson(json, value.emplace());
}

template <typename T>
std::string FromJson(const Json& json, std::vector<T>& list) {
  if (!json.is_array()) return "is not a list";
  for (const Json& item : json) {
    std::string wrong = FromJson(item, list.emplace_back());
    if (!wrong.empty()) return fmt::format("[{}] {}", list.size() - 1, wrong);
  }
  return {};
}

template <typename T>
std::string FromJson(const Json& json, std::map<std::string, T>& map) {
  if (!json.is_object()) return "is not an object";
  for (const auto& [name, item] : json.items()) {
    std::string wrong = FromJson(item, map[name]);
    if (!wrong.empty()) return fmt::format("{} {}", name, wrong);
  }
  return {};
}

template <typename T>
inline constexpr bool kMayBeAbsent = false;
template <typename T>
inline constexpr bool kMayBeAbsent<std::optional<T>> = true;
template <typename T>
inline constexpr bool kMayBeAbsent<std::vector<T>> = true;

template <typename Struct, typename Member>
std::string ReadField(const Json& json, const Field<Struct, Member>& field, Struct& value) {
  const auto found = json.find(std::string(field.name));
  if (found == json.end() || found->is_null()) {
    if (kMayBeAbsent<Member>) return {};
    return fmt::format("{} is missing", field.name);
  }
  std::string wrong = FromJson(*found, value.*field.member);
  if (wrong.empty()) return {};
  return fmt::format("{} {}", field.name, wrong);
}

template <Described T>
std::string FromJson(const Json& json, T& value) {
  if (!json.is_object()) return "is not an object";
  std::string wrong;
  const auto read = [&](const auto& field) {
    wrong = ReadField(json, field, value);
    return wrong.empty();
  };
  std::apply([&](const auto&... field) { (read(field) && ...); }, kFields<T>);
  return wrong;
}

// ---- Lines.

// The line as the alternative of Line whose type it has; UnknownLine when none fits.
template <std::size_t index = 0>
Result<Line> LineOfType(const std::string& type, const Json& json, std::string_view text) {
  using Alternative = std::variant_alternative_t<index, Line>;
  if constexpr (std::is_same_v<Alternative, UnknownLine>) {
    return Line(UnknownLine{type, std::string(text)});
  } else {
    if (type != kType<Alternative>) return LineOfType<index + 1>(type, json, text);
    Alternative value;
    const std::string wrong = FromJson(json, value);
    if (!wrong.empty()) return Error{ErrorKind::InvalidInput, fmt::format("{}: {}", type, wrong)};
    return Line(std::move(value));
  }
}

}  // namespace

std::string ToJsonLine(const Line& line) {
  return std::visit(
      []<typename T>(const T& value) -> std::string {
        if constexpr (std::is_same_v<T, UnknownLine>) {
          return value.text;
        } else {
          Json json = Json::object();
          json["type"] = std::string(kType<T>);
          AddFields(json, value);
          return json.dump(-1, ' ', false, Json::error_handler_t::replace);
        }
      },
      line);
}

Result<Line> ParseLine(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return Error{ErrorKind::InvalidInput, "not a line of JSON"};
  if (!json.is_object()) return Error{ErrorKind::InvalidInput, "not a JSON object"};
  const auto type = json.find("type");
  if (type == json.end() || !type->is_string()) {
    return Error{ErrorKind::InvalidInput, "type is missing"};
  }
  return LineOfType(type->get<std::string>(), json, text);
}

}  // namespace reports::record
