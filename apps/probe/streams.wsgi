"""Sends "first\\n", waits until a file named `go` is beside this script, then sends "second\\n".

A client that reads the first piece before it makes the file has proof that the host passes pieces on
as they come.
"""

import os
import time

GO = os.path.join(os.path.dirname(__file__), "go")
PATIENCE = 20  # seconds


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    yield b"first\n"
    deadline = time.monotonic() + PATIENCE
    while not os.path.exists(GO) and time.monotonic() < deadline:
        time.sleep(0.002)
    yield b"second\n" if os.path.exists(GO) else b"nobody came\n"
