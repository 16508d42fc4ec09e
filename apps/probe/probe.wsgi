"""Executes the Python text of a POST in the interpreter that serves it, and says where that was.

The checks copy this script under several names into a directory of their own: equal text, different
scripts. A request that is for one process ("X-Want: pid:NUMBER") or one kind of interpreter ("X-Want: interpreter:main",
"interpreter:sub") and came elsewhere is not executed, and says so. What happens to a copy is written into events.jsonl beside it, one object a line: "import" when it is
executed, "exit" when its interpreter ends. Files beside a copy named NAME.wsgi control its import:
while NAME.hold exists it waits, and if NAME.broken exists it raises.
"""

import atexit
import json
import os
import threading
import time

HERE, NAME = os.path.split(os.path.splitext(__file__)[0])
STATE = {}
PATIENCE = 20  # seconds


def note(event, **facts):
    facts.update(event=event, name=NAME, pid=os.getpid(), at=time.time(), load=LOAD)
    line = json.dumps(facts, sort_keys=True) + "\n"
    file = os.open(os.path.join(HERE, "events.jsonl"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    try:
        os.write(file, line.encode())  # one write: lines of several processes do not mix
    finally:
        os.close(file)


def wait_for(condition, seconds=PATIENCE):
    """True as soon as the condition holds, False if it does not become true."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.002)
    return True


def exists(name):
    return os.path.exists(os.path.join(HERE, name))


def interpreter_id():
    try:
        import _interpreters  # 3.13 and later
    except ImportError:
        import _xxsubinterpreters as _interpreters
    current = _interpreters.get_current()
    return int(current[0] if isinstance(current, tuple) else current)


def is_wanted(environ):
    """Whether this is where the request was to come."""
    kind, _, value = environ.get("HTTP_X_WANT", "").partition(":")
    if kind == "pid":
        return value == str(os.getpid())
    if kind == "interpreter":
        return (value == "main") == (interpreter_id() == 0)
    return True


def execute(text, token):
    scope = {"STATE": STATE, "TOKEN": token, "HERE": HERE, "wait_for": wait_for, "exists": exists}
    try:
        exec(compile(text, "<probe>", "exec"), scope)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}
    return {"result": scope.get("result")}


def application(environ, start_response):
    answer = {
        "name": NAME,
        "pid": os.getpid(),
        "parent_pid": os.getppid(),
        "thread": threading.get_native_id(),
        "process_group": environ.get("mod_wsgi.process_group"),
        "application_group": environ.get("mod_wsgi.application_group"),
        # Asked anew in every request: a host may execute an application in another interpreter than
        # the one that loaded it.
        "interpreter": interpreter_id(),
        "load": LOAD,
        "imported_at": IMPORTED_AT,
        "import_on_main_thread": IMPORT_ON_MAIN_THREAD,
    }
    if not is_wanted(environ):
        answer["elsewhere"] = True
    elif environ["REQUEST_METHOD"] == "POST":
        text = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
        answer.update(execute(text, environ.get("HTTP_X_TOKEN")))
    body = json.dumps(answer, default=repr).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start_response("200 OK", headers)
    return [body]


IMPORTED_AT = time.time()
IMPORT_ON_MAIN_THREAD = threading.current_thread() is threading.main_thread()
LOAD = f"{os.getpid()}-{os.urandom(4).hex()}"  # another one each time this text is executed
note("import", interpreter=interpreter_id(), on_main_thread=IMPORT_ON_MAIN_THREAD, cwd=os.getcwd())
if exists(NAME + ".broken"):
    raise RuntimeError("broken on purpose")
if not wait_for(lambda: not exists(NAME + ".hold")):
    raise RuntimeError("held for too long")
atexit.register(note, "exit", interpreter=interpreter_id())
