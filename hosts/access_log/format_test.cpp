#include "hosts/access_log/format.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <map>

namespace hosts::access_log {
namespace {

class Told final : public Names {
 public:
  [[nodiscard]] std::optional<std::string> RequestHeader(std::string_view name) const override {
    return In({{"Referer", "http://a.example/\"x\""},
               {"User-Agent", "a\\b\r\nc\x01\xc3"},
               {"Cookie", "one=1; Two=a=b"}},
              name);
  }
  [[nodiscard]] std::optional<std::string> AnswerHeader(std::string_view name) const override {
    return In({{"Content-Type", "text/plain"}}, name);
  }
  [[nodiscard]] std::optional<std::string> Variable(std::string_view name) const override {
    return In({{"SITE", "blue"}, {"EMPTY", ""}}, name);
  }

 private:
  static std::optional<std::string> In(const std::map<std::string, std::string, std::less<>>& all,
                                       std::string_view name) {
    const auto found = all.find(name);
    return found == all.end() ? std::nullopt : std::optional(found->second);
  }
};

Entry Usual(const Names& names) {
  Entry entry;
  entry.remote_address = "203.0.113.9";
  entry.remote_port = 40000;
  entry.local_address = "192.0.2.1";
  entry.local_port = 8080;
  entry.server_name = "a.example";
  entry.server_port = 80;
  entry.host_name = "www.a.example";
  entry.request_line = "GET /a%20b?c=\"d\" HTTP/1.1";
  entry.method = "GET";
  entry.path = "/a b";
  entry.query = "c=\"d\"";
  entry.protocol = "HTTP/1.1";
  entry.filename = "/srv/a.wsgi";
  entry.handler = "wsgi-script";
  entry.mode = "daemon";
  entry.process_group = "accounts";
  entry.application_group = "a.example|";
  entry.pid = 4321;
  entry.status = 200;
  entry.body_bytes = 12;
  entry.sent = 150;
  entry.received = 60;
  entry.began_us = 1'000'000'000'123'456;  // 2001-09-09 01:46:40 UTC
  entry.took = std::chrono::microseconds(2'345'678);
  entry.requests_before = 3;
  entry.names = &names;
  return entry;
}

class Utc : public ::testing::Test {
 protected:
  void SetUp() override {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
  }
  static std::string Line(std::string_view format, const Entry& entry) {
    const auto parsed = Format::Parse(format);
    EXPECT_TRUE(parsed.has_value()) << format;
    std::string line;
    if (parsed) parsed->Write(entry, line);
    EXPECT_TRUE(line.ends_with('\n'));
    if (!line.empty()) line.pop_back();
    return line;
  }
};

struct Row {
  std::string_view format;
  std::string_view line;
};

constexpr Row kRows[] = {
    {"plain, 100%% of it", "plain, 100% of it"},
    {"a\\tb\\nc\\r\\d", "a\tb\nc\r\\d"},
    {"%a %{c}a %h %A", "203.0.113.9 203.0.113.9 203.0.113.9 192.0.2.1"},
    {"%B %b", "12 12"},
    {"%{one}C %{two}C %{three}C", "1 a=b -"},
    {"%D %T %{s}T %{ms}T %{us}T", "2345678 2 2 2345 2345678"},
    {"%{SITE}e %{EMPTY}e %{OTHER}e", "blue  -"},
    {"%f %R", "/srv/a.wsgi wsgi-script"},
    {"%H %m %k", "HTTP/1.1 GET 3"},
    {"%{Referer}i", "http://a.example/\\\"x\\\""},
    {"%{User-Agent}i", "a\\\\b\\r\\nc\\x01\\xc3"},
    {"%{Accept}i %{Content-Type}o %{Server}o", "- text/plain -"},
    {"%I %O %S", "60 150 210"},
    {"%l %u %L %{a}n %{SSL_PROTOCOL}x %{version}c %^FB %{a}^ti", "- - - - - - - -"},
    {"%p %{canonical}p %{local}p %{remote}p", "80 80 8080 40000"},
    {"%U%q", "/a b?c=\\\"d\\\""},
    {"%r", "GET /a%20b?c=\\\"d\\\" HTTP/1.1"},
    {"%s %>s %<s", "200 200 200"},
    {"%t", "[09/Sep/2001:01:46:40 +0000]"},
    {"%{%Y-%m-%d %H:%M:%S}t", "2001-09-09 01:46:40"},
    {"%{begin:%S}t %{end:%S}t", "40 42"},
    {"%{sec}t %{msec}t %{usec}t", "1000000000 1000000000123 1000000000123456"},
    {"%{msec_frac}t %{usec_frac}t %{end:usec_frac}t", "123 123456 469134"},
    {"%v %V", "a.example www.a.example"},
    {"%X", "+"},
    {"%{mode}W %{process-group}W %{application-group}W", "daemon accounts a.example|"},
    {"%{pid}W", "4321"},
    {"%200,304{Content-Type}o %!200,304{Content-Type}o", "text/plain -"},
    {"%404s %!404s", "- 200"},
};

TEST_F(Utc, EveryItemSaysItsPart) {
  const Told names;
  const Entry entry = Usual(names);
  for (const Row& row : kRows)
    EXPECT_EQ(Line(row.format, entry), row.line) << row.format;
}

TEST_F(Utc, ProcessesAndThreadsAreNumbers) {
  const Told names;
  const Entry entry = Usual(names);
  const std::string pid = std::to_string(::getpid());
  EXPECT_EQ(Line("%P %{pid}P", entry), pid + " " + pid);
  EXPECT_EQ(Line("%{tid}P", entry), pid);  // the first thread
  EXPECT_EQ(std::stol(Line("%{hextid}P", entry), nullptr, 16), ::getpid());
}

TEST_F(Utc, WhatIsNotThereIsADash) {
  const Told names;
  Entry nothing;
  nothing.names = &names;
  nothing.afterwards = Afterwards::BrokeOff;
  EXPECT_EQ(Line("%r %>s %b %B %m %U%q %H %f %R %v %X", nothing), "- - - 0 - - - - - - X");
  EXPECT_EQ(Line("%{mode}W %{process-group}W %{application-group}W", nothing), "- - -");
  Entry embedded;
  embedded.mode = "embedded";
  embedded.afterwards = Afterwards::Closed;
  EXPECT_EQ(Line("%{mode}W \"%{process-group}W\" \"%{application-group}W\" %X", embedded),
            "embedded \"\" \"\" -");
}

TEST_F(Utc, TheUsualFormats) {
  const Told names;
  const Entry entry = Usual(names);
  const std::string common =
      "203.0.113.9 - - [09/Sep/2001:01:46:40 +0000] \"GET /a%20b?c=\\\"d\\\" HTTP/1.1\" 200 12";
  EXPECT_EQ(Line(kCommon, entry), common);
  EXPECT_EQ(Line(kCombined, entry),
            common + " \"http://a.example/\\\"x\\\"\" \"a\\\\b\\r\\nc\\x01\\xc3\"");
}

constexpr Row kRefused[] = {
    {"%h %y", "%y, at character 4 of the log format, is no item"},
    {"%h %", "ends within the item that begins at its character 4"},
    {"%{Referer", "ends within the item that begins at its character 1"},
    {"%200", "ends within the item"},
    {"%{h}T", "%{...}T, at character 1 of the log format, is for one of: s ms us"},
    {"%{x}P", "is for one of: pid tid hextid"},
    {"%{x}p", "is for one of: canonical local remote"},
    {"%W", "is for one of: mode process-group application-group"},
};

TEST(Format, RefusesWhatIsNoItem) {
  for (const Row& row : kRefused) {
    const auto parsed = Format::Parse(row.format);
    ASSERT_FALSE(parsed.has_value()) << row.format;
    EXPECT_NE(parsed.error().message.find(row.line), std::string::npos) << parsed.error().message;
  }
}

}  // namespace
}  // namespace hosts::access_log
