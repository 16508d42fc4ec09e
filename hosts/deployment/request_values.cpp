#include "hosts/deployment/request_values.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "hosts/base/check.h"
#include "hosts/base/letters.h"
#include "hosts/base/network.h"

namespace hosts::deployment {

namespace {

using base::SameLetters;
using expressions::FileState;
using expressions::Variable;

constexpr int kHttpPort = 80;

// As they stand in messages.
constexpr const char* kUrl = "the URL";
constexpr const char* kClient = "the client's address";

}  // namespace

expressions::FileState Surroundings::StateOf(const std::string& path) {
  using Kind = expressions::FileState::Kind;
  switch (KindOf(path)) {
    case FileKind::Missing:
    case FileKind::Unreachable:
      return {};
    case FileKind::Directory:
      return {.kind = Kind::Directory};
    case FileKind::File:
      return {.kind = Kind::File};
  }
  CHECK(false, "a path is one of four");
}

void RequestValues::SetMapping(std::string_view path,
                               std::string_view filename,
                               std::string_view path_info) {
  path_ = path;
  filename_ = filename;
  path_info_ = path_info;
}

void RequestValues::SetVariables(Variables variables) {
  variables_ = std::move(variables);
  make_variables_ = nullptr;
  later_variables_.clear();
}

void RequestValues::SetVariables(std::function<Variables()> make) {
  SetVariables(Variables());
  make_variables_ = std::move(make);
}

std::set<std::string> RequestValues::TakeAsked() {
  return std::exchange(asked_, {});
}

std::string RequestValues::Of(Variable variable) {
  switch (variable) {
    case Variable::RequestMethod:
      asked_.insert("the method");
      return std::string(address_.method);
    case Variable::RequestScheme:
      return "http";
    case Variable::RequestUri:
      asked_.insert(kUrl);
      return path_;
    case Variable::RequestFilename:
      asked_.insert(kUrl);
      return filename_;
    case Variable::PathInfo:
      asked_.insert(kUrl);
      return path_info_;
    case Variable::QueryString:
      asked_.insert(kUrl);
      return std::string(address_.query);
    case Variable::TheRequest:
      asked_.insert(kUrl);
      asked_.insert("the method");
      return fmt::format("{} {} {}", address_.method, address_.target, address_.protocol);
    case Variable::ServerName:
      return ServerName();
    case Variable::ServerPort:
      return fmt::format("{}", ServerPort());
    case Variable::ServerProtocol:
      asked_.insert("the protocol");
      return std::string(address_.protocol);
    case Variable::DocumentRoot:
      return host_.document_root ? host_.document_root->value : std::string();
    case Variable::RemoteAddress:
    case Variable::ConnectionAddress:
      return ClientAddress();
    case Variable::RemotePort:
      asked_.insert("the client's port");
      return fmt::format("{}", address_.remote_port);
    case Variable::Https:
    case Variable::Http2:
      return "off";
    case Variable::RequestStatus:
      return fmt::format("{}", status_);
    case Variable::IPv6: {
      const auto address = base::IpAddress::Parse(ClientAddress());
      return address && address->is_ipv6() ? "on" : "off";
    }
  }
  CHECK(false, "every variable has a value");
}

// Apache's default, UseCanonicalName Off: as the client wrote it.
std::string RequestValues::ServerName() const {
  return address_.host.empty() ? host_.server_name : base::Lowered(address_.host);
}

int RequestValues::ServerPort() const {
  if (address_.host_port != 0) return address_.host_port;
  if (host_.server_port != 0) return host_.server_port;
  return host_.port != 0 ? host_.port : kHttpPort;
}

std::string RequestValues::ClientAddress() {
  asked_.insert(kClient);
  constexpr std::string_view kIPv4InIPv6 = "::ffff:";
  std::string_view address = address_.remote_address;
  if (address.starts_with(kIPv4InIPv6)) address.remove_prefix(kIPv4InIPv6.size());
  return std::string(address);
}

std::optional<std::string> RequestValues::Header(std::string_view name) {
  const bool is_host = SameLetters(name, "Host");
  if (!is_host) asked_.insert(fmt::format("the header {}", name));
  if (const auto values = AllOfHeader(name); !values.empty()) {
    return fmt::format("{}", fmt::join(values, ", "));  // as Apache merges them
  }
  return is_host && !address_.host.empty() ? std::optional(std::string(address_.host))
                                           : std::nullopt;
}

std::vector<std::string_view> RequestValues::AllOfHeader(std::string_view name) const {
  std::vector<std::string_view> values;
  while (address_.header) {
    size_t to_skip = values.size();
    const auto value = address_.header(
        [&](std::string_view other) { return SameLetters(name, other) && to_skip-- == 0; });
    if (!value) break;
    values.push_back(*value);
  }
  return values;
}

std::optional<std::string> RequestValues::RequestVariable(const std::string& name) {
  asked_.insert(fmt::format("the variable {}", name));
  // Expressions that set variables may ask for others while these are made.
  if (const auto make = std::exchange(make_variables_, nullptr)) {
    Variables later = later_variables_;
    Variables made = make();
    SetVariables(std::move(made));
    later_variables_ = std::move(later);
  }
  for (const Variables* variables : {&later_variables_, &variables_}) {
    const auto found = std::ranges::find_if(
        *variables, [&name](const auto& variable) { return SameLetters(variable.first, name); });
    if (found != variables->end()) return found->second;
  }
  return std::nullopt;
}

std::optional<std::string> RequestValues::ServerVariable(const std::string& name) {
  return surroundings_.Variable(name);
}

FileState RequestValues::StateOf(const std::string& path) {
  return surroundings_.StateOf(path);
}

std::optional<std::string> RequestValues::Contents(const std::string& path) {
  return surroundings_.Contents(path);
}

std::tm RequestValues::Now() {
  asked_.insert("the time");
  return Values::Now();
}

}  // namespace hosts::deployment
