"""python -I snapshot.py FILE COPY: the SQLite database FILE as it is now, while others may be writing to it, as the file COPY.

Only reads FILE. On failure the last line of standard error says why, and there is no COPY.
"""

import contextlib
import os
import sqlite3
import sys
import urllib.parse

WAIT_SECONDS = 5  # for somebody who writes


def snapshot(file, copy):
    with open(file, "rb") as opened:
        beginning = opened.read(16)
    if beginning not in (b"SQLite format 3\0", b""):  # SQLite makes an empty file before its first table
        raise ValueError("this is no SQLite database")
    source = f"file:{urllib.parse.quote(file)}?mode=ro"
    with contextlib.closing(sqlite3.connect(source, uri=True, timeout=WAIT_SECONDS)) as opened:
        with contextlib.closing(sqlite3.connect(copy)) as made:
            opened.backup(made)


def main():
    file, copy = sys.argv[1:]
    try:
        snapshot(file, copy)
    except (OSError, ValueError, sqlite3.Error) as error:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(copy)
        sys.exit(f"{error}")


if __name__ == "__main__":
    main()
