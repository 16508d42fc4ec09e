#include "hosts/expressions/expression.h"

#include <gtest/gtest.h>

#include <map>

#include "hosts/base/letters.h"

namespace hosts::expressions {
namespace {

// The request GET /page/tail/x?a=1&b=%20two, and a machine with three files.
class Probe final : public Values {
 public:
  std::string Of(Variable variable) override {
    static const std::map<Variable, std::string> kValues = {
        {Variable::RequestMethod, "GET"},
        {Variable::RequestScheme, "http"},
        {Variable::RequestUri, "/page/tail/x"},
        {Variable::RequestFilename, "/site/page"},
        {Variable::RequestStatus, "200"},
        {Variable::ServerName, "www.example.org"},
        {Variable::ServerPort, "8080"},
        {Variable::ServerProtocol, "HTTP/1.1"},
        {Variable::PathInfo, "/tail/x"},
        {Variable::QueryString, "a=1&b=%20two"},
        {Variable::DocumentRoot, "/site"},
        {Variable::TheRequest, "GET /page/tail/x?a=1&b=%20two HTTP/1.1"},
        {Variable::RemoteAddress, "127.0.0.1"},
        {Variable::ConnectionAddress, "127.0.0.1"},
        {Variable::RemotePort, "50000"}};
    const auto found = kValues.find(variable);
    return found == kValues.end() ? "off" : found->second;
  }

  std::optional<std::string> Header(std::string_view name) override {
    static const std::map<std::string, std::string> kHeaders = {{"host", "Www.Example.org:8080"},
                                                                {"user-agent", "Probe/1.0"},
                                                                {"x-test", "yes"},
                                                                {"x-num", "42"},
                                                                {"cookie", "k=v"}};
    const auto found = kHeaders.find(base::Lowered(name));
    return found == kHeaders.end() ? std::nullopt : std::optional(found->second);
  }

  std::optional<std::string> RequestVariable(const std::string& name) override {
    return name == "early" ? std::optional<std::string>("yes") : std::nullopt;
  }
  std::optional<std::string> ServerVariable(const std::string& name) override {
    return name == "LANG" ? std::optional<std::string>("C") : std::nullopt;
  }

  FileState StateOf(const std::string& path) override {
    if (path == "/site") return {.kind = FileState::Kind::Directory};
    if (path == "/site/page") return {.kind = FileState::Kind::File, .size = 5};
    if (path == "/site/link") return {.kind = FileState::Kind::File, .is_link = true};
    return {};
  }
  std::optional<std::string> Contents(const std::string& path) override {
    if (path == "/site/large") return std::string(2 << 20, 'x');
    return path == "/site/page" ? std::optional<std::string>("hello") : std::nullopt;
  }

  // Sunday, 5 July 2026, 08:09:03.
  std::tm Now() override {
    std::tm now{};
    now.tm_year = 126;
    now.tm_mon = 6;
    now.tm_mday = 5;
    now.tm_hour = 8;
    now.tm_min = 9;
    now.tm_sec = 3;
    return now;
  }
};

Judged Judge(std::string_view text) {
  const auto expression = Expression::Parse(text);
  if (!expression) return {.error = expression.error().message};
  Probe probe;
  return expression->Judge(probe);
}

// What follows was asked of Apache 2.4.71, which says the same.

constexpr const char* kHold[] = {
    "true",
    "\"%{REQUEST_URI}\" == '/page/tail/x'",
    "%{QUERY_STRING} == 'a=1&b=%20two'",
    "%{SERVER_NAME} == 'www.example.org'",
    "%{SERVER_PORT} == '8080'",
    "%{HTTP_HOST} == 'Www.Example.org:8080'",
    "%{THE_REQUEST} == 'GET /page/tail/x?a=1&b=%20two HTTP/1.1'",
    "%{REQUEST_METHOD} = 'GET'",
    "%{HTTPS} == 'off'",
    "%{REQUEST_STATUS} == '200'",
    "%{DOCUMENT_URI} == '/page/tail/x'",
    "%{SERVER_PROTOCOL} == 'HTTP/1.1'",
    "%{HTTP_FORWARDED} == ''",
    "%{http_user_agent} == 'Probe/1.0'",
    "%{HTTP:X-Test} == 'yes'",
    "%{REQ:x-test} == 'yes'",
    "req('X-Test') == 'yes'",
    "reqenv('early') == 'yes'",
    "env('early') == 'yes'",
    "%{ENV:early} == 'yes'",
    "note('x') == ''",
    "'/a/b' =~ m#a/b#",
    "'abc' =~ /B/i",
    "'abc' =~ /(b)/ && $1 == 'b'",
    "'abc' =~ /(b)/ && \"x$1y\" == 'xby'",
    "'abc' =~ /(b)/ && $0 == 'b'",
    "'abc' =~ /b/ && $0 == ''",
    "'abc' =~ /(b)/ && 'x' =~ /(y)/ || $1 == ''",
    "'abc' =~ /(b)/ && 'x' =~ /y/ || $1 == 'b'",
    "'a' in {'b','a'}",
    "'a' -in {'b','a'}",
    "'a' . 'b' == 'ab'",
    "\"%{REQUEST_METHOD}x\" == 'GETx'",
    "\"\\x41\" == 'x41'",
    "\"\\101\" == 'A'",
    "\"a\\qb\" == 'aqb'",
    "10 -gt 9",
    "'10' gt '9'",
    "10 -eq '10x'",
    "'abc' -eq 0",
    "-5 -lt 3",
    "5 -gt 3 and not 4 -lt 2",
    "true && false || true",
    "true || true && false",
    "! true || true",
    "! 'a' == 'b'",
    "(true)",
    "((true) && (true))",
    "-n 'a'",
    "-z ''",
    "-T 'on'",
    "-T '00'",
    "-R '127.0.0.1'",
    "-R '127.0.0.0/8'",
    "-R '127'",
    "%{REMOTE_ADDR} -ipmatch '127.0.0.0/8'",
    "'::1' -ipmatch '::1/128'",
    "'::ffff:127.0.0.1' -ipmatch '127.0.0.1'",
    "'abc' -strmatch 'a*'",
    "'ABC' -strcmatch 'a*'",
    "'a/b/c' -strmatch 'a*c'",
    "'a/b/c' -fnmatch 'a/*/c'",
    "'a[c' -strmatch 'a[c'",
    "'abc' -STRMATCH 'a*'",
    "tolower('ABC') == 'abc'",
    "TOLOWER('ABC') == 'abc'",
    "%{tolower:ABC} == 'abc'",
    "%{tolower:%{REQUEST_METHOD}} == 'get'",
    "escape('a b/c?d') == 'a%20b/c%3fd'",
    "unescape('a%20b%2fc') == 'a b%2fc'",
    "unescape('a%2') == ''",
    "unescape('a%00b') == ''",
    "base64('abc') == 'YWJj'",
    "unbase64('YWJj') == 'abc'",
    "%{CONN_REMOTE_ADDR} == '127.0.0.1'",
    "\"a'b\" == 'a\\'b'",
    "\"a%b\" == 'a%b'",
    "\"a$b\" == 'a$b'",
    "\"a}b\" == 'a}b'",
    "'%{req:X-%{reqenv:t}Test}' == 'yes'",
    "'a' <= 'b'",
    "1 == '1'",
    "01 -eq 1",
    "-1 -eq '-1'",
    "'a'=='a'",
    "$0 == ''",
    "\"%{HTTP_HOST}\" in { 'x', \"Www.Example.org:8080\" }",
    "'a' =~ m/a/",
    "'a' !~ m?b?",
    "'a' =~ /a/ && true",
    "'a' =~ /a/i&& true",
    "'a' == 'a' && 'b' == 'b' || 'c' == 'd'",
    "false or true and not false",
    "!!true",
    "not 'a' == 'b' and 'c' == 'c'",
    "'10' < '9'",
    "9 -lt 10",
    "'12abc' -gt 11",
    "%{REQUEST_URI} =~ m#^/page/([a-z]+)/(.*)$# && \"$2-$1\" == 'x-tail'",
    "'abc' =~ /(a)|(z)/ && $2 == ''",
    "'abc' !~ /(b)/ || $1 == 'b'",
    "%{req:X-Num} -ge 42",
    "req('x-%{tolower:TEST}') == 'yes'",
    "tolower(%{REQUEST_METHOD}) . 'x' == 'getx'",
    "'a' . 'b' . 'c' in { 'abc' }",
    "\"%{REQUEST_METHOD} %{SERVER_PROTOCOL}\" == 'GET HTTP/1.1'",
    "'a/b' -strmatch 'a?b'",
    "'ab' -strmatch '[!b]b'",
    "'x' in {'a', 'x'} && !('y' in {'a'})",
    "'é' == 'é'",
    "escape('é') == '%c3%a9'",
    "base64('ab') == 'YWI='",
    "base64('') == ''",
    "unbase64('YWI=') == 'ab'",
    "unbase64(base64('x y')) == 'x y'",
    "escape('~a;b') == '~a;b'",
    "-T 'oN'",
    "%{DOCUMENT_URI} == %{REQUEST_URI}",
    "'a' == \"a\" and \"b\" == 'b'",
};

constexpr const char* kDoNotHold[] = {
    "%{SERVER_NAME} == 'Www.Example.org'",
    "-n reqenv('late')",
    "'a' in { 'b' }",
    "10 > 9",
    "!(true)",
    "-T 'no'",
    "-T '0'",
    "-R '10.0.0.0/255.0.0.0'",
    "'x' -ipmatch '10.0.0.0/8'",
    "'ABC' -strmatch 'a*'",
    "'a/b/c' -fnmatch 'a*c'",
    "escape('a b/c?d') == 'a%20b/c%3Fd'",
    "unbase64('YW Jj') == 'abc'",
    "'a' < 'B'",
    "'a' -eq -1",
    "!!!true",
    "10 lt 9",
    "%{HTTP_HOST} =~ /^www\\.(.*):/i && $1 == 'example.org'",
    "'a/b' -fnmatch 'a?b'",
    "escape('~a;b') == '~a%3bb'",
    "-T 'OFF'",
    "-T 'False'",
    "-T ''",
};

constexpr const char* kWrong[] = {
    "'/a/b' =~ /a\\/b/",
    "'abc' =~ /b/im",
    "'abc' =~ /b/g",
    "('a') == 'a'",
    "true == true",
    "'a'",
    "%{REMOTE_ADDR} -ipmatch '127.0.0.1.2'",
    "%{REMOTE_ADDR} -ipmatch %{REMOTE_ADDR}",
    "%{FOO} == ''",
    "foo('x') == ''",
    "-q 'x'",
    "'a' -foo 'b'",
    "'a' in split('x')",
    "'a' in foo('x')",
    "TRUE",
    "AND true",
    "'a' == 'a' AND true",
    "\"%{req:a'b}\" == ''",
    "'a' == 'b",
    "'a' =~ /b",
    "%{REQUEST_URI",
    "'a' ==",
    "== 'a'",
    "'a' === 'a'",
    "in {'a'}",
    "'a' in {}",
    "-R %{REMOTE_ADDR}",
    "'a' =~ mxax",
    "'a' =~ m a ",
    "'a' =~ /(a/",
    "'%{REQUEST_METHOD' == ''",
    "%{REQUEST METHOD} == ''",
    "%{} == ''",
    "%{req:} == ''",
    "req() == ''",
    "'a' == 'b' 'c'",
    "'\\400' == ''",
    "'\\9' == ''",
    "'\\1234' == ''",
    "'a' =~ 'a'",
    "'a' in 'a'",
    "'a' in { 'a'",
    "'a' in { 'a', }",
    "('a' == 'a'",
    "'a' == 'a')",
    "&& true",
    "true &&",
    "! ",
    "10 20",
    "-R 'localhost'",
    "-R '10.0.0.0/40'",
    "'a' #",
};

TEST(Expression, HoldsWhereItDoesInApache) {
  for (const char* text : kHold) {
    const Judged judged = Judge(text);
    EXPECT_TRUE(judged.holds) << text << " " << judged.error;
  }
}

TEST(Expression, DoesNotHoldWhereItDoesNotInApache) {
  for (const char* text : kDoNotHold) {
    const Judged judged = Judge(text);
    EXPECT_FALSE(judged.holds) << text;
    EXPECT_EQ(judged.error, "") << text;
  }
}

TEST(Expression, IsRefusedWhereApacheRefusesIt) {
  for (const char* text : kWrong)
    EXPECT_FALSE(Expression::Parse(text)) << text;
}

TEST(Expression, SaysWhatIsWrongAndWhere) {
  const std::pair<const char*, const char*> kMessages[] = {
      {"%{HTTP_HOTS} == 'a'", "character 1: there is no variable HTTP_HOTS: write one like"},
      {"'a' == upper('A')", "character 8: there is no function upper: write one of req, http"},
      {"-q 'a'", "character 1: there is no operator -q: write one of -z, -n"},
      {"'a' == b", "character 8: b means nothing by itself: write 'b' in quotes, or %{b}"},
      {"%{HTTPS}", "character 9: a word alone is no condition: compare it, or write -n before it"},
      {"true 'a'", "character 6: the expression is complete here: join another one with && or ||"},
      {"'a' =~ /(/", "character 8: the regular expression is wrong at its character 2: "},
      {"'a' == 'b", "character 8: what begins here does not end: add '"},
      {"-R 'localhost'", "character 1: -R needs an address or a network: write '10.0.0.0/8'"},
      {"", "character 1: the expression ends where a word belongs"},
      {"'a' -quux 'b'",
       "character 5: there is no operator -quux: write one of -ipmatch, -strmatch, "
       "-strcmatch, -fnmatch, or -eq, -ne, -lt, -le, -gt, -ge, -in"},
      {"( 'a' == 'a'", "character 13: ) belongs here"},
      {"'a' =~ 'b'", "character 8: a regular expression belongs here: write /.../ or m#...#"},
      {"'a' in b", "character 8: there is no list b: write {'a', 'b'}"},
      {"'a' == &&", "character 8: a word belongs here: a text in quotes, %{NAME}, name('...')"},
      {"& 'a'", "character 1: nothing of an expression begins so: texts are written in quotes"},
      {"'a' =~ m#b", "character 8: the regular expression that begins here does not end: add #"},
      {"%{tolower:'a'} == 'a'",
       "character 11: a quote may not stand in %{name:argument}: write name('argument')"},
      {"'a\\", "character 3: nothing follows the backslash"},
      {"'\\400' == 'a'", "character 2: this is no character: write \\001 to \\377"},
      {"%{} == 'a'", "character 3: a name belongs here: write %{NAME}"},
      {"%{HTTPS == 'a'",
       "character 1: what begins here does not end: write %{NAME} or %{name:...}"},
      {"%{tolower:} == 'a'", "character 1: tolower needs an argument behind the colon"}};
  for (const auto& [text, message] : kMessages) {
    const auto expression = Expression::Parse(text);
    ASSERT_FALSE(expression) << text;
    EXPECT_NE(expression.error().message.find(message), std::string::npos)
        << text << ": " << expression.error().message;
  }
}

TEST(Expression, IsBoundedInLengthAndDepth) {
  const auto error_of = [](const std::string& text) {
    const auto expression = Expression::Parse(text);
    return expression ? "parsed" : expression.error().message;
  };
  EXPECT_EQ(error_of(std::string(16'385, ' ')),
            "the expression is wrong at its character 16385: it is longer than 16384 characters");
  std::string patterns = "true";
  for (int i = 0; i < 100; ++i)
    patterns += " && 'a' =~ /(a{1,900}){1,900}/";
  EXPECT_TRUE(error_of(patterns).ends_with("its regular expressions are too large: repeat less"));
  const std::string deep = "this is nested too deeply";
  std::string texts = "'a'";
  std::string calls = "a";
  for (int i = 0; i < 60; ++i) {
    texts = "tolower(" + texts + ")";
    calls = "%{tolower:" + calls + "}";
  }
  EXPECT_TRUE(error_of(std::string(60, '(') + "true" + std::string(60, ')')).ends_with(deep));
  EXPECT_TRUE(error_of(texts + " == 'a'").ends_with(deep));
  EXPECT_TRUE(error_of("'" + calls + "' == 'a'").ends_with(deep));
}

TEST(Expression, WhatOnlyOtherModulesKnowIsNotJudged) {
  for (const char* text : {"%{REMOTE_USER} == 'a'",
                           "%{SSL_PROTOCOL} == 'TLSv1.3'",
                           "true || -U '/other'",
                           "md5('a') == 'b'",
                           "%{SSL:SSL_CIPHER} == 'x'",
                           "'a' in PeerExtList('1.2.3')"}) {
    const auto expression = Expression::Parse(text);
    ASSERT_TRUE(expression) << text << expression.error().message;
    EXPECT_NE(expression->foreign(), "") << text;
  }
  EXPECT_EQ(Expression::Parse("-U '/x'").value().foreign(), "-U: it needs a subrequest");
}

TEST(Expression, AsksForFilesAndTheTime) {
  for (const char* text : {"-d '/site' && -e '/site' && ! -f '/site'",
                           "-f %{REQUEST_FILENAME} && -s '/site/page' && ! -s '/site/link'",
                           "-L '/site/link' && -h '/site/link' && ! -L '/site/page'",
                           "! -e '/nothing' && ! -x '/site/page'",
                           "file('/site/page') == 'hello' && filesize('/site/page') == '5'",
                           "filesize('/site') == '0'",
                           "%{TIME} == '20260705080903' && %{TIME_WDAY} == '0'",
                           "%{TIME_YEAR}.%{TIME_MON}.%{TIME_DAY} == '20260705'",
                           "%{TIME_HOUR}.%{TIME_MIN}.%{TIME_SEC} == '080903'",
                           "osenv('LANG') == 'C' && env('LANG') == 'C' && env('early') == 'yes'"})
    EXPECT_TRUE(Judge(text).holds) << text;
}

TEST(Expression, KeepsWhatItsLastGroupsTook) {
  EXPECT_EQ(Judge("'ab' =~ /(.)(.)/").captures, (std::vector<std::string>{"ab", "a", "b"}));
  EXPECT_EQ(Judge("'ab' =~ /(.)/ && 'cd' =~ /c/").captures, (std::vector<std::string>{"a", "a"}));
}

TEST(Expression, WhatCannotBeReadOrGrowsTooLargeDoesNotHold) {
  EXPECT_EQ(Judge("! file('/nothing') == 'a'").error, "the file /nothing cannot be read");
  EXPECT_FALSE(Judge("! file('/nothing') == 'a'").holds);
  EXPECT_EQ(Judge("-n file('/site/large')").error, "a text in it is longer than 1048576 bytes");
}

std::string Repeated(std::string_view text, int times) {
  std::string repeated;
  for (int i = 0; i < times; ++i)
    repeated += text;
  return repeated;
}

TEST(Expression, ItsDepthAndLengthAreBounded) {
  EXPECT_TRUE(Expression::Parse(Repeated("(", 40) + "true" + Repeated(")", 40)));
  EXPECT_TRUE(Judge(Repeated("!", 10'000) + "true").holds);
  EXPECT_TRUE(Judge(Repeated("true && ", 2'000) + "true").holds);
  for (const std::string& text : {Repeated("(", 16'000),
                                  "-n " + Repeated("tolower(", 2'000) + "'a'",
                                  "-n " + Repeated("%{tolower:", 1'600) + "a",
                                  "-n '" + Repeated("%{tolower:", 1'600) + "a"}) {
    const auto expression = Expression::Parse(text);
    ASSERT_FALSE(expression);
    EXPECT_NE(expression.error().message.find("nested too deeply"), std::string::npos);
  }
  EXPECT_FALSE(Expression::Parse("'" + std::string(20'000, 'a') + "' == 'a'"));
}

}  // namespace
}  // namespace hosts::expressions
