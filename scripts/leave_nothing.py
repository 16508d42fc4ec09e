#!/usr/bin/python3
"""Runs a command and sees to it that it leaves nothing behind.

    scripts/leave_nothing.py ctest --preset dev

The command gets a temporary folder of its own (TMPDIR), and orphaned processes come home to this
script. When the command has ended there must be no process, no file or socket in that folder, and
none named wsgilab in the usual places. What is left is named, and removed.

Exit code: the command's; 1 if it succeeded but something was left.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
GRACE_SECONDS = 3.0
USUAL_PLACES = ("/tmp", "/var/tmp", "/run", "/dev/shm")


def children() -> list[int]:
    """The living children of this process."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue  # ended while we looked
        if int(parent) == os.getpid() and state != "Z":
            found.append(int(entry.name))
    return found


def reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def processes_left() -> list[str]:
    """Waits a moment for orphans to end; names and kills those that do not."""
    deadline = time.monotonic() + GRACE_SECONDS
    while children() and time.monotonic() < deadline:
        reap()
        time.sleep(0.05)
    named = []
    while left := children():  # killing a parent brings its children here
        for pid in left:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
            named.append(f"process {pid}: {command.decode(errors='replace').strip()[:200]}")
            os.kill(pid, signal.SIGKILL)
        while any(pid in children() for pid in left):
            time.sleep(0.01)
        reap()
    return named


def ours_in_usual_places() -> set[str]:
    return {
        str(path)
        for place in USUAL_PLACES
        if os.path.isdir(place)
        for path in Path(place).iterdir()
        if "wsgilab" in path.name
    }


def main() -> int:
    command = sys.argv[1:]
    if not command or command[0] in ("-h", "--help"):
        print(__doc__)
        return 0 if command else 2
    if ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        print("leave_nothing: this system does not bring orphans home", file=sys.stderr)
        return 1
    before = ours_in_usual_places()
    folder = Path(tempfile.mkdtemp(prefix="wsgilab-test."))  # short: sockets have 108 bytes of path
    folder.chmod(0o755)  # daemon processes may run as another user
    started = subprocess.Popen(command, env=dict(os.environ, TMPDIR=str(folder)))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda received, _: started.send_signal(received))
    code = started.wait()
    left = processes_left()
    left += [f"file {path}" for path in sorted(folder.rglob("*"))][:50]
    left += [f"file {name}" for name in sorted(ours_in_usual_places() - before - {str(folder)})]
    shutil.rmtree(folder, ignore_errors=True)
    for what in left:
        print(f"left behind: {what}", file=sys.stderr)
    if code < 0:
        return 128 - code
    return code or (1 if left else 0)


if __name__ == "__main__":
    sys.exit(main())
