"""The smallest application: one fixed answer. What is measured here is the host."""

BODY = b"Hello from wsgilab.\n"
HEADERS = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(BODY)))]


def application(environ, start_response):
    start_response("200 OK", HEADERS[:])
    return [BODY]
