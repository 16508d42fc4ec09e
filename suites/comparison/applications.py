"""What the servers are compared with: each answers any request."""

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
