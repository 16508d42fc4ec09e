"""An application that answers as its path says, and tells what it was asked: what is put to other servers by hand."""

import io
import os
import signal
import sys
import time

TOLD = []
COUNTED = []


class Closed(list):
    def close(self):
        TOLD.append("closed")


class Endless:
    def read(self, size):
        return b"x" * size

    def close(self):
        TOLD.append("closed")


class WithoutIterator:
    def __iter__(self):
        raise ValueError("no iterator")

    def close(self):
        TOLD.append("closed")


def seen(environ):
    names = ("REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "SERVER_PROTOCOL", "HTTP_HOST", "CONTENT_LENGTH")
    facts = {name: environ.get(name) for name in names}
    facts |= {name: value for name, value in environ.items() if name in ("HTTP_X", "HTTP_TRANSFER_ENCODING")}
    stream = environ["wsgi.input"]
    try:
        length = environ.get("CONTENT_LENGTH")
        facts["body"] = stream.read(int(length)) if length else stream.read() if has_coding(environ) else b""
    except (OSError, ValueError) as error:
        facts["body"] = type(error).__name__
    return repr(facts).encode("latin-1", "replace")


def has_coding(environ):
    return "HTTP_TRANSFER_ENCODING" in environ


def replaced(environ, start_response):
    start_response("200 OK", [("X-First", "1")])
    if environ["QUERY_STRING"] == "empty-block":
        yield b""
    try:
        raise ValueError
    except ValueError:
        start_response("503 Sorry", [("X-Second", "2")], sys.exc_info())
    yield b"sorry"


def late(environ, start_response):
    if environ["QUERY_STRING"] == "start":
        start_response("202 Late", [])
        yield b"late"
        return
    start_response("200 OK", [])
    yield b"half"
    try:
        if environ["QUERY_STRING"] == "second":
            start_response("201 Second", [])
        else:
            try:
                raise KeyError
            except KeyError:
                start_response("503 Sorry", [], sys.exc_info())
    except BaseException as error:
        yield f" raised {type(error).__name__}".encode()
        return
    yield b" raised nothing"


def silent(environ, start_response):
    yield b"x"


def reads(environ, start_response):
    stream = environ["wsgi.input"]
    found = repr(eval(environ["QUERY_STRING"].replace("%20", " "), {"input": stream})).encode()
    start_response("200 OK", [("Content-Length", str(len(found)))])
    return [found]


def counted():
    COUNTED.append(1)
    return f"request {len(COUNTED)} of this process".encode()


def end_all_of_its_group():
    os.kill(0, signal.SIGKILL)


def write_everywhere():
    for descriptor in range(3, 200):
        try:
            os.write(descriptor, b"\xff" * 64)
        except OSError:
            pass


def fork_and_die():
    if os.fork() == 0:
        time.sleep(3)  # longer than who asks waits
        os._exit(0)
    os._exit(1)


BY_THEMSELVES = {"/replaced": replaced, "/late": late, "/silent": silent, "/reads": reads}
FAULTS = {"/kill-0": end_all_of_its_group, "/scribble": write_everywhere, "/fork-and-die": fork_and_die}
# By path: headers and what is returned.
ANSWERS = {
    "/twice": ([("Content-Length", "1"), ("Content-Length", "1")], [b"x"]),
    "/differ": ([("Content-Length", "1"), ("Content-Length", "2")], [b"x"]),
    "/negative": ([("Content-Length", "-1")], [b"x"]),
    "/hop": ([("Proxy-Authenticate", "Basic"), ("Content-Length", "1")], [b"x"]),
    "/bad-name": ([("a b", "c"), ("Content-Length", "1")], [b"x"]),
    "/injected": ([("X-A", "a\r\nInjected: 1"), ("Content-Length", "1")], [b"x"]),
    "/nul": ([("X-A", "a\0b"), ("Content-Length", "1")], [b"x"]),
    "/too-long": ([("Content-Length", "3")], [b"ab", b"cdefghi"]),
    "/too-short": ([("Content-Length", "10")], [b"abc"]),
    "/plain": ([("Content-Length", "5")], [b"hello"]),
}


def application(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/pid":
        start_response("200 OK", [])
        return [f"application.py in {os.getpid()}".encode()]
    if path == "/raises":
        raise ValueError("on purpose")
    if path in FAULTS:
        FAULTS[path]()
    if path in BY_THEMSELVES:
        return BY_THEMSELVES[path](environ, start_response)
    if path in ("/unstarted", "/without-iterator"):
        if path == "/without-iterator":
            start_response("200 OK", [])
            return WithoutIterator()
        return Closed([b"x"])
    if path == "/no-content":
        start_response("204 No Content", [("Content-Length", "1")])
        return [b"x"]
    if path == "/file-at-end":
        start_response("200 OK", [])
        file = open(__file__, "rb")  # the server closes it
        file.seek(0, io.SEEK_END)
        return environ["wsgi.file_wrapper"](file)
    if path == "/file-from-1":
        start_response("200 OK", [])
        file = open(__file__, "rb")
        file.seek(1)
        return environ["wsgi.file_wrapper"](file)
    if path == "/pipe":
        ends = os.pipe()
        os.write(ends[1], b"piped")
        os.close(ends[1])
        start_response("200 OK", [])
        return environ["wsgi.file_wrapper"](os.fdopen(ends[0], "rb"))
    if path == "/endless":
        start_response("200 OK", [])
        return environ["wsgi.file_wrapper"](Endless(), 65536)
    if path == "/not-modified":
        start_response("304 Not Modified", [("Content-Length", "1")])
        return [b"x"]
    if path == "/write":
        write = start_response("200 OK", [])
        if callable(write):
            write(b"a")
        return [f"it returned {write}".encode()]
    if path == "/stream":
        start_response("200 OK", [])
        return iter([b"hel", b"lo"])
    if path == "/closed":
        start_response("200 OK", [("Content-Length", "2")])
        return Closed([b"ab"])
    headers, body = ANSWERS.get(path) or told(environ, path)
    start_response("200 OK", headers)
    return body


def told(environ, path):
    if path == "/tell":
        TOLD.append("told")
    if path == "/count":
        body = counted()
    else:
        body = repr(TOLD).encode() if path in ("/told", "/tell") else seen(environ)
    return [("Content-Length", str(len(body)))], [body]
