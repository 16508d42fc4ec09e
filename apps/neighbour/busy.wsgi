"""A neighbour at work: what the applications beside it notice is the question. Not in the catalogue.

Each request spends about 50 ms, in the way that its path names:

/cpu       Python bytecode: the GIL is given up when others ask for it
/gil       one call into C that computes and never gives the GIL up
/sleep     waits, without the GIL
/allocate  makes and drops lists of objects of a page each
"""

import time

SPAN = 0.05


def _numbers_in(seconds):
    """How many numbers one call of sum() adds up in so long, on a processor of its own."""
    numbers = 100_000
    while True:
        began = time.thread_time()
        sum(range(numbers))
        took = time.thread_time() - began
        if took > seconds / 8:
            return int(numbers * seconds / took)
        numbers *= 2


def burn():
    end = time.monotonic() + SPAN
    while time.monotonic() < end:
        pass


def hold():
    sum(range(NUMBERS))


def rest():
    time.sleep(SPAN)


def allocate():
    end = time.monotonic() + SPAN
    while time.monotonic() < end:
        [bytearray(4096) for _ in range(500)]


NUMBERS = _numbers_in(SPAN)
WORK = {"/cpu": burn, "/gil": hold, "/sleep": rest, "/allocate": allocate}


def application(environ, start_response):
    work = WORK.get(environ.get("PATH_INFO"))
    if work is not None:
        work()
    body = b"done\n" if work is not None else b"idle\n"
    headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))]
    start_response("200 OK", headers)
    return [body]
