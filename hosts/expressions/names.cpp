#include "hosts/expressions/names.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "hosts/base/letters.h"

namespace hosts::expressions {
namespace {

using base::SameLetters;

constexpr std::string_view kNoUsers = "who is logged in is other modules' to say";
constexpr std::string_view kNoTls = "it is mod_ssl's";
constexpr std::string_view kNotKept = "it is not known here";
constexpr std::string_view kNoAnswer = "the answer does not exist yet";
constexpr std::string_view kNoSubrequests = "it needs a subrequest";
constexpr std::string_view kNoChecksums = "checksums are not computed here";

constexpr std::array<VariableRow, 49> kVariables = {{
    {.name = "HTTP_ACCEPT", .header = "Accept"},
    {.name = "HTTP_COOKIE", .header = "Cookie"},
    {.name = "HTTP_FORWARDED", .header = "Forwarded"},
    {.name = "HTTP_HOST", .header = "Host"},
    {.name = "HTTP_PROXY_CONNECTION", .header = "Proxy-Connection"},
    {.name = "HTTP_REFERER", .header = "Referer"},
    {.name = "HTTP_USER_AGENT", .header = "User-Agent"},
    {.name = "REQUEST_METHOD", .variable = Variable::RequestMethod},
    {.name = "REQUEST_SCHEME", .variable = Variable::RequestScheme},
    {.name = "REQUEST_URI", .variable = Variable::RequestUri},
    {.name = "DOCUMENT_URI", .variable = Variable::RequestUri},
    {.name = "REQUEST_FILENAME", .variable = Variable::RequestFilename},
    {.name = "SCRIPT_FILENAME", .variable = Variable::RequestFilename},
    {.name = "SERVER_NAME", .variable = Variable::ServerName},
    {.name = "SERVER_PORT", .variable = Variable::ServerPort},
    {.name = "SERVER_PROTOCOL", .variable = Variable::ServerProtocol},
    {.name = "PATH_INFO", .variable = Variable::PathInfo},
    {.name = "QUERY_STRING", .variable = Variable::QueryString},
    {.name = "DOCUMENT_ROOT", .variable = Variable::DocumentRoot},
    {.name = "THE_REQUEST", .variable = Variable::TheRequest},
    {.name = "REMOTE_ADDR", .variable = Variable::RemoteAddress},
    {.name = "REMOTE_PORT", .variable = Variable::RemotePort},
    {.name = "CONN_REMOTE_ADDR", .variable = Variable::ConnectionAddress},
    {.name = "HTTPS", .variable = Variable::Https},
    {.name = "HTTP2", .variable = Variable::Http2},
    {.name = "IPV6", .variable = Variable::IPv6},
    {.name = "TIME_YEAR", .clock = Clock::Year},
    {.name = "TIME_MON", .clock = Clock::Month},
    {.name = "TIME_DAY", .clock = Clock::Day},
    {.name = "TIME_HOUR", .clock = Clock::Hour},
    {.name = "TIME_MIN", .clock = Clock::Minute},
    {.name = "TIME_SEC", .clock = Clock::Second},
    {.name = "TIME_WDAY", .clock = Clock::WeekDay},
    {.name = "TIME", .clock = Clock::All},
    {.name = "REQUEST_STATUS", .variable = Variable::RequestStatus},
    {.name = "IS_SUBREQ", .foreign = kNoSubrequests},
    {.name = "REMOTE_USER", .foreign = kNoUsers},
    {.name = "REMOTE_IDENT", .foreign = kNoUsers},
    {.name = "AUTH_TYPE", .foreign = kNoUsers},
    {.name = "REMOTE_HOST", .foreign = "names are not looked up"},
    {.name = "CONTENT_TYPE", .foreign = kNoAnswer},
    {.name = "HANDLER", .foreign = kNotKept},
    {.name = "LAST_MODIFIED", .foreign = kNotKept},
    {.name = "SERVER_ADMIN", .foreign = kNotKept},
    {.name = "SERVER_SOFTWARE", .foreign = kNotKept},
    {.name = "API_VERSION", .foreign = kNotKept},
    {.name = "CONTEXT_PREFIX", .foreign = kNotKept},
    {.name = "CONTEXT_DOCUMENT_ROOT", .foreign = kNotKept},
    {.name = "SCRIPT_USER", .foreign = kNotKept},
}};

// Of Apache's core or of modules; found by how they begin.
constexpr std::array<VariableRow, 4> kForeignFamilies = {{
    {.name = "SSL_", .foreign = kNoTls},
    {.name = "SCRIPT_GROUP", .foreign = kNotKept},
    {.name = "REQUEST_LOG_ID", .foreign = kNotKept},
    {.name = "CONN_LOG_ID", .foreign = kNotKept},
}};

constexpr std::array<FunctionRow, 22> kFunctions = {{
    {"req", Function::Header},
    {"http", Function::Header},
    {"req_novary", Function::Header},
    {"reqenv", Function::RequestVariable},
    {"osenv", Function::ServerVariable},
    {"env", Function::AnyVariable},
    {"note", Function::Note},
    {"tolower", Function::ToLower},
    {"toupper", Function::ToUpper},
    {"escape", Function::Escape},
    {"unescape", Function::Unescape},
    {"base64", Function::Base64},
    {"unbase64", Function::Unbase64},
    {"file", Function::File},
    {"filesize", Function::FileSize},
    {"resp", Function::Foreign, kNoAnswer},
    {"md5", Function::Foreign, kNoChecksums},
    {"sha1", Function::Foreign, kNoChecksums},
    {"ldap", Function::Foreign, "it is mod_ldap's"},
    {"SSL", Function::Foreign, kNoTls},
    {"PeerExtList", Function::Foreign, kNoTls},
    {"SESSION", Function::Foreign, "it is mod_session's"},
}};

constexpr std::array<TestRow, 14> kUnary = {{
    {"z", Test::IsEmpty},
    {"n", Test::IsNotEmpty},
    {"T", Test::IsTrue},
    {"R", Test::IsClientIn},
    {"d", Test::IsDirectory},
    {"e", Test::Exists},
    {"f", Test::IsFile},
    {"s", Test::IsFileWithContents},
    {"L", Test::IsLink},
    {"h", Test::IsLink},
    {"x", Test::IsExecutable},
    {"F", Test::Foreign, kNoSubrequests},
    {"U", Test::Foreign, kNoSubrequests},
    {"A", Test::Foreign, kNoSubrequests},
}};

constexpr std::array<TestRow, 4> kBinary = {{
    {"ipmatch", Test::IsAddressIn},
    {"strmatch", Test::FitsGlob},
    {"strcmatch", Test::FitsGlobIgnoringCase},
    {"fnmatch", Test::FitsPathGlob},
}};

template <typename Row>
const Row* Find(std::span<const Row> rows, std::string_view name) {
  const auto found =
      std::ranges::find_if(rows, [name](const Row& row) { return SameLetters(row.name, name); });
  return found == rows.end() ? nullptr : &*found;
}

template <typename Row>
std::string AllNames(std::span<const Row> rows, std::string_view before) {
  std::vector<std::string> names;
  for (const Row& row : rows)
    names.push_back(fmt::format("{}{}", before, row.name));
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

const VariableRow* FindVariable(std::string_view name) {
  const auto* row = Find<VariableRow>(kVariables, name);
  if (row != nullptr) return row;
  const auto family = std::ranges::find_if(kForeignFamilies, [name](const VariableRow& one) {
    return SameLetters(one.name, name.substr(0, one.name.size()));
  });
  return family == kForeignFamilies.end() ? nullptr : &*family;
}

const FunctionRow* FindFunction(std::string_view name) {
  return Find<FunctionRow>(kFunctions, name);
}

const TestRow* FindUnary(std::string_view name) {
  const auto found = std::ranges::find(kUnary, name, &TestRow::name);
  return found == kUnary.end() ? nullptr : &*found;
}

const TestRow* FindBinary(std::string_view name) {
  return Find<TestRow>(kBinary, name);
}

std::string UnknownVariable(std::string_view name) {
  return fmt::format(
      "there is no variable {}: write one like %{{HTTP_HOST}} or %{{REQUEST_URI}}, "
      "%{{req:Name}} for a header, %{{reqenv:NAME}} for what SetEnvIf sets",
      name);
}

std::string UnknownFunction(std::string_view name) {
  return fmt::format("there is no function {}: write one of {}",
                     name,
                     AllNames<FunctionRow>(std::span(kFunctions).first(15), ""));
}

std::string UnknownUnary(std::string_view name) {
  return fmt::format(
      "there is no operator -{}: write one of {}", name, AllNames<TestRow>(kUnary, "-"));
}

std::string UnknownBinary(std::string_view name) {
  return fmt::format(
      "there is no operator -{}: write one of {}, or -eq, -ne, -lt, -le, -gt, -ge, -in",
      name,
      AllNames<TestRow>(kBinary, "-"));
}

}  // namespace hosts::expressions
