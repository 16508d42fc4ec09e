// Pep3333FileWrapper: wsgi.file_wrapper around files and around what only looks like one. PEP 3333 "Optional
// Platform-Specific File Handling", RESP-19, RESP-20.

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <regex>

#include "hosts/base/files.h"
#include "suites/hosts_under_test/chosen_host.h"
#include "suites/hosts_under_test/eventually.h"
#include "suites/pep3333/row.h"

namespace suites::pep3333 {

using client::Answer;
using client::RawConnection;
using hosts_under_test::Eventually;
using hosts_under_test::Need;
using hosts_under_test::Soon;

namespace {

constexpr std::string_view kSection = "PEP 3333: Optional Platform-Specific File Handling";

// Answers with what the expression makes of `wrapper`, `ten` (a file of ten digits), `io` and `os`.
std::string Wraps(std::string_view expression, std::string_view headers = "") {
  return fmt::format(
      "import io, os\n"
      "NAME = os.path.join(os.path.dirname(__file__), 'ten')\n"
      "with open(NAME, 'wb') as made:\n"
      "    made.write(b'0123456789')\n"
      "class Told:\n"
      "    def __init__(self, file):\n"
      "        self.file = file\n"
      "    def read(self, *sizes):\n"
      "        tell('read%s' % (sizes,))\n"
      "        return self.file.read(*sizes)\n"
      "    def close(self):\n"
      "        tell('closed')\n"
      "def at(position):\n"
      "    file = open(NAME, 'rb')\n"
      "    file.seek(position)\n"
      "    return file\n"
      "def subject(environ, start_response):\n"
      "    wrapper = environ['wsgi.file_wrapper']\n"
      "    write = start_response('200 OK', [{}])\n"
      "    return {}\n",
      headers,
      expression);
}

const std::vector<Row>& Rows() {
  static const std::vector<Row> rows = {
      {.name = "SendsAFile",
       .rule = "RESP-19",
       .title = "A file: its length is added",
       .subject = Wraps("wrapper(at(0))"),
       .body = "0123456789",
       .has = {"Content-Length: 10"},
       .lacks = {"Transfer-Encoding"},
       .standard = Standard{.section = kSection,
                            .level = Level::Should,
                            .has = std::vector<std::string_view>{},
                            .lacks = std::vector<std::string_view>{}}},
      {.name = "SendsAFileFromItsPosition",
       .rule = "RESP-19",
       .title = "From where it was read to",
       .subject = Wraps("wrapper(at(4))"),
       .body = "456789",
       .has = {"Content-Length: 6"},
       .standard = Standard{.section = kSection,
                            .level = Level::Should,
                            .has = std::vector<std::string_view>{}}},
      {.name = "SendsNothingOfAFileAtItsEnd",
       .rule = "RESP-19",
       .title = "A file at its end",
       .subject = Wraps("wrapper(at(10))"),
       .body = "",
       .has = {"Content-Length: 0"},
       .standard = Standard{.section = kSection,
                            .level = Level::Should,
                            .has = std::vector<std::string_view>{}}},
      {.name = "SendsAsMuchAsIsSaid",
       .rule = "RESP-19",
       .title = "A Content-Length of the application: as many bytes",
       .subject = Wraps("wrapper(at(2))", "('Content-Length', '5')"),
       .body = "23456",
       .has = {"Content-Length: 5"},
       .standard = Standard{.section = kSection, .level = Level::Should}},
      {.name = "SendsInSmallBlocks",
       .rule = "RESP-19",
       .title = "A block size of 3 changes nothing of a file",
       .subject = Wraps("wrapper(at(0), 3)"),
       .body = "0123456789",
       .has = {"Content-Length: 10"},
       .standard = Standard{.section = kSection,
                            .level = Level::Should,
                            .has = std::vector<std::string_view>{}}},
      {.name = "SendsAnUnbufferedFile",
       .rule = "RESP-19",
       .title = "A file without a buffer",
       .subject = Wraps("wrapper(open(NAME, 'rb', buffering=0))"),
       .body = "0123456789",
       .has = {"Content-Length: 10"},
       .standard = Standard{.section = kSection,
                            .level = Level::Should,
                            .has = std::vector<std::string_view>{}}},
      {.name = "SendsNoBodyForHead",
       .rule = "RESP-19",
       .title = "HEAD of a file: its length, no body",
       .subject = Wraps("wrapper(at(0))"),
       .request = Head(),
       .body = "",
       .has = {"Content-Length: 10"},
       .standard = Standard{.section = kSection,
                            .level = Level::Should,
                            .has = std::vector<std::string_view>{}}},
      {.name = "SendsAFileToHttp10",
       .rule = "RESP-19",
       .title = "HTTP/1.0: the length, and the connection ends",
       .subject = Wraps("wrapper(at(4))"),
       .request = "GET /app HTTP/1.0\r\nHost: check.example\r\n\r\n",
       .body = "456789",
       .has = {"Content-Length: 6", "Connection: close"},
       .standard = Standard{.section = kSection,
                            .level = Level::Should,
                            .has = std::vector<std::string_view>{}}},
      {.name = "SendsNothingBehindTheEndOfAFile",
       .rule = "RESP-19",
       .title = "A file that stands behind its end: nothing, and no length of less than nothing",
       .subject = Wraps("wrapper(at(20))"),
       .body = "",
       .lacks = {"Content-Length"},
       .standard = Standard{.section = kSection,
                            .level = Level::Should,
                            .lacks = std::vector<std::string_view>{}}},
      {.name = "SendsNoMoreThanThereIs",
       .rule = "RESP-19",
       .title = "A Content-Length beyond the file's end: what there is, and the connection ends",
       .subject = Wraps("wrapper(at(4))", "('Content-Length', '100')"),
       .body = "456789",
       .has = {"Content-Length: 100"}},
      {.name = "SendsASocket",
       .rule = kSection,
       .title = "A socket has a descriptor and no length",
       .subject = "import socket\ndef received(text):\n    ends = socket.socketpair()\n"
                  "    ends[1].sendall(text)\n    ends[1].close()\n"
                  "    return ends[0].makefile('rb')\n" +
                  Wraps("wrapper(received(b'received'))"),
       .body = "received",
       .lacks = {"Content-Length"},
       .standard = Standard{.lacks = std::vector<std::string_view>{}}},
      {.name = "SendsNoBodyWithAStatusThatHasNone",
       .rule = kSection,
       .title = "304 with a file: its length, no body",
       .subject =
           std::regex_replace(Wraps("wrapper(at(0))"), std::regex("200 OK"), "304 Not Modified"),
       .status = 304,
       .body = ""},
      {.name = "SendsBytesInMemory",
       .rule = kSection,
       .title = "BytesIO has no descriptor: read block by block",
       .subject = Wraps("wrapper(io.BytesIO(b'memory'))"),
       .body = "memory",
       .lacks = {"Content-Length"},
       .standard = Standard{.lacks = std::vector<std::string_view>{}}},
      {.name = "SendsAPipe",
       .rule = kSection,
       .title = "A pipe has a descriptor and no length",
       .subject = "def piped(text):\n    ends = os.pipe()\n    os.write(ends[1], text)\n"
                  "    os.close(ends[1])\n    return os.fdopen(ends[0], 'rb')\n" +
                  Wraps("wrapper(piped(b'piped'))"),
       .body = "piped",
       .lacks = {"Content-Length"},
       .standard = Standard{.lacks = std::vector<std::string_view>{}}},
      {.name = "SendsWhatGzipReads",
       .rule = kSection,
       .title = "A gzip file has the descriptor of another: what it reads is sent, not that",
       .subject = Wraps("wrapper(__import__('gzip').open(io.BytesIO("
                        "__import__('gzip').compress(b'unpacked'))))"),
       .body = "unpacked",
       .lacks = {"Content-Length"},
       .standard = Standard{.lacks = std::vector<std::string_view>{}}},
      {.name = "ReadsTheDefaultBlock",
       .rule = "RESP-19",
       .title = "read(8192) if no size is said, until nothing comes; then close()",
       .subject = Wraps("wrapper(Told(io.BytesIO(b'abc')))"),
       .body = "abc",
       .told = "read(8192,),read(8192,),closed"},
      {.name = "ReadsTheBlockThatIsSaid",
       .rule = kSection,
       .title = "read(2), as was said",
       .subject = Wraps("wrapper(Told(io.BytesIO(b'abc')), 2)"),
       .body = "abc",
       .told = "read(2,),read(2,),read(2,),closed",
       .choice = "a block size is no more than a suggestion"},
      {.name = "NeedsNoClose",
       .rule = kSection,
       .title = "What has read() alone can be wrapped",
       .subject = "class Reads:\n    left = [b'a', b'b', b'']\n"
                  "    def read(self, size):\n        return self.left.pop(0)\n" +
                  Wraps("wrapper(Reads())"),
       .body = "ab"},
      {.name = "NeedsRead",
       .rule = kSection,
       .title = "What has no read() is an error",
       .subject = Wraps("wrapper(object())"),
       .status = 500,
       .logged = "AttributeError: ",
       .choice = "what is answered when the application is wrong"},
      {.name = "NeedsBytes",
       .rule = kSection,
       .title = "A file that is read as text is an error",
       .subject = Wraps("wrapper(open(NAME))"),
       .status = 500,
       .logged = "TypeError: ",
       .choice = "what is answered when the application is wrong"},
      {.name = "IsIterable",
       .rule = kSection,
       .title = "It can be iterated by middleware",
       .subject = Wraps("[b'-'.join(wrapper(at(0), 4))]"),
       .body = "0123-4567-89",
       .choice = "a block size is no more than a suggestion"},
      {.name = "CanBeWrapped",
       .rule = kSection,
       .title = "Within a generator it is one of many iterables",
       .subject = Wraps("(block for block in wrapper(at(7)))"),
       .body = "789",
       .lacks = {"Content-Length"},
       .standard = Standard{.lacks = std::vector<std::string_view>{}}},
      {.name = "CanBeTold",
       .rule = kSection,
       .title = "Middleware can tell it by its class, and close it",
       .subject = Wraps("[repr((isinstance(wrapper(Told(at(0))), wrapper), "
                        "wrapper(Told(at(0))).close())).encode()]"),
       .body = "(True, None)",
       .told = "closed",
       .choice = "whether wsgi.file_wrapper is a class"},
      {.name = "ComesBehindWrite",
       .rule = "RESP-19",
       .title = "Behind write() the file is sent as any iterable",
       .subject = Wraps("write(b'written ') or wrapper(at(8))"),
       .body = "written 89",
       .lacks = {"Content-Length"}},
      {.name = "FailsWithItsFile",
       .rule = kSection,
       .title = "read() raises behind the first block: the answer is cut, the file closed",
       .subject = "class Fails:\n    left = [b'a']\n"
                  "    def read(self, size):\n        return self.left.pop(0)\n"
                  "    def close(self):\n        tell('closed')\n" +
                  Wraps("wrapper(Fails())"),
       .body = "a<cut>",
       .told = "closed",
       .logged = "IndexError: ",
       .standard = Standard{.status = kWhatever, .logged = ""}},
      {.name = "ClosesAFile",
       .rule = kSection,
       .title = "The file is closed behind the answer",
       .subject = Wraps("wrapper(Closes(NAME))") +
                  "class Closes(io.FileIO):\n    def close(self):\n        tell(self.closed)\n"
                  "        super().close()\n        tell(self.closed)\n",
       .body = "0123456789",
       .has = {"Content-Length: 10"},
       .told = "False,True",
       .standard = Standard{.has = std::vector<std::string_view>{}}},
      {.name = "RefusesABlockSizeThatIsNone",
       .rule = kSection,
       .title = "A block size that is no number",
       .subject = Wraps("wrapper(at(0), 'x')"),
       .status = 500,
       .logged = "TypeError: ",
       .choice = "a block size is no more than a suggestion"},
  };
  return rows;
}

// WSGIEnableSendfile must change nothing that anybody sees (RESP-20).
std::vector<Row> InBothSettings() {
  std::vector<Row> rows = Rows();
  for (Row& row : rows)
    row.optional = "wsgi.file_wrapper";
  for (Row row : Rows()) {
    row.name += "WithSendfile";
    row.title += " (WSGIEnableSendfile On)";
    row.directives = "WSGIEnableSendfile On\n";
    rows.push_back(std::move(row));
  }
  return rows;
}

class Pep3333FileWrapper : public RowCheck {};

// ---- files that do not fit into sockets ----

constexpr size_t kShortened = 1'000'000;
constexpr size_t kLarge = 20'000'000;  // more than sockets take
constexpr std::string_view kSendsLarge = R"(
import os
NAME = os.path.join(os.path.dirname(__file__), 'large')
def subject(environ, start_response):
    if environ['PATH_INFO'] == '/truncate':
        os.truncate(NAME, 1000000)
        return say(start_response, 'truncated')
    if environ['PATH_INFO'] == '/grow':
        with open(NAME, 'ab') as file:
            file.write(b'more')
        return say(start_response, 'grown')
    if environ['PATH_INFO'] == '/descriptors':
        return say(start_response, [os.readlink('/proc/self/fd/' + fd) for fd in os.listdir('/proc/self/fd')
                                    if os.path.exists('/proc/self/fd/' + fd)].count(NAME))
    start_response('200 OK', [])
    return environ['wsgi.file_wrapper'](open(NAME, 'rb'))
)";

using LargeCase = std::tuple<Place, std::string_view>;  // and WSGIEnableSendfile

std::string NameOfCase(const testing::TestParamInfo<LargeCase>& parameter) {
  return fmt::format("{}_{}", NameOf(std::get<0>(parameter.param)), std::get<1>(parameter.param));
}

class Pep3333LargeFile : public Pep3333Check, public testing::WithParamInterface<LargeCase> {
 protected:
  // Serves it and asks for it on a connection that is kept.
  [[nodiscard]] RawConnection ServeAndAsk(std::string_view title,
                                          std::string_view expected,
                                          std::string_view directives = "") {
    const auto& [place, setting] = GetParam();
    About({.rule = "RESP-20",
           .title = fmt::format("{} (WSGIEnableSendfile {})", title, setting),
           .expected = expected,
           .mode = NameOf(place)});
    constexpr size_t kBlock = 1000;
    constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz";
    for (size_t i = 0; text_.size() < kLarge; ++i)
      text_.append(kBlock, kLetters[i % kLetters.size()]);
    (void)Need(stage().Write("large", text_));
    // Applications may run as another user, and change it.
    std::filesystem::permissions(stage().path("large"),
                                 std::filesystem::perms::others_write,
                                 std::filesystem::perm_options::add);
    ServeSubject(place, kSendsLarge, fmt::format("{}WSGIEnableSendfile {}\n", directives, setting));
    auto connection = Connect();
    Need(connection.Send("GET /app HTTP/1.1\r\nHost: check.example\r\n\r\n"));
    return connection;
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace

TEST_P(Pep3333LargeFile, ComesWholeAndTheConnectionIsKept) {
  auto connection =
      ServeAndAsk("A file that fits into no socket", "every byte, then the next answer");
  const Answer answer = Need(connection.ReadAnswer(Soon()));
  EXPECT_EQ(answer.Header("Content-Length"), std::to_string(kLarge));
  EXPECT_TRUE(answer.body == text());
  Need(connection.Send("GET /app/told HTTP/1.1\r\nHost: check.example\r\n\r\n"));
  EXPECT_EQ(Need(connection.ReadAnswer(Soon())).status, 200);
  Found(fmt::format("{} bytes", answer.body.size()));
}

TEST_P(Pep3333LargeFile, HasTheLengthThatItHadWhenItWasAnswered) {
  auto connection = ServeAndAsk("A file grows while it is sent", "as much as was promised");
  (void)Need(connection.ReadUntil("\r\n\r\n", Soon()));
  EXPECT_EQ(Ask(Request("GET /app/grow")).body, "grown");
  Need(connection.Send(Request("GET /app/told")));
  const std::string rest = Need(connection.ReadToEnd(Soon()));
  ASSERT_GT(rest.size(), kLarge);
  EXPECT_TRUE(rest.starts_with(text()));
  EXPECT_TRUE(rest.substr(kLarge).starts_with("HTTP/1.1 200 OK\r\n"));
  Found(fmt::format("{} bytes, then {}", kLarge, rest.substr(kLarge, 15)));
}

TEST_P(Pep3333LargeFile, IsCutWhereItHasBecomeShorter) {
  hosts_under_test::EndIfFreeToChoose("how much of a file it has read before it has sent it");
  auto connection =
      ServeAndAsk("A file becomes shorter while it is sent", "the connection ends early");
  (void)Need(connection.ReadUntil("\r\n\r\n", Soon()));
  EXPECT_EQ(Ask(Request("GET /app/truncate")).body, "truncated");
  const std::string body = Need(connection.ReadToEnd(Soon()));
  Found(fmt::format("{} bytes", body.size()));
  EXPECT_LT(body.size(), kLarge);
  // Behind that the kernel may have sent pages that are empty since (sendfile(2), NOTES).
  EXPECT_EQ(body.substr(0, kShortened), text().substr(0, kShortened));
  if (std::get<1>(GetParam()) == "On") {
    EXPECT_TRUE(
        Eventually([&] { return host().Log().find("H0231") != std::string::npos; }, Soon()));
  }
}

TEST_P(Pep3333LargeFile, IsClosedWhenItsClientLeaves) {
  {
    auto connection = ServeAndAsk("The client leaves inside a file", "no descriptor is left");
    (void)Need(connection.ReadUntil("\r\n\r\n", Soon()));
  }
  std::string left;
  EXPECT_TRUE(Eventually([&] { return (left = Ask(Request("GET /app/descriptors")).body) == "0"; },
                         Soon()));
  Found(fmt::format("{} descriptors", left));
}

TEST_P(Pep3333LargeFile, IsInTheAccessLogWithWhatWasSent) {
  {
    auto connection = ServeAndAsk("What the access log says of a file",
                                  "its size and +; of one that the client did not take less and X",
                                  "CustomLog {stage}/access.log \"%>s %b %X %U\"\n");
    EXPECT_EQ(Need(connection.ReadAnswer(Soon())).body.size(), kLarge);
    Need(connection.Send("GET /app HTTP/1.1\r\nHost: check.example\r\n\r\n"));
    (void)Need(connection.ReadUntil("\r\n\r\n", Soon()));
  }
  EXPECT_TRUE(Eventually(
      [&] {
        return Need(hosts::base::ReadFile(stage().path("access.log"))).find(" X ") !=
               std::string::npos;
      },
      Soon()));
  std::string log = Need(hosts::base::ReadFile(stage().path("access.log")));
  constexpr std::string_view kReadiness = "200 - - *\n";  // Apache is asked whether it serves
  if (log.starts_with(kReadiness)) log.erase(0, kReadiness.size());
  Found(log);
  EXPECT_TRUE(log.starts_with(fmt::format("200 {} + /app\n200 ", kLarge)));
  const std::string_view second = std::string_view(log).substr(log.find("\n200 ") + 5);
  if (hosts_under_test::IsEngineChosen()) {  // Apache counts what it has handed on
    EXPECT_LT(std::strtoull(second.data(), nullptr, 10), kLarge);
  }
}

INSTANTIATE_TEST_SUITE_P(Suite,
                         Pep3333LargeFile,
                         testing::Combine(testing::ValuesIn(kPlacesMain),
                                          testing::Values("Off", "On")),
                         NameOfCase);

// The engine alone promises it, and embedded alone: a daemon's process reads the file itself.
class Pep3333SentFile : public Pep3333LargeFile {};

TEST_P(Pep3333SentFile, HoldsNoThreadForASlowReader) {
  hosts_under_test::EndIfFreeToChoose("whether a file that is sent holds a thread");
  auto slow = ServeAndAsk("A client that does not read a file holds no application thread",
                          "the only thread answers others",
                          "ThreadsPerChild 1\n");
  (void)Need(slow.ReadUntil("\r\n\r\n", Soon()));
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(Ask(Request("GET /app/descriptors")).body, "1");
  Need(slow.Send(Request("GET /app/told")));
  EXPECT_TRUE(Need(slow.ReadToEnd(Soon())).starts_with(text()));
  Found("answered");
}

INSTANTIATE_TEST_SUITE_P(Suite,
                         Pep3333SentFile,
                         testing::Combine(testing::Values(kPlaces[0]), testing::Values("On")),
                         NameOfCase);

TEST_P(Pep3333FileWrapper, Row) {
  Play();
}
INSTANTIATE_TEST_SUITE_P(Suite,
                         Pep3333FileWrapper,
                         testing::Combine(testing::ValuesIn(SideBySide(InBothSettings())),
                                          testing::ValuesIn(kPlacesMain)),
                         NameOfRow);

}  // namespace suites::pep3333
