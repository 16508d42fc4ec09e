#!/usr/bin/python3
"""Holds the top folder, and every C++ file, against the rules that a machine can check.

    scripts/check_rooms.py [CHECKOUT]

Git has nothing at the top but what belongs there. A header begins with #pragma once and says what it is; the namespace
is the path; reference counting stays in hosts/python, fork() in the supervisor; tests do not sleep; no file grows out of
sight.
Exceptions, with reasons, are in scripts/rooms.toml. Prints one line per problem, as file:line: what.
Exit code 0 when there is none; warnings do not count.
"""

import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import source_tree

# What the top folder has, beside files and folders whose names begin with a dot.
TOP_FOLDERS = {"hosts", "harness", "suites", "apps", "reports", "scripts"}
TOP_FILES = {"CMakeLists.txt", "CMakePresets.json", "README.md", "CONTRIBUTING.md", "DECISIONS.md"}

NAMESPACE = re.compile(r"^namespace ([A-Za-z_][\w:]*) \{", re.MULTILINE)
# Specializations of their templates, and forward declarations.
OTHERS_NAMESPACES = {"std", "fmt", "nlohmann", "testing", "httplib", "CLI"}


@dataclass(frozen=True)
class BannedCall:
    name: str  # as written in rooms.toml
    pattern: re.Pattern[str]
    why: str
    allowed_in: str = r"(?!)"  # paths; by default nowhere
    looked_for_in: str = ""  # paths; by default everywhere


BANNED_CALLS = [
    BannedCall(
        "reference counting",
        re.compile(r"\bPy_X?(?:DECREF|INCREF)\b|\bPy_CLEAR\b"),
        "references are held by Ref, in hosts/python",
        allowed_in=r"hosts/python/",
    ),
    BannedCall(
        "PyGILState",
        re.compile(r"\bPyGILState_\w+"),
        "a thread enters an interpreter through Attached, in hosts/python",
        allowed_in=r"hosts/python/",
    ),
    BannedCall("PyErr_Print", re.compile(r"\bPyErr_Print\w*"), "it exits on SystemExit"),
    BannedCall(
        "fork",
        re.compile(r"(?<![\w.>])v?fork\s*\("),
        "only the supervisor forks, before there are threads",
        allowed_in=r"hosts/daemon/supervisor\.cpp$",
    ),
    BannedCall(
        "shell",
        re.compile(r"(?<![\w.>])(?:std::)?(?:system|popen)\s*\("),
        "programs are started with an argv, by ChildProcess",
    ),
    BannedCall(
        "sleep",
        re.compile(r"\bsleep_(?:for|until)\b|(?<![\w.>])(?:u|nano)?sleep\s*\("),
        "a test waits for what it waits for, with a deadline",
        looked_for_in=r"_test\.cpp$",
    ),
]


def top_problems(root: Path) -> list[str]:
    """What git has at the top, committed or about to be; what else lies there is nobody's business."""
    if not (root / ".git").exists():
        return []
    listed = subprocess.run(["git", "-C", root, "ls-files", "-z"], capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        return [f".git: {listed.stderr.strip()}"]
    names = {tuple(path.split("/", 1)) for path in listed.stdout.split("\0") if path and not path.startswith(".")}
    folders = {parts[0] for parts in names if len(parts) == 2}
    files = {parts[0] for parts in names if len(parts) == 1}
    return [
        f"{name}: does not belong at the top (scripts/check_rooms.py has what does): take it out of git"
        for name in sorted((folders - TOP_FOLDERS) | (files - TOP_FILES))
    ]


def is_test(path: Path) -> bool:
    return path.stem.endswith("_test")


def size_problems(path: Path, code: str, reasons: dict[str, str]) -> tuple[list[str], list[str]]:
    """Problems and warnings about how many lines of code a file has."""
    lines = sum(1 for line in code.splitlines() if line.strip())
    look_again, split = (400, 800) if is_test(path) else (300, 500)
    if str(path) in reasons:
        if lines <= split:
            return [f"scripts/rooms.toml: {path} has {lines} lines now; take its reason out"], []
        return [], []
    if lines > split:
        return [f"{path}: {lines} lines of code, more than {split}: which second file is in it?"], []
    if lines > look_again:
        return [], [f"{path}: {lines} lines of code, more than {look_again}: look again (warning)"]
    return [], []


def header_problems(path: Path, text: str) -> list[str]:
    lines = text.splitlines()
    if not lines or lines[0] != "#pragma once":
        return [f"{path}:1: a header begins with #pragma once"]
    if len(lines) < 2 or not lines[1].startswith("//"):
        return [f"{path}:2: say in a comment what this is, before anything else"]
    return []


def namespace_problems(path: Path, code: str, also: list[str]) -> list[str]:
    """`also`: namespaces of other rooms that this file may add to."""
    room = source_tree.room_of(path).replace("/", "::")
    allowed = re.compile(re.escape(room) + r"(::\w+)*$")
    found = list(source_tree.numbered_matches(NAMESPACE, code))
    problems = [
        f"{path}:{line}: namespace {match[1]} in a file of {room}"
        for line, match in found
        if not allowed.match(match[1]) and match[1] not in (*OTHERS_NAMESPACES, *also)
    ]
    declares = any(
        line.strip() and not line.lstrip().startswith("#") and not line.rstrip().endswith("\\")
        for line in re.sub(r"\\\n", " ", code).splitlines()
    )
    speaks_c = path.suffix == ".c" or 'extern "" {' in code  # strings are blank here
    must_have_one = declares and not speaks_c and path.name != "main.cpp"
    if must_have_one and not any(allowed.match(match[1]) for _, match in found):
        problems.append(f"{path}: has no namespace {room}")
    return problems


def call_problems(
    path: Path, code: str, reasons: dict[str, dict[str, str]], used: set[tuple[str, str]]
) -> list[str]:
    problems = []
    for call in BANNED_CALLS:
        if re.search(call.allowed_in, str(path)) or not re.search(call.looked_for_in, str(path)):
            continue
        for line, match in source_tree.numbered_matches(call.pattern, code):
            if str(path) in reasons.get(call.name, {}):
                used.add((call.name, str(path)))
                continue
            problems.append(f"{path}:{line}: {match.group().strip()}: {call.why}")
    return problems


def todo_problems(path: Path, text: str) -> list[str]:
    return [
        f"{path}:{line}: a TODO says its kind: TODO(perf): …"
        for line, _ in source_tree.numbered_matches(re.compile(r"\b(TODO|FIXME|XXX)\b(?!\()"), text)
    ]


def check(root: Path) -> list[str]:
    exceptions = tomllib.loads((root / "scripts" / "rooms.toml").read_text(encoding="utf-8"))
    problems = top_problems(root)
    used: set[tuple[str, str]] = set()
    paths = source_tree.source_files(root)
    for path in paths:
        text = (root / path).read_text(encoding="utf-8")
        code = source_tree.without_comments_and_strings(text)
        too_large, warnings = size_problems(path, code, exceptions["large_files"])
        problems += too_large
        print("".join(warning + "\n" for warning in warnings), end="")
        if path.suffix == ".h":
            problems += header_problems(path, text)
        also = exceptions["namespaces"].get(str(path), {})
        problems += namespace_problems(path, code, list(also))
        problems += call_problems(path, code, exceptions["calls"], used)
        problems += todo_problems(path, text)
    for name, reasons in exceptions["calls"].items():
        for path_name in reasons:
            if (name, path_name) not in used:
                problems.append(f"scripts/rooms.toml: {path_name} needs no exception for {name}")
    for path_name in (*exceptions["large_files"], *exceptions["namespaces"]):
        if Path(path_name) not in paths:
            problems.append(f"scripts/rooms.toml: there is no {path_name}")
    return problems


if __name__ == "__main__":
    sys.exit(source_tree.main(check, __doc__))
