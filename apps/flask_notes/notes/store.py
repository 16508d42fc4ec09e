"""The SQLite file: one connection per request, made when first asked for."""

import sqlite3

from flask import current_app, g

SCHEMA = """
CREATE TABLE note (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    pinned INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX note_pinned ON note (pinned);
"""


def connection() -> sqlite3.Connection:
    if "connection" not in g:
        g.connection = sqlite3.connect(current_app.config["DATABASE"], timeout=20)
        g.connection.row_factory = sqlite3.Row
    return g.connection


def close_connection(_error=None) -> None:
    opened = g.pop("connection", None)
    if opened is not None:
        opened.close()


def add(title: str, body: str) -> int:
    with connection() as transaction:
        return transaction.execute(
            "INSERT INTO note (title, body) VALUES (?, ?)", (title, body)
        ).lastrowid


def find(note_id: int):
    return connection().execute("SELECT * FROM note WHERE id = ?", (note_id,)).fetchone()


def newest(limit: int) -> list:
    return connection().execute("SELECT * FROM note ORDER BY id DESC LIMIT ?", (limit,)).fetchall()


def pinned():
    return connection().execute("SELECT * FROM note WHERE pinned ORDER BY id")
