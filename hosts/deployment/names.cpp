#include "hosts/deployment/names.h"

#include "hosts/base/check.h"

namespace hosts::deployment {

namespace {

constexpr std::string_view kEnvironment = "%{ENV:";

}  // namespace

GroupName ParseGroupName(std::string_view text) {
  using Kind = GroupName::Kind;
  if (text.empty() || text == "%{GLOBAL}") return {Kind::Global, {}};
  if (text == "%{SERVER}") return {Kind::Server, {}};
  if (text == "%{RESOURCE}") return {Kind::Resource, {}};
  if (text == "%{HOST}") return {Kind::Host, {}};
  if (const auto variable = EnvironmentToken(text)) {
    return {Kind::Environment, std::string(*variable)};
  }
  return {Kind::Literal, std::string(text)};
}

CallableName ParseCallableName(std::string_view text) {
  using Kind = CallableName::Kind;
  if (const auto variable = EnvironmentToken(text)) {
    return {Kind::Environment, std::string(*variable)};
  }
  if (text.starts_with('%')) return CallableName{};
  return {Kind::Literal, std::string(text)};
}

std::optional<std::string_view> EnvironmentToken(std::string_view text) {
  if (!text.starts_with(kEnvironment) || !text.ends_with('}')) return std::nullopt;
  return text.substr(kEnvironment.size(), text.size() - kEnvironment.size() - 1);
}

std::string AsWritten(const GroupName& name) {
  switch (name.kind) {
    case GroupName::Kind::Global:
      return "%{GLOBAL}";
    case GroupName::Kind::Literal:
      return name.literal;
    case GroupName::Kind::Server:
      return "%{SERVER}";
    case GroupName::Kind::Resource:
      return "%{RESOURCE}";
    case GroupName::Kind::Host:
      return "%{HOST}";
    case GroupName::Kind::Environment:
      return "%{ENV:" + name.literal + "}";
  }
  CHECK(false, "a group name has one of six kinds");
}

}  // namespace hosts::deployment
