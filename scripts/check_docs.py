#!/usr/bin/python3
"""Holds the documentation against the tree.

    scripts/check_docs.py [CHECKOUT]

Every relative link of a Markdown file leads somewhere, its #section included; every room is named in
the README of its folder; every event code of the engine's sources has one row in the table of events
(hosts/events/table.cpp), with the levels at which it is logged, and every row a source. Prints one line per problem, as file:line: what. Exit code 0 when there is
none.
"""

import os
import re
import sys
import urllib.parse
from pathlib import Path

import source_tree

LINK = re.compile(r"!?\[[^\]\n]*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"\n]*\")?\s*\)")
CODE_BLOCK = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
CODE_SPAN = re.compile(r"`[^`\n]*`")
HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$", re.MULTILINE)
EVENT_CODE = re.compile(r'"(H\d{4})"')
EVENT_LEVEL = re.compile(r'LogLevel::(\w+),\s*"(H\d{4})"')
EVENT_ROW = re.compile(r'\.code = "(H\d{4})",\s*\.level = "([^"]*)"')
EVENT_TABLE = Path("hosts/events/table.cpp")
NOT_OURS = {"build", ".git", "node_modules", "testdata"}  # testdata: what tests compare with


def markdown_files(root: Path) -> list[Path]:
    found = []
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in NOT_OURS]  # build/legs has whole file systems
        found += [Path(folder, name).relative_to(root) for name in files if name.endswith(".md")]
    return sorted(found)


def without_code_blocks(text: str) -> str:
    return CODE_BLOCK.sub(lambda match: "\n" * match.group().count("\n"), text)


def section_names(text: str) -> set[str]:
    """The anchors that code forges give the headings of a page."""
    names: set[str] = set()
    for heading in HEADING.findall(without_code_blocks(text)):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        name = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        repeated = sum(1 for known in names if re.fullmatch(re.escape(name) + r"(-\d+)?", known))
        names.add(f"{name}-{repeated}" if repeated else name)
    return names


def link_problems(root: Path, page: Path) -> list[str]:
    text = (root / page).read_text(encoding="utf-8")
    prose = CODE_SPAN.sub("", without_code_blocks(text))
    problems = []
    for line, match in source_tree.numbered_matches(LINK, prose):
        target, _, section = urllib.parse.unquote(match[1]).partition("#")
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            continue
        path = (root / page).parent / target if target else root / page
        if not path.exists():
            problems.append(f"{page}:{line}: {target} does not exist")
        elif section and path.suffix == ".md":
            if section not in section_names(path.read_text(encoding="utf-8")):
                problems.append(f"{page}:{line}: {target or page} has no section #{section}")
    return problems


def room_problems(root: Path, folder: str) -> list[str]:
    readme = root / folder / "README.md"
    rooms = sorted(
        path.name
        for path in (root / folder).iterdir()
        if path.is_dir() and path.name != "__pycache__" and any(path.iterdir())
    )
    if not readme.exists():
        return [f"{folder}/README.md: is missing"] if rooms else []
    text = readme.read_text(encoding="utf-8")
    return [
        f"{folder}/README.md: does not name the room {room}/"
        for room in rooms
        if not re.search(rf"(?<![\w/]){re.escape(room)}(/|`|\))", text)
    ]


def event_problems(root: Path) -> list[str]:
    used: dict[str, str] = {}
    levels: dict[tuple[str, str], str] = {}
    for path in source_tree.source_files(root):
        is_test = path.stem.endswith("_test") or "testing" in path.parts
        if path.parts[0] != "hosts" or is_test or path.parent == EVENT_TABLE.parent:
            continue
        text = (root / path).read_text(encoding="utf-8")
        for line, match in source_tree.numbered_matches(EVENT_CODE, text):
            used.setdefault(match[1], f"{path}:{line}")
        for line, match in source_tree.numbered_matches(EVENT_LEVEL, text):
            levels.setdefault((match[2], match[1].lower()), f"{path}:{line}")
    rows: dict[str, str] = {}
    said: dict[str, str] = {}
    problems = []
    table = root / EVENT_TABLE
    for line, match in source_tree.numbered_matches(
        EVENT_ROW, table.read_text(encoding="utf-8") if table.exists() else ""
    ):
        place = f"{EVENT_TABLE}:{line}"
        if match[1] in rows:
            problems.append(f"{place}: {match[1]} has a row already, in {rows[match[1]]}")
        rows.setdefault(match[1], place)
        said.setdefault(match[1], match[2])
    problems += [f"{used[code]}: {code} is not in {EVENT_TABLE}" for code in sorted(used.keys() - rows.keys())]
    problems += [f"{rows[code]}: nothing logs {code}" for code in sorted(rows.keys() - used.keys())]
    return problems + [
        f"{place}: {code} is logged as {level}, and its row in {EVENT_TABLE} says {said[code]}"
        for (code, level), place in sorted(levels.items())
        if code in said and level not in said[code]
    ]


def check(root: Path) -> list[str]:
    problems = [problem for page in markdown_files(root) for problem in link_problems(root, page)]
    problems += event_problems(root)
    for folder in (*source_tree.FOLDERS, "apps"):
        if (root / folder).is_dir():
            problems += room_problems(root, folder)
    return problems


if __name__ == "__main__":
    sys.exit(source_tree.main(check, __doc__))
