// Pep3333Environ: what is in the dictionary, of which type, and what is not. PEP 3333 "environ Variables",
// ENV-1 to ENV-33.

#include "suites/pep3333/row.h"

namespace suites::pep3333 {

namespace {

constexpr std::string_view kVariables = "PEP 3333: environ Variables";

const std::vector<Row>& Rows() {
  static const std::vector<Row> rows = {
      {.name = "IsAPlainDictionary",
       .rule = "PEP 3333: Specification Details",
       .title = "environ is a dict itself, no subclass",
       .subject = Says("type(environ) is dict"),
       .body = "True"},
      {.name = "HasWhatThePepRequires",
       .rule = "PEP 3333: environ Variables",
       .title = "The variables that must be there, and are not empty where they may not be",
       .subject = Says("[name for name in ('REQUEST_METHOD', 'SERVER_NAME', 'SERVER_PORT',"
                       " 'SERVER_PROTOCOL', 'wsgi.version', 'wsgi.url_scheme', 'wsgi.input',"
                       " 'wsgi.errors') if not environ.get(name)]"
                       " + [name for name in ('wsgi.multithread', 'wsgi.multiprocess',"
                       " 'wsgi.run_once') if type(environ.get(name)) is not bool]"),
       .body = "[]"},
      {.name = "HasWhatIsAlwaysThere",
       .rule = "ENV-2",
       .title = "The CGI variables that are there whatever the request says",
       .subject = Says(
           "[name for name in ('SERVER_SOFTWARE', 'SERVER_NAME', 'SERVER_ADDR', 'SERVER_PORT',"
           " 'REMOTE_ADDR', 'REMOTE_PORT', 'DOCUMENT_ROOT', 'REQUEST_SCHEME', 'CONTEXT_PREFIX',"
           " 'CONTEXT_DOCUMENT_ROOT', 'SCRIPT_FILENAME', 'SERVER_PROTOCOL', 'REQUEST_METHOD',"
           " 'QUERY_STRING', 'REQUEST_URI', 'SCRIPT_NAME', 'PATH_INFO')"
           " if type(environ.get(name)) is not str]"),
       .body = "[]"},
      {.name = "LacksWhatIsNeverThere",
       .rule = "ENV-3",
       .title = "Variables of CGI that are not passed on, and those of the server's own process",
       .subject = Says("[name for name in ('PATH_TRANSLATED', 'GATEWAY_INTERFACE', 'HTTPS', 'PATH',"
                       " 'SERVER_SIGNATURE', 'REMOTE_HOST', 'REMOTE_IDENT', 'LD_LIBRARY_PATH',"
                       " 'CONTENT_TYPE', 'CONTENT_LENGTH') if name in environ]"),
       .body = "[]"},
      {.name = "HasNativeStringsOfLatin1",
       .rule = "PEP 3333: Unicode Issues",
       .title = "Every CGI value is a str of characters up to U+00FF",
       .subject = Says("sorted(name for name, value in environ.items() if name.isupper() and"
                       " (type(value) is not str or max(value, default='') > '\\xff'))"),
       .request = Request("GET /app/%C3%A9?%E2%82%AC", "X-Bytes: \xe2\x82\xac\r\n"),
       .body = "[]"},
      {.name = "DecodesPathsAsBytes",
       .rule = "ENV-6",
       .title = "PATH_INFO is %-decoded; its UTF-8 arrives as Latin-1 and can be encoded back",
       .subject = Says("environ['PATH_INFO'].encode('latin-1').decode('utf-8').encode("
                       "'unicode_escape').decode()"),
       .request = Request("GET /app/%E2%82%AC%20a+b"),
       .body = "/\\u20ac a+b",
       .standard = Standard{.section = "PEP 3333: Unicode Issues"}},
      {.name = "KeepsTheQueryAsItIs",
       .rule = "PEP 3333: environ Variables",
       .title = "QUERY_STRING is what stands behind the first question mark, not decoded",
       .subject = Says("environ['QUERY_STRING']"),
       .request = Request("GET /app/?a=%20b&c=d?e+f"),
       .body = "a=%20b&c=d?e+f"},
      {.name = "HasAnEmptyQuery",
       .rule = "ENV-2",
       .title = "QUERY_STRING is there and empty when the URL has none",
       .subject = Says("repr(environ['QUERY_STRING'])"),
       .body = "''"},
      {.name = "HasTheRequestLineAsItWas",
       .rule = "ENV-2",
       .title = "REQUEST_URI is the target as it was sent",
       .subject = Says("environ['REQUEST_URI']"),
       .request = Request("GET /app/%7Ea//b?c%20d"),
       .body = "/app/%7Ea//b?c%20d"},
      {.name = "SplitsTheUrlAtTheScript",
       .rule = "ENV-6",
       .title = "SCRIPT_NAME and PATH_INFO, runs of slashes collapsed",
       .subject = Says("environ['SCRIPT_NAME'] + '|' + environ['PATH_INFO']"),
       .request = Request("GET /app//a//b"),
       .body = "/app|/a/b"},
      {.name = "HasAnEmptyPathAtTheMount",
       .rule = "ENV-6",
       .title = "PATH_INFO is empty for the mount point itself",
       .subject = Says("environ['SCRIPT_NAME'] + '|' + environ['PATH_INFO']"),
       .body = "/app|",
       .standard = Standard{.section = kVariables}},
      {.name = "HasTheMethodAsItIs",
       .rule = "PEP 3333: environ Variables",
       .title = "REQUEST_METHOD is the client's word, also one that nobody knows",
       .subject = Says("environ['REQUEST_METHOD']"),
       .request = Request("PURGE /app"),
       .body = "PURGE"},
      {.name = "HasTheProtocol",
       .rule = "PEP 3333: environ Variables",
       .title = "SERVER_PROTOCOL is the protocol of the request",
       .subject = Says("environ['SERVER_PROTOCOL']"),
       .request = "GET /app HTTP/1.0\r\n\r\n",
       .body = "HTTP/1.0"},
      {.name = "HasHeadersInUpperCase",
       .rule = "ENV-4",
       .title = "Request headers become HTTP_NAME",
       .subject = Says("environ['HTTP_X_MIXED_CASE_2']"),
       .request = Get("x-Mixed-cASE-2: value\r\n"),
       .body = "value",
       .standard = Standard{.section = kVariables}},
      {.name = "JoinsRepeatedHeaders",
       .rule = "ENV-4",
       .title = "A header that comes again is joined with a comma and a blank",
       .subject = Says("environ['HTTP_X_LIST']"),
       .request = Get("X-List: a\r\nX-Other: o\r\nx-list: b\r\nX-LIST: c,d\r\n"),
       .body = "a, b, c,d"},
      {.name = "DropsNamesThatCouldBeMistaken",
       .rule = "ENV-4",
       .title = "X_Foo and X.Foo do not become HTTP_X_FOO",
       .subject = Says("[name for name in environ if 'FOO' in name or 'foo' in name]"),
       .request = Get("X_Foo: 1\r\nX.Foo: 2\r\nX!Foo: 3\r\n"),
       .body = "[]"},
      {.name = "HasHeadersWithLongNames",
       .rule = "ENV-4",
       .title = "A name of 300 characters is a name",
       .subject = Says("environ.get('HTTP_X_' + 'A' * 298, '-')"),
       .request = Get("X-" + std::string(298, 'a') + ": long\r\n"),
       .body = "long"},
      {.name = "TakesBlanksOffValues",
       .rule = "ENV-4",
       .title = "Blanks around a header's value are not part of it; an empty one is there",
       .subject = Says("repr((environ['HTTP_X_BLANKS'], environ['HTTP_X_EMPTY']))"),
       .request = Get("X-Blanks:  \t in  side \t \r\nX-Empty:\r\n"),
       .body = "('in  side', '')",
       .standard = Standard{.section = "RFC 9112: 5"}},
      {.name = "HasTypeAndLengthWithoutPrefix",
       .rule = "ENV-4",
       .title = "CONTENT_TYPE and CONTENT_LENGTH, and no copies of them with HTTP_",
       .subject = Says("[(name, value) for name, value in sorted(environ.items()) if 'CONTENT_' in"
                       " name]"),
       .request = Post("abc", "Content-Type: text/x; a=b\r\n"),
       .body = "[('CONTENT_LENGTH', '3'), ('CONTENT_TYPE', 'text/x; a=b')]"},
      {.name = "HidesTheProxyHeader",
       .rule = "ENV-5",
       .title = "Proxy: never becomes HTTP_PROXY, nor are credentials shown unasked",
       .subject = Says("[name for name in environ if 'PROXY' in name or 'AUTHORIZATION' in name]"),
       .request = Get("Proxy: http://evil.example\r\nProxy-Authorization: Basic eA==\r\n"
                      "Authorization: Basic eDp5\r\n"),
       .body = "[]"},
      {.name = "HasCredentialsIfItIsSaid",
       .rule = "ENV-5",
       .title = "WSGIPassAuthorization On: HTTP_AUTHORIZATION",
       .subject = Says("environ['HTTP_AUTHORIZATION']"),
       .request = Get("Authorization: Basic eDp5\r\n"),
       .directives = "WSGIPassAuthorization On\n",
       .body = "Basic eDp5"},
      {.name = "HasSetVariables",
       .rule = "ENV-7",
       .title = "SetEnv: a key of environ and none of os.environ",
       .subject = Says("environ['demo.x'] + str('demo.x' in __import__('os').environ)"),
       .directives = "SetEnv demo.x 1\n",
       .body = "1False"},
      {.name = "IsNotReplacedBySetVariables",
       .rule = "PEP 3333: environ Variables",
       .title = "SetEnv cannot take the place of what the gateway itself sets",
       .subject = Says("type(environ['wsgi.input']) is str or environ['REQUEST_METHOD']"),
       .directives = "SetEnv wsgi.input x\nSetEnv REQUEST_METHOD x\n",
       .body = "GET"},
      {.name = "NamesTheServerAsTheClientDid",
       .rule = "ENV-8",
       .title = "SERVER_NAME is the Host header's name",
       .subject = Says("environ['SERVER_NAME'] + '|' + environ['HTTP_HOST']"),
       .request = "GET /app HTTP/1.1\r\nHost: other.example:9999\r\nConnection: close\r\n\r\n",
       .body = "other.example|other.example:9999"},
      {.name = "HasAPortThatIsANumber",
       .rule = "PEP 3333: environ Variables",
       .title = "SERVER_PORT is digits",
       .subject = Says("environ['SERVER_PORT'].isdigit()"),
       .body = "True"},
      {.name = "HasThePortOfTheClient",
       .rule = "ENV-2",
       .title = "REMOTE_PORT is digits",
       .subject = Says("environ['REMOTE_PORT'].isdigit()"),
       .body = "True"},
      {.name = "HasTheVersion",
       .rule = "ENV-20",
       .title = "wsgi.version is the tuple (1, 0)",
       .subject = Says("repr(environ['wsgi.version'])"),
       .body = "(1, 0)",
       .standard = Standard{.section = kVariables}},
      {.name = "SaysThatInputEnds",
       .rule = "ENV-20",
       .title = "wsgi.input_terminated is True, and wsgi.file_wrapper a class",
       .subject = Says("environ['wsgi.input_terminated'], type(environ['wsgi.file_wrapper'])"),
       .body = "(True, <class 'type'>)"},
      {.name = "HasTheScheme",
       .rule = "ENV-21",
       .title = "wsgi.url_scheme is http",
       .subject = Says("environ['wsgi.url_scheme']"),
       .body = "http",
       .standard = Standard{.section = kVariables}},
      {.name = "HasTheSchemeThatIsSet",
       .rule = "ENV-21",
       .title = "SetEnv HTTPS On: https, and no key HTTPS",
       .subject = Says("environ['wsgi.url_scheme'] + str('HTTPS' in environ)"),
       .directives = "SetEnv HTTPS oN\n",
       .body = "httpsFalse"},
      {.name = "ToldTheTruthAboutThreads",
       .rule = "ENV-22",
       .title = "wsgi.multithread is True where several threads serve",
       .subject = Says("environ['wsgi.multithread']"),
       .body = "True",
       .standard = Standard{.section = kVariables}},
      {.name = "DoesNotRunOnce",
       .rule = "ENV-23",
       .title = "wsgi.run_once is False",
       .subject = Says("environ['wsgi.run_once']"),
       .body = "False",
       .standard = Standard{.section = kVariables}},
      {.name = "NamesItsPlace",
       .rule = "ENV-30",
       .title = "mod_wsgi.process_group and mod_wsgi.application_group",
       .subject = Says("environ['mod_wsgi.process_group'] + '|' +"
                       " environ['mod_wsgi.application_group']"),
       .body = "{group}|{interpreter}"},
      {.name = "HasStringsOfTheEngine",
       .rule = "ENV-30",
       .title = "The keys of mod_wsgi that are strings",
       .subject =
           Says("[name for name in ('callable_object', 'request_handler', 'handler_script',"
                " 'script_name', 'path_info', 'listener_host', 'listener_port', 'request_id')"
                " if type(environ.get('mod_wsgi.' + name)) is not str]"),
       .body = "[]"},
      {.name = "NamesTheServersProcess",
       .rule = "ENV-30",
       .title =
           "mod_wsgi.server_pid: the server's process that has the connection, not the daemon's",
       .subject =
           "import os\n"
           "def parent(pid):\n"
           "    with open('/proc/%s/status' % pid) as facts:\n"
           "        return [line.split()[1] for line in facts if line.startswith('PPid:')][0]\n" +
           Says("(parent(environ['mod_wsgi.server_pid']) == str(os.getppid()),"
                " (environ['mod_wsgi.server_pid'] == str(os.getpid()))"
                " == (environ['mod_wsgi.process_group'] == ''))"),
       .body = "(True, True)"},
      {.name = "HasTimesOfTheEngine",
       .rule = "ENV-31",
       .title =
           "The keys of mod_wsgi that are seconds since the epoch, a thread's number, a version",
       .subject =
           Says("[name for name, kind in (('request_start', float), ('queue_start', float),"
                " ('daemon_start', float), ('application_start', float), ('thread_id', int),"
                " ('version', tuple)) if type(environ.get('mod_wsgi.' + name)) is not kind]"),
       .body = "[]"},
      {.name = "TrustedSchemeBeatsAVariable",
       .rule = "ENV-43",
       .title = "SetEnv HTTPS On, and a trusted proxy that says http",
       .subject = Says("environ['wsgi.url_scheme'] + ' ' + str('HTTPS' in environ)"),
       .request = Get("X-Forwarded-Proto: http\r\n"),
       .directives = "SetEnv HTTPS On\nWSGITrustedProxyHeaders X-Forwarded-Proto\n",
       .body = "http False"},
      {.name = "TrustedSchemeBeatsAVariableThatIsOff",
       .rule = "ENV-43",
       .title = "SetEnv HTTPS Off, and a trusted proxy that says https",
       .subject = Says("environ['wsgi.url_scheme'] + ' ' + str('HTTPS' in environ)"),
       .request = Get("X-Forwarded-SSL: on\r\n"),
       .directives = "SetEnv HTTPS Off\nWSGITrustedProxyHeaders X-Forwarded-SSL\n",
       .body = "https False"},
      {.name = "SchemeOfAStrangerBeatsNothing",
       .rule = "ENV-43",
       .title = "SetEnv HTTPS On, and somebody who is no trusted proxy says http",
       .subject = Says("environ['wsgi.url_scheme'] + ' ' + str('HTTPS' in environ)"),
       .request = Get("X-Forwarded-Proto: http\r\n"),
       .directives = "SetEnv HTTPS On\nWSGITrustedProxies 192.0.2.1\n"
                     "WSGITrustedProxyHeaders X-Forwarded-Proto\n",
       .body = "https False"},
      {.name = "HidesWhatProcessesSay",
       .rule = "ENV-32",
       .title = "No key begins with mod_wsgi.x-",
       .subject = Says("[name for name in environ if name.startswith('mod_wsgi.x-')]"),
       .body = "[]"},
      {.name = "HasNoRequestRecord",
       .rule = "ENV-33",
       .title = "apache.request_rec is not there unasked",
       .subject = Says("'apache.request_rec' in environ"),
       .body = "False"},
  };
  return rows;
}

class Pep3333Environ : public RowCheck {};

class Pep3333EnvironTwice : public Pep3333Check, public testing::WithParamInterface<Place> {};

std::string NameOfPlace(const testing::TestParamInfo<Place>& parameter) {
  return NameOf(parameter.param);
}

}  // namespace

TEST_P(Pep3333Environ, Row) {
  Play();
}
INSTANTIATE_TEST_SUITE_P(Suite,
                         Pep3333Environ,
                         testing::Combine(testing::ValuesIn(SideBySide(Rows())),
                                          testing::ValuesIn(kPlaces)),
                         NameOfRow);

TEST_P(Pep3333EnvironTwice, IsFreshForEveryRequest) {
  About({.rule = "ENV-1",
         .title = "What an application does to environ is not seen by the next request",
         .expected = "False, False",
         .mode = NameOf(GetParam())});
  ServeSubject(GetParam(), R"(
def subject(environ, start_response):
    found = 'mine' in environ or environ['wsgi.version'] != (1, 0)
    environ.update({'mine': 1, 'wsgi.version': (2, 0), 'SERVER_SOFTWARE': None})
    return say(start_response, found)
)");
  const std::string both = Ask(Get()).body + ", " + Ask(Get()).body;
  Found(both);
  EXPECT_EQ(both, "False, False");
}
INSTANTIATE_TEST_SUITE_P(Suite, Pep3333EnvironTwice, testing::ValuesIn(kPlaces), NameOfPlace);

}  // namespace suites::pep3333
