"""Answers a GET with the state of its process, and executes the Python text of a POST without catching anything.

The text finds HERE (the stage), wait_for(condition) and exists(name).
"""

import hashlib
import json
import locale
import os
import resource
import time

HERE = os.path.dirname(__file__)
PATIENCE = 20  # seconds
STATUS = ("Umask", "SigBlk", "SigIgn", "SigCgt")


def wait_for(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.002)
    return True


def exists(name):
    return os.path.exists(os.path.join(HERE, name))


def state():
    """What belongs to the process and what one application could change for all that live in it."""
    with open("/proc/thread-self/status") as status:
        fields = dict(line.rstrip("\n").split(":\t", 1) for line in status)
    facts = {name: fields[name] for name in STATUS}
    facts.update(
        cwd=os.getcwd(),
        environment=hashlib.sha256(repr(sorted(os.environ.items())).encode()).hexdigest(),
        files=resource.getrlimit(resource.RLIMIT_NOFILE),
        nice=os.getpriority(os.PRIO_PROCESS, 0),
        locale=locale.setlocale(locale.LC_ALL),
    )
    return facts


def application(environ, start_response):
    answer = b"survived"
    if environ["REQUEST_METHOD"] == "POST":
        text = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode()
        exec(compile(text, "<fault>", "exec"), {"HERE": HERE, "wait_for": wait_for, "exists": exists})
    else:
        answer = f"{os.getpid()} {json.dumps(state(), sort_keys=True)}".encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(answer)))])
    return [answer]
