#!/usr/bin/env python3
"""Makes the database of flask_notes below $WSGILAB_DATA afresh, the same every time."""

import sqlite3
from contextlib import closing

from notes import data_directory
from notes.store import SCHEMA

PINNED = [
    ("Shopping", "Bread & butter, twelve lemons"),
    ("Reading", "PEP 3333, once more, slowly"),
    ("Harbour", "The ferry leaves at seven"),
    ("Garden", "Beans in May, not before"),
    ("Repairs", "Front wheel, rear light, bell"),
    ("Letters", "Answer Emil, thank Greta"),
    ("Music", "Second voice, bars 12 to 40"),
    ("Quotes", "Measure twice, saw once"),
]


def main() -> None:
    database = data_directory() / "flask_notes.sqlite3"
    for suffix in ("", "-journal"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.executescript(SCHEMA)
        connection.executemany("INSERT INTO note (title, body, pinned) VALUES (?, ?, 1)", PINNED)


if __name__ == "__main__":
    main()
