#!/usr/bin/python3
"""Sends the malformed requests of shapes.json to Apache, nginx and the engine, and says what each did.

    suites/http1/compare_shapes.py --engine build/release/bin/wsgilab-host > suites/http1/shapes.md
    suites/http1/compare_shapes.py --engine … --only Chunk       the shapes with that in their name

Behind every shape follows a second request, /next, on the same connection: whoever takes a part of
the shape for a request, or a part of /next for the shape's body, gives itself away. What came through
is asked of the application itself. Everything runs on free ports of the loopback and ends with the
program. Exit code 77: neither Apache nor nginx is here, or no engine.
"""

import argparse
import contextlib
import json
import re
import select
import socket
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from shape_hosts import Apache, Engine, Host, Nginx

SHAPES = Path(__file__).with_name("shapes.json")
NEXT = b"GET /next HTTP/1.1\r\nHost: shapes.example\r\nConnection: close\r\n\r\n"
NEXT_SEEN = "GET /next []"
PATIENCE = 8  # seconds; who has said nothing until then waits for more (nginx lingers for 5)
MISSING = 77


@dataclass(frozen=True)
class Outcome:
    """What a host did with one shape and /next behind it."""

    answers: tuple[int, ...]  # statuses, interim ones too; 0: bytes without a status line
    seen: tuple[str, ...]  # requests, as the application saw them
    is_closed: bool

    @property
    def is_next_intact(self) -> bool:
        return NEXT_SEEN in self.seen


def ask(port: int, request: bytes, ends: bool = False) -> tuple[bytes, bool]:
    """All bytes of the answers, and whether the host closed the connection."""
    deadline = time.monotonic() + PATIENCE
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        with contextlib.suppress(OSError):  # it may have closed already: that is an answer
            connection.sendall(request)
            if ends:
                connection.shutdown(socket.SHUT_WR)
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([connection], [], [], left)[0]:
                return received, False
            try:
                block = connection.recv(65536)
            except ConnectionResetError:
                return received, True
            if not block:
                return received, True
            received += block


def statuses_of(received: bytes) -> tuple[int, ...]:
    """The statuses of answers that follow each other."""
    statuses = []
    while received:
        head, _, rest = received.partition(b"\r\n\r\n")
        line = re.match(rb"HTTP/1\.[01] (\d{3})[ \r]", head + b"\r")
        if not line:
            return (*statuses, 0)
        status = int(line[1])
        statuses.append(status)
        if status < 200:
            received = rest
        elif length := re.search(rb"(?im)^content-length: *(\d+)", head):
            received = rest[int(length[1]) :]
        elif re.search(rb"(?im)^transfer-encoding: *chunked", head):
            received = rest.partition(b"0\r\n\r\n")[2]
        else:
            received = b""  # up to the end of the connection
    return tuple(statuses)


def request_of(shape: dict) -> bytes:
    return shape["request"].replace("{fill}", "b" * shape.get("fill", 0)).encode("latin-1")


def outcome_of(host: Host, shape: dict) -> Outcome:
    request = request_of(shape)
    ends = shape.get("ends", False)
    received, is_closed = ask(host.port, request + (b"" if ends else NEXT), ends)
    return Outcome(statuses_of(received), seen_by(host), is_closed)


def seen_by(host: Host) -> tuple[str, ...]:
    request = b"GET /seen HTTP/1.1\r\nHost: shapes.example\r\nConnection: close\r\n\r\n"
    received, _ = ask(host.port, request)
    head, _, body = received.partition(b"\r\n\r\n")
    if not re.match(rb"HTTP/1\.[01] 200 ", head):
        raise RuntimeError(f"{host.name} does not say what was seen: {received[:200]!r}")
    return tuple(body.decode().splitlines())


# ---- the table ----


def shortened(text: str) -> str:
    text = re.sub(r"(.)\1{30,}", lambda run: f"{run[1]}…({len(run[0])})", text)
    return text.replace("|", "\\|").replace("`", "'")


def cell_of(outcome: Outcome, ends: bool) -> str:
    """`400`; or the status, what was seen, and what became of /next where it is not as it should be."""
    seen = list(outcome.seen)
    if outcome.is_next_intact:
        seen.remove(NEXT_SEEN)
    answers = outcome.answers[:-1] if outcome.is_next_intact else outcome.answers
    words = [" ".join(map(str, answers)) or "nothing"]
    words += [f"`{shortened(line)}`" for line in seen]
    if not outcome.is_closed:
        words.append("**waits**")
    elif seen and not outcome.is_next_intact and not ends:
        words.append("next is not read")
    elif outcome.is_next_intact and not seen:
        words.append("**next is read**")
    return ", ".join(words)


def table_of(shapes: list[dict], versions: dict[str, str], outcomes: dict[str, list]) -> str:
    lines = [
        "# Malformed requests, and what becomes of them",
        "",
        "Made by `suites/http1/compare_shapes.py` from [shapes.json](shapes.json); the column of the engine is",
        "checked by `wsgilab-checks` (Http1Shapes). A status alone: refused, the connection closed, and nothing",
        "seen by the application. `GET /x [body]` is what the application saw; the request behind the shape was",
        "then answered as it should, unless it says *next is not read* (the connection was closed before it).",
        "0 stands for an answer without a status line, `<cut>` for a body whose reading failed.",
        "",
        "| shape | section | " + " | ".join(f"{n} {v}" for n, v in versions.items()) + " |",
        "|---|---|" + "---|" * len(versions),
    ]
    for row, shape in enumerate(shapes):
        cells = [cell_of(outcomes[name][row], shape.get("ends", False)) for name in versions]
        title = shortened(shape["title"])
        lines.append(f"| {title} | {shape['section']} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def compare(hosts: list[Host], shapes: list[dict]) -> str:
    versions: dict[str, str] = {}
    outcomes: dict[str, list[Outcome]] = {}
    with tempfile.TemporaryDirectory(prefix="shapes-") as directory:
        for host in hosts:
            version = host.version()
            if version is None:
                print(f"{host.name} is not installed: scripts/setup --peers", file=sys.stderr)
                continue
            versions[host.name] = version
            with host.start(Path(directory)):
                outcomes[host.name] = [outcome_of(host, shape) for shape in shapes]
    return table_of(shapes, versions, outcomes) if versions else ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--engine", type=Path, help="a wsgilab-host; without it only the others")
    parser.add_argument("--only", default="", help="shapes with this in their names")
    parser.add_argument("--hosts", default="apache,nginx", help="the others, by name")
    arguments = parser.parse_args()
    shapes = [s for s in json.loads(SHAPES.read_text()) if arguments.only in s["name"]]
    others = {"apache": Apache(), "nginx": Nginx()}
    hosts: list[Host] = [others[name] for name in arguments.hosts.split(",") if name]
    if arguments.engine:
        hosts.append(Engine(arguments.engine.resolve()))
    table = compare(hosts, shapes)
    if not table:
        return MISSING
    print(table, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
