"""What other servers are said to violate: each a request, and what in the answer shows it.

A case that shows what it says is a violation of its rule by each of its hosts. `quote` is the sentence of the standard.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    name: str  # by which expected_failures.json speaks of it
    rule: str
    level: str  # must, should
    quote: str
    says: str  # what the hosts do, in a sentence
    hosts: tuple[str, ...]
    requests: tuple[bytes, ...]  # a connection each; the last one's answer shows it
    shows: bytes  # a regular expression, which what a correct server answers does not match
    # Of one where something does not come: a request, asked before, and an answer that shows that it would come. The last
    # request is then given more time, and asked again and again.
    control: tuple[bytes, bytes] | None = None
    leaves: bool = False  # the client leaves behind the first bytes of the answers but the last
    # Two process groups, at /one and /two, of a server that root started: what ends all processes of one user would end who asks.
    needs_groups: bool = False
    quiet: float | None = None  # seconds without a byte that are all of an answer, where a process must begin first


def get(target: str, headers: str = "Host: a\r\n") -> bytes:
    return f"GET {target} HTTP/1.1\r\n{headers}\r\n".encode("latin-1")


def closing(target: str) -> bytes:
    return get(target, "Host: a\r\nConnection: close\r\n")


def post(headers: str, body: str) -> bytes:
    return f"POST /seen HTTP/1.1\r\nHost: a\r\n{headers}\r\n{body}".encode("latin-1")


# In a request: what is behind it is sent when nothing has come for a while.
PAUSE = b"<pause>"

TIME_TO_BEGIN = 15.0
OK = rb"^HTTP/1.. 200 "
CHUNKS = "5\r\nhello\r\n0\r\n\r\n"
PYTHON = ("gunicorn", "granian")
ALL = (*PYTHON, "uwsgi")
APACHE = ("apache", "apache-pypi")

# Controls: what comes of a request line that is short, of a connection that is to be closed, of a body without a length,
# and of telling.
ANSWERS = (closing("/plain"), OK + rb".*hello")
CLOSES = (closing("/plain"), OK + rb".*hello<closed>$")
STREAMS = (closing("/stream"), OK + rb".*hel.*lo")
TELLS = (closing("/tell"), OK + rb".*\['told'\]")
NOTHING_BUT_TOLD = OK + rb".*\['told'\]<"

CASES = (
    Case(
        "close-in-a-list",
        "RFC 9112, 9.6",
        "must",
        "A server that receives a \"close\" connection option MUST initiate closure of the connection after it sends the final "
        "response to the request that contained the \"close\" connection option. … MUST NOT process any further requests",
        "`close` among other options of Connection is not seen: the next request is answered",
        ("gunicorn",),
        (get("/plain", "Host: a\r\nConnection: te, close\r\n") + closing("/plain"),),
        OK + rb".*HTTP/1.1 200 ",
    ),
    Case(
        "head-has-content",
        "RFC 9110, 9.3.2",
        "must",
        "the server MUST NOT send content in the response [to HEAD]",
        "the page of an error has its content in the answer to HEAD",
        ("gunicorn",),
        (b"HEAD /raises HTTP/1.1\r\nHost: a\r\n\r\n",),
        rb"^HTTP/1.1 500 .*\r\n\r\n.*<html>",
    ),
    Case(
        "head-has-the-content-of-the-application",
        "RFC 9110, 9.3.2",
        "must",
        "the server MUST NOT send content in the response [to HEAD]",
        "what an application returns is sent in the answer to HEAD",
        ("uwsgi",),
        (b"HEAD /plain HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",),
        OK + rb".*\r\n\r\nhello",
    ),
    Case(
        "short-request-line",
        "RFC 9112, 3; RFC 9110, 4.1",
        "should",
        "It is RECOMMENDED that all HTTP senders and recipients support, at a minimum, request-line lengths of 8000 octets.",
        "a request line of 8,000 bytes is refused, or not answered at all",
        ("gunicorn", "uwsgi"),
        (closing("/seen?" + "q" * (8000 - len("GET /seen? HTTP/1.1"))),),
        rb"^(HTTP/1.1 414 |<(closed|reset)>$)",
        control=ANSWERS,
    ),
    Case(
        "unknown-coding",
        "RFC 9112, 6.1",
        "should",
        "A server that receives a request message with a transfer coding it does not understand SHOULD respond with 501",
        "a body in gzip, or with other codings below chunked, is handed to the application as it is",
        PYTHON,
        (post("Transfer-Encoding: gzip, chunked\r\nConnection: close\r\n", CHUNKS),),
        OK + rb".*b'hello'",
    ),
    Case(
        "coding-is-not-last",
        "RFC 9112, 6.3",
        "must",
        "If … the chunked transfer coding is not the final encoding, … the server MUST respond with the 400 (Bad Request) "
        "status code and then close the connection.",
        "a request with a transfer coding that says nothing of its length is answered by the application",
        ("uwsgi",),
        (post("Transfer-Encoding: gzip\r\n", "hello"),),
        OK,
    ),
    Case(
        "empty-list-element",
        "RFC 9110, 5.6.1.2",
        "must",
        "A recipient MUST parse and ignore a reasonable number of empty list elements",
        "`Transfer-Encoding: chunked,` is refused",
        (*PYTHON, *APACHE),
        (post("Transfer-Encoding: chunked,\r\nConnection: close\r\n", CHUNKS),),
        rb"^HTTP/1.1 (400|501) ",
    ),
    Case(
        "no-chunks",
        "RFC 9112, 7.1",
        "must",
        "A recipient MUST be able to parse and decode the chunked transfer coding.",
        "a body in chunks is lost: wsgi.input is empty, and the connection is closed",
        ("uwsgi",),
        (post("Transfer-Encoding: chunked\r\n", CHUNKS),),
        OK + rb".*'HTTP_TRANSFER_ENCODING': 'chunked', 'body': b''",
    ),
    Case(
        "length-beats-chunks",
        "RFC 9112, 6.1",
        "must",
        "A server MAY reject a request that contains both Content-Length and Transfer-Encoding or process such a request in "
        "accordance with the Transfer-Encoding alone.",
        "with both, the Content-Length is obeyed, and the chunks are the body",
        ("uwsgi",),
        (post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", CHUNKS),),
        OK + rb".*'body': b'5",
    ),
    Case(
        "bad-length",
        "RFC 9112, 6.3",
        "must",
        "If a message is received … with an invalid Content-Length header field, … the server MUST respond with a 400 (Bad "
        "Request) status code and then close the connection.",
        "a Content-Length that is none reaches the application",
        ("uwsgi",),
        (post("Content-Length: 5, 6\r\n", "hello"),),
        OK + rb".*'CONTENT_LENGTH': '5, 6'",
    ),
    Case(
        "version-is-repeated",
        "RFC 9110, 2.5",
        "must",
        "A server MUST NOT send a version to which it is not conformant.",
        "HTTP/1.2 is answered as HTTP/1.2",
        ("gunicorn", "uwsgi"),
        (b"GET /plain HTTP/1.2\r\nHost: a\r\nConnection: close\r\n\r\n",),
        rb"^HTTP/1.2 200 ",
    ),
    Case(
        "bad-target",
        "RFC 9112, 3.2; RFC 9112, 3",
        "should",
        "Recipients of an invalid request-line SHOULD respond with either a 400 (Bad Request) error or a 301",
        "a target with a fragment, or with a broken escape, is served",
        ALL,
        (closing("/seen#f%zz"),),
        OK,
    ),
    Case(
        "target-loses-to-host",
        "RFC 9112, 3.2.2",
        "must",
        "When an origin server receives a request with an absolute-form of request-target, the origin server MUST ignore the "
        "received Host header field (if any) and instead use the host information of the request-target.",
        "HTTP_HOST is the header's, though the target names another host",
        ALL,
        (get("http://target.example/seen", "Host: evil.example\r\nConnection: close\r\n"),),
        OK + rb".*'HTTP_HOST': 'evil.example'",
    ),
    Case(
        "no-host",
        "RFC 9112, 3.2",
        "must",
        "A server MUST respond with a 400 (Bad Request) status code to any HTTP/1.1 request message that lacks a Host header field",
        "a request of HTTP/1.1 without a Host is served",
        ALL,
        (get("/seen", "Connection: close\r\n"),),
        OK,
    ),
    Case(
        "two-hosts",
        "RFC 9112, 3.2",
        "must",
        "… and to any request message that contains more than one Host header field line",
        "two Hosts are served, joined by a comma",
        ("granian", "uwsgi"),
        (get("/seen", "Host: a\r\nHost: b\r\nConnection: close\r\n"),),
        OK + rb".*'HTTP_HOST': 'a, ?b'",
    ),
    Case(
        "bad-host",
        "RFC 9112, 3.2",
        "must",
        "… or a Host header field with an invalid field value.",
        "a Host that is none (`a b`, `a/b`, `user@a`, `[::1`) is served",
        ALL,
        (get("/seen", "Host: a b\r\nConnection: close\r\n"),),
        OK + rb".*'HTTP_HOST': 'a b'",
    ),
    Case(
        "target-without-a-host",
        "RFC 9110, 4.2.1",
        "must",
        "A recipient that processes such a URI reference [http with an empty host] MUST reject it as invalid.",
        "`http:///x` is served",
        ("gunicorn", *APACHE, "uwsgi"),
        (closing("http:///seen"),),
        OK,
    ),
    Case(
        "bad-connection-option",
        "RFC 9112, 2.2",
        "should",
        "When a server … receives a sequence of octets that does not match the HTTP-message grammar …, the server SHOULD respond "
        "with a 400 (Bad Request) response and close the connection.",
        "`Connection: a b` is no list of tokens, and served",
        (*PYTHON, *APACHE, "uwsgi"),
        (get("/seen", "Host: a\r\nConnection: a b\r\n") + closing("/plain"),),
        OK,
    ),
    Case(
        "two-lengths",
        "RFC 9110, 5.3",
        "must",
        "a sender MUST NOT generate multiple field lines with the same name in a message … unless that field's definition allows",
        "two Content-Lengths of an application are sent as two lines",
        ("gunicorn", "uwsgi"),
        (closing("/twice"),),
        rb"(?i)content-length: 1\r\n.*content-length: 1\r\n",
    ),
    Case(
        "lengths-that-differ",
        "RFC 9110, 8.6",
        "must",
        "a sender MUST NOT forward a message with a Content-Length header field value that is known to be incorrect",
        "two Content-Lengths of an application that differ are both sent",
        ("gunicorn", "uwsgi"),
        (closing("/differ"),),
        rb"(?i)content-length: 1\r\n.*content-length: 2\r\n",
    ),
    Case(
        "two-last-chunks",
        "RFC 9112, 7.1",
        "must",
        "chunked-body = *chunk last-chunk trailer-section CRLF",
        "a file of which nothing is left is answered with two last chunks: on a kept connection the second one is what the next "
        "answer begins with",
        ("gunicorn",),
        (closing("/file-at-end"),),
        OK + rb".*Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n0\r\n\r\n",
    ),
    Case(
        "no-status",
        "RFC 9112, 4",
        "must",
        "status-line = HTTP-version SP status-code SP [ reason-phrase ]",
        "an application that never calls start_response() makes the server send what is no status line",
        ("gunicorn", "uwsgi"),
        (closing("/silent"),),
        rb"^(HTTP/1\.[01] (?![0-9]{3} )[^\r]*\r\n.*\r\n\r\nx|x)",
    ),
    Case(
        "bad-length-of-an-application",
        "PEP 3333, The start_response() Callable",
        "should",
        "Servers should check for errors in the headers at the time start_response is called, so that an error can be raised "
        "while the application is still running.",
        "a Content-Length of -1 is sent",
        ALL,
        (closing("/negative"),),
        rb"(?i)content-length: -1\r\n",
    ),
    Case(
        "hop-by-hop",
        "PEP 3333, The start_response() Callable",
        "should",
        "a server or gateway should consider it a fatal error for an application to attempt sending them [hop-by-hop headers], and "
        "raise an error if they are supplied to start_response()",
        "hop-by-hop headers of an application raise no error",
        (*ALL, *APACHE),
        (closing("/hop"),),
        OK,
    ),
    Case(
        "headers-are-not-replaced",
        "PEP 3333, The start_response() Callable",
        "should",
        "if exc_info is supplied, and no HTTP headers have been output yet, start_response should replace the currently-stored "
        "HTTP response headers with the newly-supplied ones",
        "start_response(…, exc_info) adds its headers to those that were said before",
        ("gunicorn",),
        (closing("/replaced"),),
        rb"^HTTP/1.1 503 .*X-First: 1",
    ),
    Case(
        "headers-before-a-block",
        "PEP 3333, The start_response() Callable",
        "must",
        "the response headers must not be sent until there is actual body data available, or until the application's returned "
        "iterable is exhausted",
        "an empty block sends the headers: an error behind it cannot be answered any more",
        ALL,
        (closing("/replaced?empty-block"),),
        rb"^HTTP/1.1 200 ",
    ),
    Case(
        "more-than-the-length",
        "PEP 3333, Handling the Content-Length Header",
        "should",
        "the server should not transmit more bytes to the client than the header allows",
        "9 bytes are sent behind Content-Length: 3: on a kept connection the rest is the next answer",
        ("granian", "uwsgi"),
        (closing("/too-long"),),
        rb"(?i)^HTTP/1.1 200 .*abcdefghi",
    ),
    Case(
        "less-than-the-length",
        "PEP 3333, Handling the Content-Length Header",
        "should",
        "if the application does not provide enough data to meet its stated Content-Length, the server should close the connection",
        "3 bytes of 10 are sent, and the connection stays open",
        ("granian",),
        (get("/too-short"),),
        OK + rb".*abc<open>$",
        control=CLOSES,
    ),
    Case(
        "length-of-no-content",
        "RFC 9110, 8.6",
        "must",
        "A server MUST NOT send a Content-Length header field in any response with a status code of 1xx (Informational) or 204",
        "204 is sent with the application's Content-Length",
        ("granian", "uwsgi"),
        (closing("/no-content"),),
        rb"(?i)^HTTP/1.1 204 .*content-length: 1\r\n",
    ),
    Case(
        "no-write",
        "PEP 3333, The write() Callable",
        "must",
        "The start_response callable must return a write(body_data) callable",
        "start_response() returns nothing that writes",
        ("granian",),
        (closing("/write"),),
        OK + rb".*it returned None",
    ),
    Case(
        "list-is-not-closed",
        "PEP 3333, Specification Details",
        "must",
        "If the iterable returned by the application has a close() method, the server or gateway must call that method upon "
        "completion of the current request",
        "close() of a list is not called",
        ("granian",),
        (closing("/closed"), closing("/told")),
        NOTHING_BUT_TOLD,
        control=TELLS,
    ),
    Case(
        "not-closed-after-an-error",
        "PEP 3333, Specification Details",
        "must",
        "… whether the request was completed normally, or terminated early due to an application error during iteration",
        "close() is not called when __iter__() raises",
        ("granian",),
        (closing("/without-iterator"), closing("/told")),
        NOTHING_BUT_TOLD,
        control=TELLS,
    ),
    Case(
        "protocol-without-its-minor-version",
        "PEP 3333, environ Variables",
        "must",
        "SERVER_PROTOCOL: The version of the protocol the client used to send the request. Typically this will be something like "
        "\"HTTP/1.0\" or \"HTTP/1.1\"",
        "SERVER_PROTOCOL of HTTP/1.0 is HTTP/1",
        ("granian",),
        (b"GET /seen HTTP/1.0\r\n\r\n",),
        rb"'SERVER_PROTOCOL': 'HTTP/1'",
    ),
    Case(
        "readline-eats",
        "PEP 3333, Input and Error Streams",
        "must",
        "The semantics of each method are as documented in the Python Library Reference",
        "readline() leaves the end of its line out, and the next one finds nothing",
        ("granian",),
        (b"POST /reads?[input.readline(),input.readline()] HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
         b"Content-Length: 8\r\n\r\none\ntwo\n",),
        OK + rb".*\[b'one', b''\]",
    ),
    Case(
        "readlines-of-nothing",
        "PEP 3333, Input and Error Streams",
        "must",
        "The semantics of each method are as documented in the Python Library Reference",
        "readlines() of a request without a body is [b'']",
        ("granian",),
        (closing("/reads?input.readlines()"),),
        OK + rb".*\[b''\]",
    ),
    Case(
        "read-of-nothing",
        "PEP 3333, Input and Error Streams",
        "must",
        "The semantics of each method are as documented in the Python Library Reference",
        "read(0) reads everything",
        ("uwsgi",),
        (b"POST /reads?input.read(0) HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello",),
        OK + rb".*b'hello'",
    ),
    Case(
        "broken-chunks",
        "RFC 9112, 2.2",
        "should",
        "When a server … receives a sequence of octets that does not match the HTTP-message grammar …, the server SHOULD respond "
        "with a 400 (Bad Request) response and close the connection.",
        "a body whose chunks are broken is an empty body: the application is run, and answers 200",
        ("granian",),
        (post("Transfer-Encoding: chunked\r\n", "5x\r\nhello\r\n0\r\n\r\n"),),
        OK + rb".*'HTTP_TRANSFER_ENCODING': 'chunked', 'body': b''",
    ),
    Case(
        "lenient-chunks",
        "RFC 9112, 7.1.1",
        "should",
        "chunk-ext = *( BWS \";\" BWS chunk-ext-name [ BWS \"=\" BWS chunk-ext-val ] )",
        "a chunk extension without a name is taken",
        ("granian", *APACHE),
        (post("Transfer-Encoding: chunked\r\nConnection: close\r\n", "5;\r\nhello\r\n0\r\n\r\n"),),
        OK + rb".*b'hello'",
    ),
    Case(
        "value-is-lost",
        "RFC 9110, 5.5",
        "should",
        "a recipient SHOULD treat other allowed octets in field content (i.e., obs-text) as opaque data",
        "a value with a byte beyond ASCII is empty",
        ("granian",),
        (get("/seen", "Host: a\r\nConnection: close\r\nX: a\xe9\r\n"),),
        OK + rb".*'HTTP_X': ''",
    ),
    Case(
        "coding-of-http-1.0-is-kept",
        "RFC 9112, 6.1",
        "must",
        "A server or client that receives an HTTP/1.0 message containing a Transfer-Encoding header field MUST treat the message as "
        "if the framing is faulty, even if a Content-Length is present, and close the connection after processing the message.",
        "a body in chunks of HTTP/1.0 is taken, and the connection kept",
        APACHE,
        (
            b"POST /seen HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
            + closing("/plain"),
        ),
        OK + rb".*HTTP/1.1 200 .*hello",
    ),
    Case(
        "folds-are-kept",
        "RFC 9112, 5.2",
        "must",
        "A server that receives an obs-fold in a request message … MUST either reject the message by sending a 400 (Bad Request) … "
        "or replace each received obs-fold with one or more SP octets",
        "the end of a line is left in the value that goes on behind it",
        ("uwsgi",),
        (get("/seen", "Host: a\r\nConnection: close\r\nX: a\r\n b\r\n"),),
        OK + rb".*'HTTP_X': 'a\\r\\n b'",
    ),
    Case(
        "blank-before-colon",
        "RFC 9112, 5.1",
        "must",
        "A server MUST reject, with a response status code of 400 (Bad Request), any received request message that contains "
        "whitespace between a header field name and colon.",
        "`X : a` is served",
        ("uwsgi",),
        (get("/seen", "Host: a\r\nX : a\r\n"),),
        OK,
    ),
    Case(
        "nul-in-a-value",
        "RFC 9110, 5.5",
        "must",
        "a recipient of CR, LF, or NUL within a field value MUST either reject the message or replace each of those characters with SP",
        "NUL in a value reaches the application",
        ("uwsgi",),
        (get("/seen", "Host: a\r\nX: a\0b\r\n"),),
        OK + rb".*'HTTP_X': 'a\\x00b'",
    ),
    Case(
        "line-feed-in-a-value",
        "RFC 9110, 5.5",
        "must",
        "a recipient of CR, LF, or NUL within a field value MUST either reject the message or replace each of those characters with SP",
        "a bare LF in a value reaches the application",
        ("uwsgi",),
        (get("/seen", "Host: a\r\nX: a\nY: b\r\n"),),
        OK + rb".*'HTTP_X': 'a\\nY: b'",
    ),
    Case(
        "blanks-of-a-value",
        "RFC 9112, 5",
        "must",
        "The field line value does not include that leading or trailing whitespace: … excluded by parsers",
        "blanks behind a value, and a tab before it, are part of it",
        ("uwsgi",),
        (get("/seen", "Host: a\r\nX: \ta \r\n"),),
        OK + rb".*'HTTP_X': '\\ta '",
    ),
    Case(
        "bad-request-line",
        "RFC 9112, 3",
        "should",
        "Recipients of an invalid request-line SHOULD respond with either a 400 (Bad Request) error or a 301",
        "what is no request line is served, or not answered",
        ("uwsgi",),
        (b"G\0T /seen HTTP/1.1\r\nHost: a\r\n\r\n",),
        OK,
    ),
    Case(
        "no-date",
        "RFC 9110, 6.6.1",
        "must",
        "An origin server with a clock MUST generate a Date header field in all 2xx (Successful), 3xx (Redirection), and 4xx (Client "
        "Error) responses",
        "answers have no Date",
        ("uwsgi",),
        (closing("/plain"),),
        rb"(?i)^(?!.*\r\ndate: )HTTP/1.1 200 ",
    ),
    Case(
        "content-of-no-content",
        "RFC 9110, 6.4.1",
        "must",
        "All 1xx (Informational), 204 (No Content), and 304 (Not Modified) responses do not include content.",
        "what an application returns is sent behind 204",
        ("uwsgi",),
        (closing("/no-content"),),
        rb"^HTTP/1.1 204 .*\r\n\r\nx",
    ),
    Case(
        "content-of-not-modified",
        "RFC 9110, 6.4.1",
        "must",
        "All 1xx (Informational), 204 (No Content), and 304 (Not Modified) responses do not include content.",
        "what an application returns is sent behind 304",
        ("uwsgi",),
        (closing("/not-modified"),),
        rb"^HTTP/1.1 304 .*\r\n\r\nx",
    ),
    Case(
        "no-100",
        "RFC 9110, 10.1.1",
        "must",
        "an origin server MUST send either: an immediate response with a final status code …, or an immediate response with a 100",
        "a client that waits for 100 gets none",
        ("uwsgi",),
        (post("Content-Length: 5\r\nExpect: 100-continue\r\n", "") + PAUSE + b"hello",),
        rb"^<pause>HTTP/1.. 200 .*'body': b'hello'",
        control=(post("Content-Length: 5\r\n", "hello"), OK + rb".*'body': b'hello'"),
    ),
    Case(
        "body-is-lost-behind-exc_info",
        "PEP 3333, Specification Details",
        "must",
        "The server or gateway must transmit the yielded bytestrings to the client in an unbuffered fashion",
        "what is yielded behind start_response(…, exc_info) is not sent",
        ("uwsgi",),
        (closing("/replaced"),),
        rb"^HTTP/1.1 503 (?!.*sorry).*\r\n\r\n<(closed|open)>$",
        control=STREAMS,
    ),
    Case(
        "headers-are-injected",
        "RFC 9110, 5.5",
        "must",
        "Field values containing CR, LF, or NUL characters are invalid and dangerous",
        "CR, LF and NUL in a header of an application are sent: what is behind them is another header",
        ("uwsgi",),
        (closing("/injected"),),
        rb"\r\nInjected: 1\r\n",
    ),
    Case(
        "bad-header-of-an-application",
        "PEP 3333, The start_response() Callable",
        "should",
        "Servers should check for errors in the headers at the time start_response is called, so that an error can be raised "
        "while the application is still running.",
        "a header whose name or value is none raises no error: granian drops it, uWSGI sends it",
        ("granian", "uwsgi"),
        (closing("/bad-name"),),
        OK,
    ),
    Case(
        "empty-line-before",
        "RFC 9112, 2.2",
        "should",
        "a server that is expecting to receive and parse a request-line SHOULD ignore at least one empty line (CRLF) received "
        "prior to the request-line",
        "an empty line before the request line becomes part of the method",
        ("uwsgi",),
        (b"\r\n" + closing("/seen"),),
        OK + rb".*'REQUEST_METHOD': '\\r\\nGET'",
    ),
    Case(
        "absolute-form",
        "RFC 9112, 3.2.2",
        "must",
        "To allow for transition to the absolute-form for all requests in some future version of HTTP, a server MUST accept the "
        "absolute-form in requests",
        "the whole of a target in absolute form is PATH_INFO",
        ("uwsgi",),
        (closing("http://a/seen"),),
        OK + rb".*'PATH_INFO': 'http://a/seen'",
    ),
    Case(
        "file-from-the-begin",
        "PEP 3333, Optional Platform-Specific File Handling",
        "should",
        "transmission should begin at the current position within the \"file\" at the time that transmission begins",
        "wsgi.file_wrapper sends a file from its begin, wherever it stands",
        ("uwsgi",),
        (closing("/file-from-1"),),
        rb"\r\n\r\n\"\"\"An application",
    ),
    Case(
        "pipe-is-lost",
        "PEP 3333, Optional Platform-Specific File Handling",
        "must",
        "Apart from the handling of close(), the semantics of returning a file wrapper from the application should be the same as "
        "if the application had returned iter(filelike.read, '')",
        "wsgi.file_wrapper of a pipe, or a socket, sends nothing",
        ("uwsgi",),
        (closing("/pipe"),),
        OK + rb"(?!.*piped).*\r\n\r\n<(closed|open)>$",
        control=STREAMS,
    ),
    Case(
        "file-is-not-closed",
        "PEP 3333, Specification Details",
        "must",
        "… or an early disconnect of the browser",
        "close() of a file in wsgi.file_wrapper is not called when the client leaves",
        ("uwsgi",),
        (closing("/endless"), closing("/told")),
        NOTHING_BUT_TOLD,
        control=TELLS,
        leaves=True,
    ),
    Case(
        "process-group-of-all",
        "ERR-41 of mod_wsgi's hosting",
        "must",
        "os._exit, a fatal signal or the Python runtime aborting [ends a process], and only that process",
        "kill(0) of an application ends the processes of other groups, and of the server: they are all one process group",
        APACHE,
        (closing("/two/count"), closing("/two/count"), closing("/one/kill-0"), closing("/two/count")),
        OK + rb".*request 1 of this process",
        quiet=TIME_TO_BEGIN,
        needs_groups=True,
    ),
    Case(
        "pipe-of-the-server",
        "ERR-24 of mod_wsgi's hosting",
        "must",
        "when a daemon process dies before complete headers [the client is answered] 500",
        "a daemon process has the pipe on which the server's process waits for its end: what is written there ends that, and its "
        "clients are not answered",
        APACHE,
        (closing("/count"), closing("/count"), closing("/one/scribble"), closing("/count")),
        OK + rb".*request 1 of this process",
        quiet=TIME_TO_BEGIN,
        needs_groups=True,
    ),
    Case(
        "children-keep-the-client",
        "ERR-24 of mod_wsgi's hosting",
        "must",
        "when a daemon process dies before complete headers [the client is answered] 500",
        "nobody is answered whose daemon process died, while a child of it lives: it has the connection to the server, too",
        APACHE,
        (closing("/one/fork-and-die"),),
        rb"^<open>$",
        control=(closing("/one/count"), OK + rb".*request 1 of this process"),
        needs_groups=True,
    ),
    Case(
        "empty-path-at-the-mount",
        "PEP 3333, environ Variables",
        "must",
        "PATH_INFO: The remainder of the request URL's \"path\" … This may be an empty string, if the request URL targets the "
        "application root and does not have a trailing slash.",
        "PATH_INFO of the mount point without a slash is /",
        ("granian-at-app",),
        (closing("/app"),),
        OK + rb".*'SCRIPT_NAME': '/app', 'PATH_INFO': '/'",
    ),
    Case(
        "late-start-is-ignored",
        "PEP 3333, The Application/Framework Side",
        "must",
        "this invocation may be performed by the iterable's first iteration, so servers must not assume that start_response() has "
        "been called before they begin iterating over the iterable",
        "status and headers of a generator, which calls start_response() when its first block is asked for, are lost: 200 is sent",
        ("granian",),
        (closing("/late?start"),),
        OK + rb".*late",
    ),
    Case(
        "late-error-is-swallowed",
        "PEP 3333, The start_response() Callable",
        "must",
        "if exc_info is provided, and the HTTP headers have already been sent, start_response must raise an error, and should "
        "re-raise using the exc_info tuple",
        "start_response(…, exc_info) behind the first block raises nothing",
        ("granian",),
        (closing("/late?error"),),
        OK + rb".*half.* raised nothing",
    ),
    Case(
        "second-call-is-no-error",
        "PEP 3333, The start_response() Callable",
        "must",
        "it is a fatal error to call start_response without the exc_info argument if start_response has already been called within "
        "the current invocation of the application",
        "start_response() can be called again",
        ("granian",),
        (closing("/late?second"),),
        OK + rb".*half.* raised nothing",
    ),
    Case(
        "late-error-is-another",
        "PEP 3333, The start_response() Callable",
        "should",
        "if exc_info is provided, and the HTTP headers have already been sent, start_response must raise an error, and should "
        "re-raise using the exc_info tuple",
        "start_response(…, exc_info) behind the first block raises an error of its own",
        ("uwsgi",),
        (closing("/late?error"),),
        OK + rb".*half.* raised (?!KeyError)[A-Z]\w+",
    ),
)
