#!/usr/bin/python3
"""Puts what other servers are said to violate to them once more, by hand: no line of ours but a socket.

    confirm.py --peers build/peers [--host NAME] [--case NAME] [--write]
    confirm.py --engine build/release/bin/wsgilab-host [--case NAME]

Each case (cases.py) is a request to application.py, and what must be in the answer if the server does as it is said to do.
Every server is started as its own manual says, on a free port of the loopback, and ended. What was sent and answered is
printed; with --write it becomes confirmed.json, of which the page is made: what was not asked stays there with its date
and version. Exit code 0: all do; 1: one does not, so the page is not true any more; 2: there is no such case, or host; 77: none
of the servers is installed.

With --engine every case is put to our own host, which keeps all of these rules: an answer that shows a violation is one that
a correct server gives, so the case cannot fail, and the exit code is 1.
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

from cases import CASES, PAUSE, Case, get

HERE = Path(__file__).resolve().parent
CONFIRMED = HERE / "confirmed.json"
MISSING = 77
APACHE_USER = "www-data"  # Debian's, for Apache's processes
PATIENCE = 15  # seconds, for a server to begin and to end
QUIET = 1.0  # seconds without a byte: that is all of the answer
QUIET_OF_NOTHING = 2.0  # the same, where it is nothing that shows something; uWSGI gives up a body after 4
TIME_TO_NOTICE = 5.0  # seconds, for what does not come to come
BETWEEN = 0.25  # seconds, between two questions whether it has
SHOWN = 700  # characters of an answer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def commands(peers: Path, port: int, engine: Path | None = None) -> dict[str, list[str]]:
    """How each server is told to serve application.py at /, with a thread or two to spare."""
    at = f"127.0.0.1:{port}"
    if engine:
        return {name: [str(engine), "serve", "{directory}/engine.conf"] for name in ("engine", "engine-at-app")}
    apache = ["/usr/sbin/apache2", "-DFOREGROUND", "-f", "{directory}/apache.conf"]
    return {
        "gunicorn": [str(peers / "bin/gunicorn"), "-b", at, "--threads", "4", "application:application"],
        "uwsgi": [str(peers / "bin/uwsgi"), "--http11-socket", at, "--master", "--die-on-term", "--threads", "4"]
        + ["--disable-logging", "--wsgi-file", str(HERE / "application.py")],
        "granian": [str(peers / "bin/granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
        + ["--http", "1", "--no-ws", "--blocking-threads", "2", "application:application"],
        "granian-at-app": [str(peers / "bin/granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
        + ["--http", "1", "--no-ws", "--url-path-prefix", "/app", "application:application"],
        "apache": apache,
        "apache-pypi": apache,
    }


def module_of(name: str, peers: Path) -> Path:
    """mod_wsgi: Debian's, or the one of PyPI in the environment of the peers."""
    of_pypi = sorted(peers.glob("lib/python*/site-packages/mod_wsgi/server/mod_wsgi-*.so"))
    if name == "apache-pypi":
        return of_pypi[0] if of_pypi else peers / "lib/mod_wsgi.so"
    return Path("/usr/lib/apache2/modules/mod_wsgi.so")


def is_installed(name: str, peers: Path) -> bool:
    return Path(commands(peers, 0)[name][0]).exists() and (not name.startswith("apache") or module_of(name, peers).exists())


def url_of(name: str) -> str:
    """Where application.py is served."""
    return "/app" if name.endswith("-at-app") else ""


def groups_in(directory: Path) -> str:
    return f"WSGISocketPrefix {directory}/wsgi\n" + "".join(
        f"WSGIDaemonProcess {group} processes=1 threads=3\n"
        f"WSGIScriptAlias /{group} {directory}/application.py process-group={group} application-group=%{{GLOBAL}}\n"
        for group in ("one", "two")
    )


def engine_configuration(name: str, directory: Path, port: int, groups: str) -> str:
    return (
        f"Listen 127.0.0.1:{port}\nServerName localhost\nWSGIChunkedRequest On\n{groups}"
        f"WSGIScriptAlias {url_of(name) or '/'} {directory}/application.py\n"
        f"<Directory {directory}>\nRequire all granted\n</Directory>\n"
    )


def apache_configuration(name: str, peers: Path, directory: Path, port: int, groups: str) -> str:
    modules = "".join(
        f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n" for name in ("mpm_event", "authz_core")
    )
    modules += f"LoadModule wsgi_module {module_of(name, peers)}\n"
    user = f"User {APACHE_USER}\nGroup {APACHE_USER}\n" if os.geteuid() == 0 else ""
    processes = "StartServers 1\nServerLimit 1\nMaxRequestWorkers 25\n" if groups else ""
    return (
        f"{user}ServerRoot {directory}\nServerName localhost\nListen 127.0.0.1:{port}\nPidFile {directory}/apache.pid\n"
        f"ErrorLog {directory}/error.log\n{modules}WSGIChunkedRequest On\nWSGIApplicationGroup %{{GLOBAL}}\n"
        f"{processes}{groups}"
        f"WSGIScriptAlias / {directory}/application.py\n<Directory {directory}>\nRequire all granted\n</Directory>\n"
    )


def version_of(name: str, peers: Path) -> str:
    """Of the server, as it says itself."""
    is_apache = name.startswith("apache")
    program = "/usr/sbin/apache2" if is_apache else str(peers / "bin" / name.removesuffix("-at-app"))
    version = number_in([program, "-v" if is_apache else "--version"])
    if not is_apache:
        return version
    if name == "apache-pypi":
        module = number_in([str(peers / "bin/python3"), "-c", "from importlib import metadata; print(metadata.version('mod_wsgi'))"])
    else:
        module = number_in(["dpkg-query", "-W", "-f", "${Version}", "libapache2-mod-wsgi-py3"])
    return f"{version} with mod_wsgi {module}"


def number_in(command: list[str]) -> str:
    """The version that it prints."""
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    number = re.search(r"\d+\.\d+[.\d]*", said.stdout + said.stderr)
    return number[0] if number else "?"


@contextlib.contextmanager
def served(name: str, peers: Path, engine: Path | None = None, has_groups: bool = False):
    """The port of the server while it runs."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="wsgilab-confirm") as folder:
        directory = Path(folder)
        words = [word.replace("{directory}", folder) for word in commands(peers, port, engine)[name]]
        groups = groups_in(directory) if has_groups else ""
        directory.chmod(0o755)  # who serves is not who starts it
        shutil.copy(HERE / "application.py", directory)
        (directory / "apache.conf").write_text(apache_configuration(name, peers, directory, port, groups), encoding="utf-8")
        (directory / "engine.conf").write_text(engine_configuration(name, directory, port, groups), encoding="utf-8")
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
            wait_until_answering(port, process, directory / "log", url_of(name))
            yield port
        finally:
            end(process)


def wait_until_answering(port: int, process: subprocess.Popen, log: Path, url: str, patience: float = PATIENCE) -> None:
    """Answered by application.py in a process of this server: the port may have become somebody else's."""
    deadline = time.monotonic() + patience
    while True:
        with contextlib.suppress(OSError):
            answer = ask(port, get(f"{url}/pid", "Host: a\r\nConnection: close\r\n"))
            served_by = re.search(rb"^HTTP/1.1 200 .*application.py in (\d+)", answer, re.DOTALL)
            if served_by and is_of(int(served_by[1]), process.pid):
                return
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the server does not answer: {log.read_text(errors='replace')[-800:]}")


def is_of(pid: int, ancestor: int) -> bool:
    while pid not in (ancestor, 0):
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="latin-1")
        except OSError:
            return False
        pid = int(stat.rpartition(")")[2].split()[1])  # its name may have blanks and brackets
    return pid == ancestor


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
    begin, pause, rest = request.partition(PAUSE)
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        with contextlib.suppress(OSError):  # it may have refused the rest
            connection.sendall(begin)
        while True:
            if not select.select([connection], [], [], quiet)[0]:
                if not pause:
                    return received + b"<open>"
                received += pause
                pause = b""
                with contextlib.suppress(OSError):
                    connection.sendall(rest)
                continue
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
    sent = list(case.requests)
    answers = []
    is_controlled = True
    if case.control:
        request, would_come = case.control
        sent.insert(0, request)
        answers.append(ask(port, request, quiet=case.quiet or QUIET))
        is_controlled = bool(re.search(would_come, answers[0], re.DOTALL))
    answers += [ask(port, request, case.leaves, case.quiet or QUIET) for request in case.requests[:-1]]
    deadline = time.monotonic() + (TIME_TO_NOTICE if case.control else 0)
    while True:
        last = ask(port, case.requests[-1], quiet=case.quiet or (QUIET_OF_NOTHING if case.control else QUIET))
        shows = bool(re.search(case.shows, last, re.DOTALL))
        if not shows or time.monotonic() > deadline:
            break
        time.sleep(BETWEEN)
    return {
        "sent": [written(request) for request in sent],
        "answered": [written(answer) for answer in [*answers, last]],
        "shows": shows and is_controlled,
    }


def confirm(name: str, peers: Path, cases: list[Case], engine: Path | None = None) -> dict:
    found = {}
    for case in cases:
        with served(name, peers, engine, case.needs_groups) as port:  # a server of its own: some do not survive
            found[case.name] = play(case, port)
    return found


def cases_of(name: str, wanted: str | None) -> list[Case]:
    return [case for case in CASES if name in case.hosts and wanted in (None, case.name) and can_be_asked(case)]


def can_be_asked(case: Case) -> bool:
    return not case.needs_groups or os.geteuid() == 0


def merged(before: dict, results: dict, date: str) -> dict:
    """What was not asked this time stays as it was, of its date and version; what is no case any more goes."""
    hosts = {}
    for name in sorted({name for case in CASES for name in case.hosts}):
        old = before.get(name, {})
        now = results.get(name, {"version": None, "cases": {}})
        stamp = {"date": date, "version": now["version"]}
        asked = {case: {**stamp, **result} for case, result in now["cases"].items()}
        known = {**old, **asked}
        hosts[name] = {case.name: known[case.name] for case in CASES if name in case.hosts and case.name in known}
    return hosts


def write(results: dict) -> None:
    before = json.loads(CONFIRMED.read_text(encoding="utf-8"))["hosts"] if CONFIRMED.exists() else {}
    record = {"hosts": merged(before, results, datetime.date.today().isoformat())}
    CONFIRMED.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def show(name: str, case: str, result: dict, verdict: str) -> None:
    print(f"== {name}: {case}: {verdict}")
    for sent, answered in zip(result["sent"], result["answered"], strict=True):
        print(f"--> {sent}\n<-- {answered}")


def put_to_engine(engine: Path, wanted: str | None) -> int:
    """Exit code: whether it does none of it, and all that the controls ask for."""
    wrong = 0
    for case in CASES:
        if wanted not in (None, case.name) or not can_be_asked(case):
            continue
        name = "engine-at-app" if all(url_of(host) for host in case.hosts) else "engine"
        result = confirm(name, Path(), [case], engine)[case.name]
        is_controlled = not case.control or re.search(case.control[1], result["answered"][0].encode("latin-1"), re.DOTALL)
        if result["shows"] or not is_controlled:
            wrong += 1
            show(name, case.name, result, "MATCHED BY A CORRECT SERVER" if result["shows"] else "ITS CONTROL FAILS")
    return 1 if wrong else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", type=Path, metavar="DIRECTORY")
    parser.add_argument("--engine", type=Path, metavar="PROGRAM")
    parser.add_argument("--host")
    parser.add_argument("--case")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if bool(options.peers) == bool(options.engine):
        parser.error("either --peers or --engine")
    if options.case not in (None, *(case.name for case in CASES)):
        parser.error(f"there is no case {options.case}")
    if options.engine:
        return put_to_engine(options.engine.resolve(), options.case)
    peers = options.peers.resolve()
    if options.host not in (None, *commands(peers, 0)):
        parser.error(f"there is no host {options.host}")
    wanted = {name: cases_of(name, options.case) for name in commands(peers, 0) if options.host in (None, name)}
    if not any(wanted.values()):
        parser.error(f"{options.case} is no case of {options.host}")
    chosen = [name for name, cases in wanted.items() if cases and is_installed(name, peers)]
    if not chosen:
        print("confirm.py: none of the servers is installed: scripts/setup --peers", file=sys.stderr)
        return MISSING
    results = {}
    for name in chosen:
        results[name] = {"version": version_of(name, peers), "cases": confirm(name, peers, wanted[name])}
        for case, result in results[name]["cases"].items():
            show(name, case, result, "as is said" if result["shows"] else "NOT AS IS SAID")
    if options.write:
        write(results)
    is_true = all(result["shows"] for host in results.values() for result in host["cases"].values())
    return 0 if is_true else 1


if __name__ == "__main__":
    sys.exit(main())
