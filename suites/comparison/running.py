"""A server of the comparison while it runs: started with one application, and ended with all it started."""

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from dataclasses import dataclass, replace
from pathlib import Path

import servers

PATIENCE = 20  # seconds, for a server to start or to end


class Failed(Exception):
    pass


@dataclass(frozen=True)
class Running:
    site: servers.Site
    pid: int
    first_answer: bytes


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(server: servers.Server, callable: str, connections: int, threads: int, script=None):
    """In a folder of its own; with a copy of the script there, if one is named."""
    with tempfile.TemporaryDirectory(prefix="wsgilab-compare-") as folder:
        directory = Path(folder)
        directory.chmod(0o755)
        site = servers.Site(callable, free_port(), connections, threads, directory)
        if script is not None:
            own = directory / script.name
            own.write_bytes(script.read_bytes())
            site = replace(site, script=own)
        with open(directory / "output", "w+") as output:
            process = subprocess.Popen(
                server.command(site), stdout=output, stderr=output, start_new_session=True
            )
            try:
                yield Running(site, process.pid, first_answer(site, process, output))
            finally:
                end(process)


def first_answer(site: servers.Site, process: subprocess.Popen, output) -> bytes:
    deadline = time.monotonic() + PATIENCE
    while (body := body_of(site)) is None:
        if process.poll() is not None or time.monotonic() > deadline:
            output.seek(0)
            raise Failed("it did not start: " + output.read()[-400:].strip())
        time.sleep(0.05)  # between two looks; the deadline above ends it
    return body


def body_of(site: servers.Site) -> bytes | None:
    with contextlib.suppress(OSError):
        with urllib.request.urlopen(f"http://{site.address}/", timeout=5) as answer:
            return answer.read()
    return None


def end(process: subprocess.Popen) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(PATIENCE)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
