#include "reports/record/schema.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <string_view>
#include <type_traits>

#include "reports/record/fields.h"

namespace reports::record {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kDialect = "https://json-schema.org/draft/2020-12/schema";

// A value of T, for overload resolution only.
template <typename T>
struct Of {};

template <typename T>
inline constexpr bool kIsRequired = true;
template <typename T>
inline constexpr bool kIsRequired<std::optional<T>> = false;
template <typename T>
inline constexpr bool kIsRequired<std::vector<T>> = false;

Json Schema(Of<std::string>) {
  return {{"type", "string"}};
}
Json Schema(Of<bool>) {
  return {{"type", "boolean"}};
}
Json Schema(Of<double>) {
  return {{"type", "number"}};
}
Json Schema(Of<Bucket>) {
  return {{"type", "array"},
          {"prefixItems",
           {{{"type", "number"}, {"minimum", 0}}, {{"type", "integer"}, {"minimum", 0}}}},
          {"minItems", 2},
          {"maxItems", 2}};
}
template <Number T>
Json Schema(Of<T>) {
  return {{"type", "integer"}};
}
template <typename T>
requires std::is_enum_v<T> Json Schema(Of<T>) {
  Json words = Json::array();
  for (const std::string_view word : Words<T>())
    words.push_back(std::string(word));
  return {{"enum", words}};
}
template <typename T>
Json Schema(Of<std::optional<T>>);
template <typename T>
Json Schema(Of<std::vector<T>>);
template <typename T>
Json Schema(Of<std::map<std::string, T>>);
template <Described T>
Json Schema(Of<T>);

template <typename T>
Json Schema(Of<std::optional<T>>) {
  return Schema(Of<T>{});
}
template <typename T>
Json Schema(Of<std::vector<T>>) {
  return {{"type", "array"}, {"items", Schema(Of<T>{})}};
}
template <typename T>
Json Schema(Of<std::map<std::string, T>>) {
  return {{"type", "object"}, {"additionalProperties", Schema(Of<T>{})}};
}

// The unit is the end of the name; a member with a unit is never negative.
std::string_view Unit(std::string_view name) {
  if (name.ends_with("_at")) return "seconds since the epoch";
  if (name.ends_with("_ms")) return "milliseconds";
  if (name.ends_with("_us") || name.ends_with("_us_per_request")) return "microseconds";
  if (name.ends_with("_ns")) return "nanoseconds";
  if (name.ends_with("_kib")) return "KiB";
  if (name.ends_with("_per_s")) return "per second";
  if (name == "seconds") return "seconds";
  return {};
}

template <typename Struct, typename Member>
void AddField(const Field<Struct, Member>& field, Json& properties, Json& required) {
  const std::string name(field.name);
  Json schema = Schema(Of<Member>{});
  const std::string_view unit = Unit(name);
  if (!unit.empty() && schema.contains("type") && schema["type"] != "object") {
    schema["minimum"] = 0;
    schema["description"] = std::string(unit);
  }
  properties[name] = std::move(schema);
  if (kIsRequired<Member>) required.push_back(name);
}

template <Described T>
Json Schema(Of<T>) {
  Json properties = Json::object();
  Json required = Json::array();
  std::apply([&](const auto&... field) { (AddField(field, properties, required), ...); },
             kFields<T>);
  Json schema = {
      {"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
  if (!required.empty()) schema["required"] = std::move(required);
  return schema;
}

// A line, which says its type before all else.
template <Described T>
Json LineSchema() {
  Json schema = Schema(Of<T>{});
  Json properties = {{"type", {{"const", std::string(kType<T>)}}}};
  properties.update(schema["properties"]);
  schema["properties"] = std::move(properties);
  return schema;
}

// Adds "a line whose type is T's is a T" for every alternative of Line.
template <std::size_t index = 0>
void AddLines(Json& definitions, Json& rules) {
  using Alternative = std::variant_alternative_t<index, Line>;
  if constexpr (!std::is_same_v<Alternative, UnknownLine>) {
    const std::string type(kType<Alternative>);
    definitions[type] = LineSchema<Alternative>();
    rules.push_back({{"if", {{"properties", {{"type", {{"const", type}}}}}}},
                     {"then", {{"$ref", fmt::format("#/$defs/{}", type)}}}});
    AddLines<index + 1>(definitions, rules);
  }
}

}  // namespace

std::string SchemaText() {
  Json definitions = Json::object();
  Json rules = Json::array();
  AddLines(definitions, rules);
  const Json schema = {
      {"$schema", kDialect},
      {"$id", fmt::format("urn:wsgilab:schema:record:{}", kSchema)},
      {"title", fmt::format("A line of a wsgilab record, schema {}", kSchema)},
      {"description",
       "format.md beside this file says what the members mean. A line of another type is valid."},
      {"type", "object"},
      {"properties", {{"type", {{"type", "string"}}}}},
      {"required", Json::array({"type"})},
      {"allOf", std::move(rules)},
      {"$defs", std::move(definitions)}};
  return schema.dump(2) + '\n';
}

std::string LoadSchemaText() {
  const Json rate = {{"type", "number"}, {"minimum", 0}, {"description", "per second"}};
  Json load = LineSchema<Load>();
  load["required"].insert(load["required"].begin(), "type");
  const Json capacity = {
      {"type", "object"},
      {"description", "the last line of --capacity; the load lines before it are what was tried"},
      {"additionalProperties", false},
      {"properties",
       {{"type", {{"const", "capacity"}}},
        {"cell", {{"type", "string"}, {"description", "the URL"}}},
        {"limit", {{"type", "string"}, {"description", "as it was asked for: p99<20ms"}}},
        {"rate_per_s", rate},
        {"closed_loop_per_s", rate},
        {"too_high_per_s", rate},
        {"reason", {{"type", "string"}, {"description", "why a higher rate did not hold"}}},
        {"state", {{"enum", {"verified", "lower_bound"}}}}}},
      {"required", {"type", "cell", "limit", "rate_per_s", "closed_loop_per_s", "state"}}};
  const Json schema = {
      {"$schema", kDialect},
      {"$id", fmt::format("urn:wsgilab:schema:load:{}", kSchema)},
      {"title", "A line of wsgilab load --json"},
      {"description", "The load line of a record, whose cell is the URL; format.md explains it."},
      {"oneOf", {{{"$ref", "#/$defs/load"}}, {{"$ref", "#/$defs/capacity"}}}},
      {"$defs", {{"load", std::move(load)}, {"capacity", capacity}}}};
  return schema.dump(2) + '\n';
}

}  // namespace reports::record
