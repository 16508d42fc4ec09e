"""What the modes are compared with. {apps}, {packages} and {data} are filled in."""

import io
import os
import site
import sys
import time

HELLO = [("Content-Type", "text/plain"), ("Content-Length", "13")]


def hello(environ, start_response):
    start_response("200 OK", HELLO)
    return [b"Hello, world!"]


def sleeps(environ, start_response):
    time.sleep(0.01)
    return hello(environ, start_response)


def busy(environ, start_response):
    """Bytecode for 30 ms: what two of it get done together shows how many GILs they have.

    Much shorter ones would show how the kernel spreads threads that are woken often over the processors, too."""
    total = 0
    for number in range(600_000):
        total += number * number
    return hello(environ, start_response)


def process(environ, start_response):
    """The number of the process that answers."""
    body = str(os.getpid()).encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


_django = None


def load_django():
    """The accounts project, loaded by the first who asks."""
    global _django
    if _django is None:
        os.environ["WSGILAB_DATA"] = "{data}"
        site.addsitedir("{packages}")
        sys.path.insert(0, "{apps}/django_accounts")
        from config.wsgi import application

        _django = application
    return _django


def django(environ, start_response):
    return load_django()(environ, start_response)


def loop(environ, start_response):
    """Calls the project as often as it can for a second; answers how often that was."""
    application = load_django()
    original = dict(environ, SCRIPT_NAME="/django", PATH_INFO="/login/")
    calls = 0
    until = time.monotonic() + 1
    while time.monotonic() < until:
        one = dict(original)
        one["wsgi.input"] = io.BytesIO()
        answer = application(one, lambda status, headers, exc_info=None: None)
        for _ in answer:
            pass
        answer.close()
        calls += 1
    body = str(calls).encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
