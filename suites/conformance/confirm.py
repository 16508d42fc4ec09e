#!/usr/bin/python3
"""Puts what other servers are said to violate to them once more, by hand: no line of ours but a socket.

    confirm.py --peers build/peers [--host NAME] [--case NAME] [--write]

Each case (cases.py) is a request to application.py, and what must be in the answer if the server does as it is said to do.
Every server is started as its own manual says, on a free port of the loopback, and ended. What was sent and answered is
printed; with --write it becomes confirmed.json, of which the page is made. Exit code 0: all do; 1: one does not, so the
page is not true any more; 77: none of the servers is installed.
"""

import argparse
import contextlib
import datetime
import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cases import CASES, QUIET, Case, closing

HERE = Path(__file__).resolve().parent
CONFIRMED = HERE / "confirmed.json"
MISSING = 77
APACHE_USER = "www-data"  # Debian's, for Apache's processes
NEEDS_ROOT = "apache-with-groups"  # kill(0) ends all of an Apache that has one user
PATIENCE = 15  # seconds, for a server to begin and to end
TIME_TO_NOTICE = 5.0  # seconds, for a server to see that a client has left
SHOWN = 700  # characters of an answer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def commands(peers: Path, port: int) -> dict[str, list[str]]:
    """How each server is told to serve application.py at /, with a thread or two to spare."""
    at = f"127.0.0.1:{port}"
    return {
        "gunicorn": [str(peers / "bin/gunicorn"), "-b", at, "--threads", "4", "application:application"],
        "uwsgi": [str(peers / "bin/uwsgi"), "--http11-socket", at, "--master", "--die-on-term", "--threads", "4"]
        + ["--disable-logging", "--wsgi-file", str(HERE / "application.py")],
        "granian": [str(peers / "bin/granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
        + ["--http", "1", "--no-ws", "--blocking-threads", "2", "application:application"],
        "granian-at-app": [str(peers / "bin/granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
        + ["--http", "1", "--no-ws", "--url-path-prefix", "/app", "application:application"],
        "apache": ["/usr/sbin/apache2", "-DFOREGROUND", "-f", "{directory}/apache.conf"],
        "apache-with-groups": ["/usr/sbin/apache2", "-DFOREGROUND", "-DGROUPS", "-f", "{directory}/apache.conf"],
    }


def apache_configuration(directory: Path, port: int) -> str:
    modules = "".join(
        f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n" for name in ("mpm_event", "authz_core", "wsgi")
    )
    groups = f"WSGISocketPrefix {directory}/wsgi\n" + "".join(
        f"WSGIDaemonProcess {name} processes=1 threads=3\n"
        f"WSGIScriptAlias /{name} {directory}/application.py process-group={name} application-group=%{{GLOBAL}}\n"
        for name in ("one", "two")
    )
    user = f"User {APACHE_USER}\nGroup {APACHE_USER}\n" if os.geteuid() == 0 else ""
    return (
        f"{user}ServerRoot {directory}\nServerName localhost\nListen 127.0.0.1:{port}\nPidFile {directory}/apache.pid\n"
        f"ErrorLog {directory}/error.log\n{modules}WSGIChunkedRequest On\nWSGIApplicationGroup %{{GLOBAL}}\n"
        f"<IfDefine GROUPS>\nStartServers 1\nServerLimit 1\nMaxRequestWorkers 25\n{groups}</IfDefine>\n"
        f"WSGIScriptAlias / {directory}/application.py\n<Directory {directory}>\nRequire all granted\n</Directory>\n"
    )


def version_of(name: str, peers: Path) -> str:
    """Of the server, as it says itself."""
    words = [str(peers / "bin" / name.split("-")[0]), "--version"]
    is_apache = name.split("-")[0] == "apache"
    if is_apache:
        words = ["/usr/sbin/apache2", "-v"]
    said = subprocess.run(words, capture_output=True, text=True, check=False)
    number = re.search(r"\d+\.\d+[.\d]*", said.stdout + said.stderr)
    version = number[0] if number else "?"
    if not is_apache:
        return version
    module = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Version}", "libapache2-mod-wsgi-py3"], capture_output=True, text=True, check=False
    )
    return f"{version} with mod_wsgi {module.stdout.split('-')[0]}"


@contextlib.contextmanager
def served(name: str, peers: Path):
    """The port of the server while it runs."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="wsgilab-confirm") as folder:
        directory = Path(folder)
        words = [word.replace("{directory}", folder) for word in commands(peers, port)[name]]
        directory.chmod(0o755)  # who serves is not who starts it
        shutil.copy(HERE / "application.py", directory)
        (directory / "apache.conf").write_text(apache_configuration(directory, port), encoding="utf-8")
        with open(directory / "log", "w", encoding="utf-8") as log:
            process = subprocess.Popen(
                words,
                cwd=HERE,
                env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            wait_until_answering(port, process, directory / "log")
            yield port
        finally:
            end(process)


def wait_until_answering(port: int, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        with contextlib.suppress(OSError):
            if ask(port, closing("/plain")).startswith(b"HTTP/1.1 "):
                return
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the server does not answer: {log.read_text(errors='replace')[-800:]}")


def end(process: subprocess.Popen) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=PATIENCE)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def ask(port: int, request: bytes, leaves: bool = False, quiet: float = QUIET) -> bytes:
    """What is answered until the server closes, or is quiet; or the first bytes of it."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        with contextlib.suppress(OSError):  # it may have refused the rest
            connection.sendall(request)
        while True:
            if not select.select([connection], [], [], quiet)[0]:
                return received + b"<open>"
            try:
                block = connection.recv(65536)
            except ConnectionResetError:
                return received + b"<reset>"
            if not block:
                return received + b"<closed>"
            received += block
            if leaves:
                return received[:300] + b"<left>"


def written(data: bytes) -> str:
    """Bytes as a person reads them, and the same tomorrow: without dates, and cut."""
    text = data.decode("latin-1")
    text = re.sub(r"(?im)^(date|last-modified): [^\r\n]*", r"\1: ...", text)
    text = re.sub(r"(.)\1{60,}", lambda run: f"{run[1]}... ({len(run[0])} times)", text)
    text = "".join(c if c == "\n" or " " <= c <= "~" else c.encode("unicode_escape").decode() for c in text)
    return text if len(text) <= SHOWN else text[:SHOWN] + " ..."


def play(case: Case, port: int) -> dict:
    answers = [ask(port, request, case.leaves, case.quiet) for request in case.requests[:-1]]
    deadline = time.monotonic() + (TIME_TO_NOTICE if case.leaves else 0)
    while True:
        last = ask(port, case.requests[-1], quiet=case.quiet)
        if time.monotonic() > deadline or not re.search(case.shows, last, re.DOTALL):
            break
    answers.append(last)
    return {
        "sent": [written(request) for request in case.requests],
        "answered": [written(answer) for answer in answers],
        "shows": bool(re.search(case.shows, answers[-1], re.DOTALL)),
    }


def confirm(name: str, peers: Path, wanted: str | None) -> dict:
    found = {}
    for case in CASES:
        if name not in case.hosts or wanted not in (None, case.name):
            continue
        with served(name, peers) as port:  # a server of its own: some do not survive
            found[case.name] = play(case, port)
    return found


def write(results: dict) -> None:
    """What was not asked this time stays; what is no case any more goes."""
    before = json.loads(CONFIRMED.read_text(encoding="utf-8"))["hosts"] if CONFIRMED.exists() else {}
    hosts = {}
    for name in sorted({name for case in CASES for name in case.hosts}):
        now = results.get(name, {"cases": {}})
        old = before.get(name, {"cases": {}})
        cases = {c.name: now["cases"].get(c.name) or old["cases"].get(c.name) for c in CASES if name in c.hosts}
        version = now.get("version") or old.get("version")
        hosts[name] = {"version": version, "cases": {name: found for name, found in cases.items() if found}}
    record = {"date": datetime.date.today().isoformat(), "hosts": hosts}
    CONFIRMED.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", type=Path, required=True, metavar="DIRECTORY")
    parser.add_argument("--host")
    parser.add_argument("--case")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    peers = options.peers.resolve()
    installed = [name for name, words in commands(peers, 0).items() if Path(words[0]).exists()]
    if os.geteuid() != 0 and NEEDS_ROOT in installed:
        installed.remove(NEEDS_ROOT)
    chosen = [name for name in installed if options.host in (None, name)]
    if not chosen:
        print("confirm.py: none of the servers is installed: scripts/setup --peers", file=sys.stderr)
        return MISSING
    results = {}
    for name in chosen:
        results[name] = {"version": version_of(name, peers), "cases": confirm(name, peers, options.case)}
        for case, result in results[name]["cases"].items():
            print(f"== {name}: {case}: {'as is said' if result['shows'] else 'NOT AS IS SAID'}")
            for sent, answered in zip(result["sent"], result["answered"], strict=True):
                print(f"--> {sent}\n<-- {answered}")
    if options.write:
        write(results)
    is_true = all(result["shows"] for host in results.values() for result in host["cases"].values())
    return 0 if is_true else 1


if __name__ == "__main__":
    sys.exit(main())
