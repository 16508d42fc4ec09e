"""Apache, the engine, and the engine's explanation: each is asked the requests of a site.

An answer is a dictionary of facts: `status` always; `file` for a static file; `location` for a
redirect; what the probe says for a script.
"""

import contextlib
import http.client
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from corpus import Request, Site, request_of

APACHE = Path("/usr/sbin/apache2")
MODULES = Path("/usr/lib/apache2/modules")
RUN = Path("/run/differential")  # pid file, log and sockets; private, as /srv is
# A distribution's usual modules and those that the corpus mentions; mod_ssl is left out on purpose.
LOADED = (
    "mpm_event access_compat actions alias auth_basic authn_core authn_file authz_core authz_host "
    "authz_user autoindex deflate dir env expires filter headers macro mime negotiation reqtimeout "
    "rewrite setenvif wsgi"
).split()
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
PATIENCE = 15  # seconds
WRAPPER = """\
ServerRoot {run}
ServerName localhost
DefaultRuntimeDir {run}
PidFile {run}/pid
ErrorLog {run}/error.log
{modules}
TypesConfig /dev/null
Timeout 10
ServerLimit 1
StartServers 1
ThreadsPerChild 15
MinSpareThreads 1
MaxSpareThreads 15
MaxRequestWorkers 15
Include {site}
"""


class Refused(Exception):
    """A host that does not take the configuration; the text is its message."""


class Absent(Exception):
    """A host that is not installed here."""


def ask(request: Request) -> tuple[dict, http.client.HTTPMessage]:
    """The answer over a connection of its own; what the probe says is not yet judged."""
    connection = http.client.HTTPConnection("127.0.0.1", request.port, timeout=PATIENCE)
    with contextlib.closing(connection):
        connection.putrequest(request.method, request.target, skip_host=True)
        for name, value in (("Host", request.host), ("Connection", "close"), *request.headers):
            connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        body = response.read()
    answer: dict = {"status": response.status}
    if response.headers["X-Probe"]:
        answer.update(json.loads(body))
    elif file := re.match(rb"(?:# )?file (.+)\n", body):
        answer["file"] = file[1].decode()
    elif 300 <= response.status < 400:
        answer["location"] = response.headers["Location"]
    return answer, response.headers


def wait_for(condition, what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise Refused(f"{what} within {PATIENCE} s")
        time.sleep(0.01)  # between two looks; the deadline above ends it


def accepts(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def kill_group(process: subprocess.Popen) -> None:
    """Ends a process and all it started, at once: what they would do at an orderly end is not compared,
    and Apache's takes seconds where sub-interpreters exist. Apache's share a process group; the engine's
    have groups of their own, and die with their supervisor."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    # Its orphans are ours, the first process of the namespace: when the last one is gone, their
    # ports are free.
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)


class Server:
    """One running host; a context that stops it."""

    def __init__(self, argv: list[str], **kept):
        self.first_asked = 0.0
        self.process = subprocess.Popen(
            argv, env=ENVIRONMENT, cwd="/", start_new_session=True, stdin=subprocess.DEVNULL, **kept
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        kill_group(self.process)

    def ask(self, request: Request) -> dict:
        self.first_asked = self.first_asked or time.time()
        try:
            answer, _ = ask(request)
        except (OSError, http.client.HTTPException) as error:
            return {"error": f"{type(error).__name__}: {error}"}
        if "loaded_at" in answer:
            answer["loading"] = "preload" if self.is_preloaded(answer) else "lazy"
            del answer["loaded_at"], answer["loaded_on_main_thread"]
        return answer

    def is_preloaded(self, answer: dict) -> bool:
        return answer["loaded_at"] < self.first_asked


def wrapper_of(site: Path) -> Path:
    """A configuration that gives the site what a distribution gives its sites."""
    modules = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in LOADED)
    wrapper = RUN / "apache2.conf"
    wrapper.write_text(WRAPPER.format(run=RUN, modules=modules, site=site))
    return wrapper


class Apache(Server):
    name = "apache"

    def __init__(self, site: Path, port: int):
        (RUN / "pid").unlink(missing_ok=True)  # of an Apache that was killed
        wrapper = wrapper_of(site)
        test = [APACHE, "-t", "-f", wrapper]
        checked = subprocess.run(test, env=ENVIRONMENT, capture_output=True, text=True)
        if checked.returncode != 0:
            lines = checked.stderr.strip().splitlines()
            raise Refused(" ".join(line for line in lines if not line.startswith("AH")))
        with open(RUN / "error.log", "w", encoding="utf-8") as log:
            super().__init__([str(APACHE), "-DFOREGROUND", "-f", str(wrapper)], stderr=log)
        wait_for(lambda: accepts(port) or self.has_ended(), "it does not listen")
        if self.has_ended():
            raise Refused(f"it ended: {log_tail()}")

    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def is_preloaded(self, answer: dict) -> bool:
        # It listens before its scripts are loaded; but what loads for a request is never the main
        # thread of an event-MPM child or of a daemon process.
        return answer["loaded_on_main_thread"] or super().is_preloaded(answer)


def log_tail() -> str:
    log = RUN / "error.log"
    return " ".join(log.read_text(errors="replace").splitlines()[-2:]) if log.exists() else ""


def apache_versions() -> dict[str, str]:
    """What answers here, as recorded beside its answers: Apache, mod_wsgi, Python."""
    if not APACHE.exists():
        raise Absent(f"there is no {APACHE}")
    if not (MODULES / "mod_wsgi.so").exists():
        raise Absent(f"there is no mod_wsgi in {MODULES}")
    site = RUN / "bare.conf"
    site.write_text("Listen 80\n")
    request = request_of("GET http://localhost/")
    with Apache(site, request.port):
        _, headers = ask(request)
    return dict(re.findall(r"(Apache|mod_wsgi|Python)/([\d.]+)", headers["Server"] or ""))


class Engine(Server):
    name = "engine"

    def __init__(self, program: Path, site: Site):
        reader, writer = os.pipe()
        log = RUN / "engine.log"
        with open(log, "w", encoding="utf-8") as errors:
            argv = [str(program), "serve", str(site.path), "--ready-fd", str(writer)]
            super().__init__(argv, pass_fds=[writer], stderr=errors)
        os.close(writer)
        with os.fdopen(reader, "rb") as ready:
            readable, _, _ = select.select([ready], [], [], PATIENCE)
            line = ready.readline() if readable else b""
        if not line.endswith(b"\n"):
            kill_group(self.process)
            message = log.read_text(errors="replace").strip().splitlines()
            raise Refused(message[-1] if message else "is not ready in time")


class Explanation:
    """What `wsgilab-host explain` says would happen; starts nothing."""

    name = "explain"

    def __init__(self, program: Path, site: Site):
        urls = list(dict.fromkeys(r.url for r in site.requests if r.is_told_by_its_url))
        argv = [program, "explain", site.path, "--json", *urls]
        done = subprocess.run(argv, env=ENVIRONMENT, capture_output=True, text=True)
        if done.returncode != 0:
            words = done.stderr.strip().splitlines()
            raise Refused(words[-1] if words else f"exit code {done.returncode}")
        self.rows = {row["url"]: row for row in json.loads(done.stdout)["urls"]}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def ask(self, request: Request) -> dict | None:
        """None: this cannot be asked."""
        if not request.is_told_by_its_url:
            return None
        row = self.rows.get(request.url)
        if row is None:
            return {"error": "no row for this URL"}
        answer = {name: plain(fact) for name, fact in row.items()}
        if answer.get("answer") == "file":
            answer.update(status=200, file=answer["target"])
        if answer.get("answer") == "script":
            answer["status"] = 200  # the application's own, and the probe's is always this
            for name in ("script_name", "path_info"):  # WSGI's way to hold bytes in text
                if name in answer:
                    answer[name] = answer[name].encode().decode("latin-1")
            if "home" in answer:
                answer["home"] = os.path.realpath(answer["home"])
            answer["python_home"] = answer.get("python_home") or sys.base_prefix
        return answer


def plain(fact):
    """A fact stands alone, or beside its origin: {"value": …, …}."""
    value = fact.get("value") if isinstance(fact, dict) else fact
    return "" if value == "%{GLOBAL}" else value


def can_explain(program: Path) -> bool:
    shown = subprocess.run([program, "--help"], capture_output=True, text=True)
    return re.search(r"^\s+explain\b", shown.stdout, re.MULTILINE) is not None
