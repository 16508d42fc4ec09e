#!/usr/bin/python3
"""Holds every #include against scripts/layers.toml, the table of who may include whom.

    scripts/check_layers.py [CHECKOUT]

Prints one line per problem, as file:line: what, why. Exit code 0 when there is none.
"""

import fnmatch
import re
import sys
import tomllib
from pathlib import Path

import source_tree

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)


def find_cycle(arrows: dict[str, list[str]]) -> list[str] | None:
    """One cycle of a graph, first node repeated at its end; None if there is none."""
    finished: set[str] = set()

    def walk(node: str, way: list[str]) -> list[str] | None:
        if node in way:
            return way[way.index(node) :] + [node]
        if node in finished:
            return None
        for target in arrows.get(node, []):
            if cycle := walk(target, way + [node]):
                return cycle
        finished.add(node)
        return None

    for node in sorted(arrows):
        if cycle := walk(node, []):
            return cycle
    return None


class Table:
    """layers.toml with its patterns (hosts/*) written out."""

    def __init__(self, path: Path):
        self.name = path.name
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        self.header_users: dict[str, list[str]] = table["headers"]
        self.python_rooms: list[str] = table["python"]["rooms"]
        self.unknown: list[str] = []
        known = list(table["rooms"])
        self.rooms = {
            room: [name for name in self._matches(uses, known) if name != room]
            for room, uses in table["rooms"].items()
        }
        # What the tests of a room may use on top.
        self.of_tests: dict[str, list[str]] = {room: [] for room in known}
        for users, used in table["tests"].items():
            for room in self._matches([users], known):
                self.of_tests[room] += self._matches(used, known)

    def _matches(self, patterns: list[str], known: list[str]) -> list[str]:
        found = []
        for pattern in patterns:
            matches = fnmatch.filter(known, pattern)
            if not matches:
                self.unknown.append(f"{self.name}: {pattern} is no room")
            found += matches
        return found

    def targets(self, room: str, path: Path) -> list[str]:
        """The rooms that a file of this room may include from."""
        return self.rooms[room] + (self.of_tests[room] if path.stem.endswith("_test") else [])

    def problems(self) -> list[str]:
        found = list(self.unknown)
        for room in self.python_rooms:
            if room not in self.rooms:
                found.append(f"{self.name}: {room}, said to know Python, is no room")
        for room, uses in self.rooms.items():
            for target in uses:
                if target in self.python_rooms and not room.startswith("hosts/"):
                    found.append(f"{self.name}: {room} is outside hosts/ and may not use {target}")
        if cycle := find_cycle(self.rooms):
            found.append(f"{self.name}: the rooms go round in a circle: {' -> '.join(cycle)}")
        return found


def check_file(root: Path, path: Path, table: Table, arrows: dict[str, list[str]]) -> list[str]:
    """The problems of one file. Adds its includes within its own room to `arrows`."""
    room = source_tree.room_of(path)
    if not room:
        return [f"{path}: lies in no room; move it into one"]
    if room not in table.rooms:
        return [f"{path}: the room {room} is not in scripts/{table.name}"]
    problems = []
    text = (root / path).read_text(encoding="utf-8")
    for line, match in source_tree.numbered_matches(INCLUDE, text):
        quote, name = match.groups()
        where = f"{path}:{line}"
        users = table.header_users.get(name)
        if users is not None and str(path) not in users:
            problems.append(f"{where}: <{name}> is included by {', '.join(users)} alone")
        is_ours = name.startswith(tuple(folder + "/" for folder in source_tree.FOLDERS))
        if not is_ours:
            if quote == '"':
                problems.append(f'{where}: "{name}" must be named from the root of the checkout')
            continue
        target = source_tree.room_of(Path(name))
        if target == room:
            arrows.setdefault(str(path), []).append(name)
        elif target not in table.rooms:
            problems.append(f"{where}: the room {target or name} is not in scripts/{table.name}")
        elif target not in table.targets(room, path):
            problems.append(f"{where}: {room} may not use {target} (scripts/{table.name})")
    return problems


def check(root: Path) -> list[str]:
    table = Table(root / "scripts" / "layers.toml")
    problems = table.problems()
    arrows: dict[str, list[str]] = {}
    for path in source_tree.source_files(root):
        problems += check_file(root, path, table, arrows)
    if cycle := find_cycle(arrows):
        problems.append(f"{cycle[0]}: headers include each other: {' -> '.join(cycle)}")
    return problems


if __name__ == "__main__":
    sys.exit(source_tree.main(check, __doc__))
