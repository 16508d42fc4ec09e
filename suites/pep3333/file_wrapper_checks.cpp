// Pep3333FileWrapper: wsgi.file_wrapper around files and around what only looks like one. PEP 3333 "Optional
// Platform-Specific File Handling", RESP-19, RESP-20.

#include <fmt/format.h>

#include "suites/pep3333/row.h"

namespace suites::pep3333 {

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
       .lacks = {"Transfer-Encoding"}},
      {.name = "SendsAFileFromItsPosition",
       .rule = "RESP-19",
       .title = "From where it was read to",
       .subject = Wraps("wrapper(at(4))"),
       .body = "456789",
       .has = {"Content-Length: 6"}},
      {.name = "SendsNothingOfAFileAtItsEnd",
       .rule = "RESP-19",
       .title = "A file at its end",
       .subject = Wraps("wrapper(at(10))"),
       .body = "",
       .has = {"Content-Length: 0"}},
      {.name = "SendsAsMuchAsIsSaid",
       .rule = "RESP-19",
       .title = "A Content-Length of the application: as many bytes",
       .subject = Wraps("wrapper(at(2))", "('Content-Length', '5')"),
       .body = "23456",
       .has = {"Content-Length: 5"}},
      {.name = "SendsInSmallBlocks",
       .rule = "RESP-19",
       .title = "A block size of 3 changes nothing of a file",
       .subject = Wraps("wrapper(at(0), 3)"),
       .body = "0123456789",
       .has = {"Content-Length: 10"}},
      {.name = "SendsAnUnbufferedFile",
       .rule = "RESP-19",
       .title = "A file without a buffer",
       .subject = Wraps("wrapper(open(NAME, 'rb', buffering=0))"),
       .body = "0123456789",
       .has = {"Content-Length: 10"}},
      {.name = "SendsAFileWithSendfile",
       .rule = "RESP-20",
       .title = "WSGIEnableSendfile On: the same bytes and headers",
       .subject = Wraps("wrapper(at(4))"),
       .directives = "WSGIEnableSendfile On\n",
       .body = "456789",
       .has = {"Content-Length: 6"}},
      {.name = "SendsNoBodyForHead",
       .rule = "RESP-19",
       .title = "HEAD of a file: its length, no body",
       .subject = Wraps("wrapper(at(0))"),
       .request = Head(),
       .body = "",
       .has = {"Content-Length: 10"}},
      {.name = "SendsBytesInMemory",
       .rule = kSection,
       .title = "BytesIO has no descriptor: read block by block",
       .subject = Wraps("wrapper(io.BytesIO(b'memory'))"),
       .body = "memory",
       .lacks = {"Content-Length"}},
      {.name = "SendsAPipe",
       .rule = kSection,
       .title = "A pipe has a descriptor and no length",
       .subject = "def piped(text):\n    ends = os.pipe()\n    os.write(ends[1], text)\n"
                  "    os.close(ends[1])\n    return os.fdopen(ends[0], 'rb')\n" +
                  Wraps("wrapper(piped(b'piped'))"),
       .body = "piped",
       .lacks = {"Content-Length"}},
      {.name = "SendsWhatGzipReads",
       .rule = kSection,
       .title = "A gzip file has the descriptor of another: what it reads is sent, not that",
       .subject = Wraps("wrapper(__import__('gzip').open(io.BytesIO("
                        "__import__('gzip').compress(b'unpacked'))))"),
       .body = "unpacked",
       .lacks = {"Content-Length"}},
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
       .told = "read(2,),read(2,),read(2,),closed"},
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
       .logged = "AttributeError: "},
      {.name = "NeedsBytes",
       .rule = kSection,
       .title = "A file that is read as text is an error",
       .subject = Wraps("wrapper(open(NAME))"),
       .status = 500,
       .logged = "TypeError: "},
      {.name = "IsIterable",
       .rule = kSection,
       .title = "It can be iterated by middleware",
       .subject = Wraps("[b'-'.join(wrapper(at(0), 4))]"),
       .body = "0123-4567-89"},
      {.name = "CanBeWrapped",
       .rule = kSection,
       .title = "Within a generator it is one of many iterables",
       .subject = Wraps("(block for block in wrapper(at(7)))"),
       .body = "789",
       .lacks = {"Content-Length"}},
      {.name = "CanBeTold",
       .rule = kSection,
       .title = "Middleware can tell it by its class, and close it",
       .subject = Wraps("[repr((isinstance(wrapper(Told(at(0))), wrapper), "
                        "wrapper(Told(at(0))).close())).encode()]"),
       .body = "(True, None)",
       .told = "closed"},
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
       .logged = "IndexError: "},
      {.name = "ClosesAFile",
       .rule = kSection,
       .title = "The file is closed behind the answer",
       .subject = Wraps("wrapper(Closes(NAME))") +
                  "class Closes(io.FileIO):\n    def close(self):\n        tell(self.closed)\n"
                  "        super().close()\n        tell(self.closed)\n",
       .body = "0123456789",
       .has = {"Content-Length: 10"},
       .told = "False,True"},
      {.name = "RefusesABlockSizeThatIsNone",
       .rule = kSection,
       .title = "A block size that is no number",
       .subject = Wraps("wrapper(at(0), 'x')"),
       .status = 500,
       .logged = "TypeError: "},
  };
  return rows;
}

class Pep3333FileWrapper : public RowCheck {};

}  // namespace

TEST_P(Pep3333FileWrapper, Row) {
  Play();
}
INSTANTIATE_TEST_SUITE_P(Suite,
                         Pep3333FileWrapper,
                         testing::Combine(testing::ValuesIn(Rows()),
                                          testing::ValuesIn(kPlacesMain)),
                         NameOfRow);

}  // namespace suites::pep3333
