#!/usr/bin/env python3
"""Restarts servers again and again while clients ask, and counts what is lost.

Each server gets one application whose requests take 10 ms, and clients that ask at a constant rate: half of
what its threads can do. Fifty times in a row it is told to begin anew, in the way that its users do it (a
signal, or a file that is touched); the next time comes when new code has answered.

  scripts/compare-restarts                        every server and way; the result as text
  scripts/compare-restarts --only wsgilab         those whose name begins so
  scripts/compare-restarts --out result.json      also as JSON

A server that is not installed is left out and named. Exit code 1 when this project's engine has lost a
request, or a server did not start.
"""

import argparse
import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import servers
from open_loop import OpenLoop
from running import Failed, Running, running

THREADS = 4
SECONDS_OF_A_REQUEST = 0.01
CAPACITY = THREADS / SECONDS_OF_A_REQUEST
CLIENTS = 32
ANSWERS_BETWEEN = 40  # from the first answer of new code to the next time
LONGEST_RESTART = 30  # seconds; then a server has not begun anew


@dataclass(frozen=True)
class Way:
    server: servers.Server
    name: str
    # Tells the server with this process and this script to begin anew.
    begin_anew: Callable[[int, Path], None]


@dataclass
class Found:
    version: str = ""
    restarts: int = 0
    answered: int = 0
    lost: int = 0
    losses: dict = field(default_factory=dict)
    slowest_ms: float = 0.0
    problem: str = ""


def by_signal(number: signal.Signals) -> Callable[[int, Path], None]:
    return lambda pid, script: os.kill(pid, number)


def by_touch(pid: int, script: Path) -> None:
    """Later by whole seconds each time: some servers look at no less."""
    changed_at = script.stat().st_mtime + 2
    os.utime(script, (changed_at, changed_at))


def ways(engine: Path) -> list[Way]:
    hup, usr1 = by_signal(signal.SIGHUP), by_signal(signal.SIGUSR1)
    debian = servers.MODULES / "mod_wsgi.so"
    found = [
        Way(servers.Engine(engine, is_daemon=False), "SIGHUP", hup),
        Way(servers.Engine(engine, is_daemon=False), "touch", by_touch),
        Way(servers.Engine(engine, is_daemon=True), "SIGHUP", hup),
        Way(servers.Engine(engine, is_daemon=True), "touch", by_touch),
    ]
    for origin, module in (("Debian", debian), ("PyPI", servers.module_of_pypi())):
        for is_daemon in (False, True):
            server = servers.ModWsgi(origin, module, is_daemon)
            found += [Way(server, "SIGUSR1", usr1), Way(server, "touch", by_touch)]
    found += [
        Way(servers.Gunicorn("gthread"), "SIGHUP", hup),
        Way(servers.Uwsgi(), "SIGHUP", hup),
        Way(servers.TouchedUwsgi(), "touch-reload", by_touch),
        Way(servers.Granian(), "SIGHUP", hup),
    ]
    return found


def compare(way: Way, restarts: int) -> Found:
    found = Found(version=way.server.version() or "")
    try:
        script = servers.APPLICATIONS
        with running(way.server, "identified", CLIENTS, THREADS, script) as host:
            restart_again_and_again(way, host, restarts, found)
    except Failed as failure:
        found.problem = str(failure)
    return found


def restart_again_and_again(way: Way, host: Running, restarts: int, found: Found) -> None:
    with OpenLoop(("127.0.0.1", host.site.port), CAPACITY / 2, CLIENTS) as clients:
        told = clients.told
        try:
            for _ in range(restarts):
                await_told(clients, lambda: told.latest != "", "nobody answered")
                before = told.latest
                way.begin_anew(host.pid, host.site.script)
                await_told(clients, lambda: told.latest != before, "no new code answered")
                enough = told.answered + ANSWERS_BETWEEN
                await_told(clients, lambda: told.answered >= enough, "it has stopped answering")
                found.restarts += 1
        finally:
            found.answered, found.lost = told.answered, told.losses.total()
            found.losses = dict(told.losses)
            found.slowest_ms = round(told.slowest * 1000, 1)


def await_told(clients: OpenLoop, condition: Callable[[], bool], otherwise: str) -> None:
    if not clients.wait_until(condition, LONGEST_RESTART):
        raise Failed(f"{otherwise} within {LONGEST_RESTART} s")


def line_of(way: Way, found: Found) -> str:
    name = f"{way.server.name}, {way.name}"
    if found.problem:
        return f"  {name:34} after {found.restarts} restarts: {found.problem}"
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(found.losses.items()))
    return (
        f"  {name:34} {found.restarts} restarts, {found.answered:6,} answered, {found.lost:5,} lost"
        f"{f' ({kinds})' if kinds else ''}, slowest {found.slowest_ms:,.0f} ms"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--engine", type=Path, required=True, help="wsgilab-host, built for speed")
    parser.add_argument("--restarts", type=int, default=50)
    parser.add_argument("--only", default="", help="servers whose name begins so")
    parser.add_argument("--out", type=Path, help="the result as JSON")
    options = parser.parse_args()
    print(f"{CAPACITY / 2:.0f} requests a second, half of what {THREADS} threads can do")
    code = 0
    results = []
    for way in ways(options.engine.resolve()):
        if not way.server.name.startswith(options.only):
            continue
        if way.server.version() is None:
            print(f"  {way.server.name:34} is not installed")
            continue
        found = compare(way, options.restarts)
        print(line_of(way, found), flush=True)
        results.append({"server": way.server.name, "way": way.name, **asdict(found)})
        is_ours = isinstance(way.server, servers.Engine)
        if is_ours and (found.lost or found.problem):
            code = 1
    if options.out:
        options.out.write_text(json.dumps({"schema": 1, "results": results}, indent=2) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
