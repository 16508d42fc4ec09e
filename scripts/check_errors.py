#!/usr/bin/python3
"""Holds the texts of errors against the tests.

    scripts/check_errors.py [CHECKOUT]

Every error and every note of the rooms that read configurations and explain them is seen by a test:
its text, with anything in place of {}, stands in a string of a *_test.cpp file of hosts or in an
.expect file. Prints one line per text that no test sees, as file:line: what. Exit code 0 when there is none.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import source_tree

ROOMS = {"hosts/" + room for room in ("deployment", "directives", "explain", "expressions", "language")}
STRING = r'"(?:\\.|[^"\\\n])*"'
STRINGS = re.compile(rf"{STRING}(?:\s*{STRING})*")
# Tests put names of temporary files in between: "cannot read " + path + ": it is ...".
TESTED = re.compile(rf"{STRING}(?:\s*(?:\+\s*\w+\s*\+)?\s*{STRING})*")
# The calls that make an error or a note, and the texts that expressions make for them.
RAISING = re.compile(r"\b(?:Refuse\w*|refuse|WrongAt|AddNote)\(|\bError\{|\breturn fmt::format\((?=\s*\"there is no )")
COMMENT = re.compile(r"//[^\n]*")
PLACEHOLDER = re.compile(r"\{\{|\}\}|\{[^{}]*\}")
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}


def unquoted(literals: str) -> str:
    """The value of adjacent string literals."""
    inner = "".join(one[1:-1] for one in re.findall(STRING, literals))
    return re.sub(r"\\(.)", lambda escape: ESCAPES.get(escape[1], escape[1]), inner)


def call_at(text: str, begin: int) -> str:
    """From behind the bracket to the one that closes it."""
    depth = 1
    at = begin
    while at < len(text) and depth > 0:
        string = re.compile(STRING).match(text, at)
        if string:
            at = string.end()
            continue
        depth += {"(": 1, "{": 1, ")": -1, "}": -1}.get(text[at], 0)
        at += 1
    return text[begin:at]


def error_texts(source: str) -> Iterator[tuple[int, str]]:
    """Each with its line; those that only pass on another's text are left out."""
    for line, match in source_tree.numbered_matches(RAISING, source):
        begin = match.end()
        literals = STRINGS.search(call_at(source, begin))
        if literals is None:
            continue
        text = unquoted(literals.group())
        if re.search(r"[a-zA-Z]{2}", PLACEHOLDER.sub("", text)):
            yield line, text


def pattern_of(text: str) -> re.Pattern[str]:
    text = re.sub(r"^(?:\{[^{}]*\})+|(?:\{[^{}]*\})+$", "", text)
    parts = []
    end = 0
    for placeholder in PLACEHOLDER.finditer(text):
        parts.append(re.escape(text[end : placeholder.start()]))
        known = {"{{": r"\{", "}}": r"\}"}
        parts.append(known.get(placeholder.group(), r"[^\n]+?"))
        end = placeholder.end()
    return re.compile("".join(parts) + re.escape(text[end:]))


def seen_by_tests(root: Path) -> str:
    seen = []
    for path in sorted((root / "hosts").rglob("*")):
        if path.suffix == ".expect":
            text = path.read_text(encoding="utf-8")
            seen += [text] if text.startswith("error: ") else []
        elif path.name.endswith("_test.cpp"):
            source = path.read_text(encoding="utf-8")
            seen += [unquoted(literals) for literals in TESTED.findall(source)]
    return "\n".join(seen)


def is_looked_at(path: Path) -> bool:
    is_test = "testing" in path.parts or path.name.startswith("fuzz_") or path.stem.endswith("_test")
    return source_tree.room_of(path) in ROOMS and not is_test


def check(root: Path) -> list[str]:
    seen = seen_by_tests(root)
    problems = []
    for path in filter(is_looked_at, source_tree.source_files(root)):
        source = COMMENT.sub("", (root / path).read_text(encoding="utf-8"))
        for line, text in error_texts(source):
            if not pattern_of(text).search(seen):
                problems.append(f"{path}:{line}: no test sees the error: {text}")
    return problems


if __name__ == "__main__":
    sys.exit(source_tree.main(check, __doc__))
