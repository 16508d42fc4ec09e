#include "reports/record/json.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <concepts>
#include <limits>
#include <tuple>
#include <type_traits>
#include <utility>

namespace reports::record {

namespace {

using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;
using Json = nlohmann::ordered_json;

// ---- The table: the members of every struct under their names in the line.

template <typename Struct, typename Member>
struct Field {
  std::string_view name;
  Member Struct::*member;
};
template <typename Struct, typename Member>
Field(const char*, Member Struct::*) -> Field<Struct, Member>;

template <typename Struct>
inline constexpr std::tuple kFields;  // declared for every struct below

template <>
inline constexpr std::tuple kFields<Machine>{Field{"cpu", &Machine::cpu},
                                             Field{"cores", &Machine::cores},
                                             Field{"memory_kib", &Machine::memory_kib},
                                             Field{"kernel", &Machine::kernel},
                                             Field{"distribution", &Machine::distribution},
                                             Field{"load_1min", &Machine::load_1min},
                                             Field{"governor", &Machine::governor},
                                             Field{"build_type", &Machine::build_type}};
template <>
inline constexpr std::tuple kFields<HostVersion>{Field{"name", &HostVersion::name},
                                                 Field{"version", &HostVersion::version},
                                                 Field{"python", &HostVersion::python},
                                                 Field{"library", &HostVersion::library}};
template <>
inline constexpr std::tuple kFields<Plan>{
    Field{"modes", &Plan::modes}, Field{"apps", &Plan::apps}, Field{"cells", &Plan::cells}};
template <>
inline constexpr std::tuple kFields<Header>{Field{"schema", &Header::schema},
                                            Field{"run", &Header::run},
                                            Field{"started_at", &Header::started_at},
                                            Field{"command", &Header::command},
                                            Field{"profile", &Header::profile},
                                            Field{"revision", &Header::revision},
                                            Field{"machine", &Header::machine},
                                            Field{"hosts", &Header::hosts},
                                            Field{"plan", &Header::plan}};
template <>
inline constexpr std::tuple kFields<Cell>{Field{"cell", &Cell::cell},
                                          Field{"host", &Cell::host},
                                          Field{"process", &Cell::process},
                                          Field{"interpreter", &Cell::interpreter},
                                          Field{"loading", &Cell::loading},
                                          Field{"app", &Cell::app},
                                          Field{"title", &Cell::title},
                                          Field{"outcome", &Cell::outcome},
                                          Field{"reason", &Cell::reason},
                                          Field{"seconds", &Cell::seconds},
                                          Field{"log_tail", &Cell::log_tail},
                                          Field{"reproduce", &Cell::reproduce}};
template <>
inline constexpr std::tuple kFields<PlacementAsked>{
    Field{"process_group", &PlacementAsked::process_group},
    Field{"application_group", &PlacementAsked::application_group},
    Field{"interpreter", &PlacementAsked::interpreter},
    Field{"loading", &PlacementAsked::loading}};
template <>
inline constexpr std::tuple kFields<PlacementFound>{
    Field{"pid", &PlacementFound::pid},
    Field{"parent_pid", &PlacementFound::parent_pid},
    Field{"supervisor_pid", &PlacementFound::supervisor_pid},
    Field{"process_group", &PlacementFound::process_group},
    Field{"application_group", &PlacementFound::application_group},
    Field{"interpreter_id", &PlacementFound::interpreter_id},
    Field{"is_main_interpreter", &PlacementFound::is_main_interpreter},
    Field{"python", &PlacementFound::python},
    Field{"prefix", &PlacementFound::prefix},
    Field{"gil", &PlacementFound::gil},
    Field{"process_started_at", &PlacementFound::process_started_at},
    Field{"import_started_at", &PlacementFound::import_started_at},
    Field{"import_finished_at", &PlacementFound::import_finished_at},
    Field{"ready_at", &PlacementFound::ready_at},
    Field{"first_request_at", &PlacementFound::first_request_at},
    Field{"import_on_main_thread", &PlacementFound::import_on_main_thread},
    Field{"load_count", &PlacementFound::load_count}};
template <>
inline constexpr std::tuple kFields<Placement>{Field{"cell", &Placement::cell},
                                               Field{"asked", &Placement::asked},
                                               Field{"found", &Placement::found},
                                               Field{"agrees", &Placement::agrees},
                                               Field{"differences", &Placement::differences}};
template <>
inline constexpr std::tuple kFields<Startup>{
    Field{"cell", &Startup::cell},
    Field{"ready_ms", &Startup::ready_ms},
    Field{"first_request_ms", &Startup::first_request_ms},
    Field{"second_request_ms", &Startup::second_request_ms},
    Field{"import_ms", &Startup::import_ms}};
template <>
inline constexpr std::tuple kFields<TourStep>{Field{"name", &TourStep::name},
                                              Field{"method", &TourStep::method},
                                              Field{"path", &TourStep::path},
                                              Field{"status", &TourStep::status},
                                              Field{"ms", &TourStep::ms},
                                              Field{"passed", &TourStep::passed},
                                              Field{"problem", &TourStep::problem}};
template <>
inline constexpr std::tuple kFields<Tour>{
    Field{"cell", &Tour::cell}, Field{"steps", &Tour::steps}, Field{"passed", &Tour::passed}};
template <>
inline constexpr std::tuple kFields<Latency>{Field{"min", &Latency::min},
                                             Field{"mean", &Latency::mean},
                                             Field{"p50", &Latency::p50},
                                             Field{"p90", &Latency::p90},
                                             Field{"p99", &Latency::p99},
                                             Field{"p999", &Latency::p999},
                                             Field{"max", &Latency::max}};
template <>
inline constexpr std::tuple kFields<Generator>{
    Field{"cpu_share", &Generator::cpu_share},
    Field{"lateness_p99_us", &Generator::lateness_p99_us},
    Field{"state", &Generator::state},
    Field{"reason", &Generator::reason}};
template <>
inline constexpr std::tuple kFields<Load>{Field{"cell", &Load::cell},
                                          Field{"loop", &Load::loop},
                                          Field{"connections", &Load::connections},
                                          Field{"rate_per_s", &Load::rate_per_s},
                                          Field{"seconds", &Load::seconds},
                                          Field{"planned", &Load::planned},
                                          Field{"sent", &Load::sent},
                                          Field{"done", &Load::done},
                                          Field{"failed", &Load::failed},
                                          Field{"unfinished", &Load::unfinished},
                                          Field{"wrong_answers", &Load::wrong_answers},
                                          Field{"requests_per_s", &Load::requests_per_s},
                                          Field{"latency_us", &Load::latency_us},
                                          Field{"histogram", &Load::histogram},
                                          Field{"generator", &Load::generator}};
template <>
inline constexpr std::tuple kFields<HostProcess>{Field{"pid", &HostProcess::pid},
                                                 Field{"role", &HostProcess::role},
                                                 Field{"pss_kib", &HostProcess::pss_kib},
                                                 Field{"threads", &HostProcess::threads}};
template <>
inline constexpr std::tuple kFields<Resources>{
    Field{"cell", &Resources::cell},
    Field{"when", &Resources::when},
    Field{"cpu_us_per_request", &Resources::cpu_us_per_request},
    Field{"pss_kib", &Resources::pss_kib},
    Field{"private_dirty_kib", &Resources::private_dirty_kib},
    Field{"processes", &Resources::processes}};
template <>
inline constexpr std::tuple kFields<Check>{Field{"suite", &Check::suite},
                                           Field{"check", &Check::check},
                                           Field{"rule", &Check::rule},
                                           Field{"level", &Check::level},
                                           Field{"mode", &Check::mode},
                                           Field{"title", &Check::title},
                                           Field{"expected", &Check::expected},
                                           Field{"observed", &Check::observed},
                                           Field{"outcome", &Check::outcome},
                                           Field{"detail", &Check::detail},
                                           Field{"ms", &Check::ms},
                                           Field{"reproduce", &Check::reproduce},
                                           Field{"probe", &Check::probe},
                                           Field{"pairing", &Check::pairing},
                                           Field{"settings_asked", &Check::settings_asked},
                                           Field{"settings_served", &Check::settings_served}};
template <>
inline constexpr std::tuple kFields<NotMeasured>{Field{"what", &NotMeasured::what},
                                                 Field{"reason", &NotMeasured::reason}};
template <>
inline constexpr std::tuple kFields<Footer>{Field{"finished_at", &Footer::finished_at},
                                            Field{"seconds", &Footer::seconds},
                                            Field{"verdict", &Footer::verdict},
                                            Field{"cells", &Footer::cells},
                                            Field{"checks", &Footer::checks},
                                            Field{"exit_code", &Footer::exit_code},
                                            Field{"left_behind", &Footer::left_behind}};

// The types of lines, and the struct of each.
template <typename T>
inline constexpr std::string_view kType = "";
template <>
inline constexpr std::string_view kType<Header> = "header";
template <>
inline constexpr std::string_view kType<Cell> = "cell";
template <>
inline constexpr std::string_view kType<Placement> = "placement";
template <>
inline constexpr std::string_view kType<Startup> = "startup";
template <>
inline constexpr std::string_view kType<Tour> = "tour";
template <>
inline constexpr std::string_view kType<Load> = "load";
template <>
inline constexpr std::string_view kType<Resources> = "resources";
template <>
inline constexpr std::string_view kType<Check> = "check";
template <>
inline constexpr std::string_view kType<NotMeasured> = "not_measured";
template <>
inline constexpr std::string_view kType<Footer> = "footer";

template <typename T>
concept Described = std::tuple_size_v<std::remove_cvref_t<decltype(kFields<T>)>> >
0;
template <typename T>
concept Number = std::integral<T> && !std::same_as<T, bool>;

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
