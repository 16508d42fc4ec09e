"""The application that is served in bad weather; its answers are made so that every one can be checked."""

import os
import threading
import time

HERE = os.path.dirname(__file__)
BLOCK = b"x" * 65536
LARGE = b"y" * (32 << 20)  # one block that is larger than any buffer
COUNTS = {name: 0 for name in ("entered", "opened", "yielded", "closed", "raised")}
LOCK = threading.Lock()
KEPT = []  # descriptors that /hoard took


def count(name):
    with LOCK:
        COUNTS[name] += 1


class Blocks:
    """An iterable of blocks that says when it was opened and closed; without a number it has no end."""

    def __init__(self, block, number=None):
        count("opened")
        self.block = block
        self.left = number

    def __iter__(self):
        return self

    def __next__(self):
        if self.left is not None:
            if self.left == 0:
                raise StopIteration
            self.left -= 1
        count("yielded")
        return self.block

    def close(self):
        count("closed")


def quick(environ, argument):
    return [b"ok"]


def counts(environ, argument):
    return [" ".join(f"{name}={number}" for name, number in COUNTS.items()).encode()]


def size(environ, argument):
    return [b"z" * int(argument)]


def read(environ, argument):
    count("entered")
    total = 0
    try:
        while block := environ["wsgi.input"].read(65536):
            total += len(block)
    except OSError:
        count("raised")
        raise
    return [str(total).encode()]


def stream(environ, argument):
    return Blocks(BLOCK, int(argument) if argument else None)


def large(environ, argument):
    return Blocks(LARGE, int(argument))


def wait(environ, argument):
    """Stays inside until there is a file of that name beside the script."""
    count("entered")
    deadline = time.monotonic() + 30
    while not os.path.exists(os.path.join(HERE, argument)) and time.monotonic() < deadline:
        time.sleep(0.002)
    return Blocks(b"waited", 1)


def hoard(environ, argument):
    """Opens files until there are no more descriptors, and keeps them."""
    try:
        while True:
            KEPT.append(os.open("/dev/null", os.O_RDONLY))
    except OSError:
        return [b"hoarded"]


def give_back(environ, argument):
    while KEPT:
        os.close(KEPT.pop())
    return [b"given back"]


def application(environ, start_response):
    name, _, argument = environ["PATH_INFO"].lstrip("/").partition("/")
    result = globals()[name](environ, argument)
    start_response("200 OK", [("Content-Type", "application/octet-stream")])
    return result
