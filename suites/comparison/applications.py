"""What the servers are compared with: each answers any request."""

import os
import time

_HELLO = [("Content-Type", "text/plain"), ("Content-Length", "13")]
_LARGE_BODY = b"x" * 100_000
_LARGE = [("Content-Type", "application/octet-stream"), ("Content-Length", "100000")]


def hello(environ, start_response):
    start_response("200 OK", _HELLO)
    return [b"Hello, world!"]


def large(environ, start_response):
    start_response("200 OK", _LARGE)
    return [_LARGE_BODY]


def sleeps(environ, start_response):
    """Waits 10 ms, as for a database."""
    time.sleep(0.01)
    start_response("200 OK", _HELLO)
    return [b"Hello, world!"]


_LOADED = os.urandom(4).hex()


def identified(environ, start_response):
    """Says which process answers, and which loading of this file; 10 ms, as for a database."""
    time.sleep(0.01)
    answer = f"{os.getpid():010d} {_LOADED}".encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(answer)))])
    return [answer]
