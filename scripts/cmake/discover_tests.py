#!/usr/bin/env python3
"""Asks a GoogleTest program for its tests and writes them down for ctest, some of them in batches.

    discover_tests.py PROGRAM --prefix checks. --into FILE [--batches REGEX [--across-suites]] [--size N]
                      [--property NAME=VALUE]…

A test of a suite that REGEX finds is run with others in one process, so that they can share what is slow to
start: those of one suite and place (embedded_main, daemon_two_groups, … at the end of the name) in the order in
which the program has them, or those of all suites dealt out like cards, at most N. Every other test is a ctest of its own. What the program
lists is what is run: each test once, and a new suite cannot be forgotten.
"""

import argparse
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PLACE = re.compile(r"(?:embedded|daemon)(?:_[a-z]+)+$")


@dataclass(frozen=True)
class CTest:
    name: str
    tests: tuple[str, ...]  # "Suite.Name", as GoogleTest filters them
    is_batch: bool


def tests_in(listing: str) -> list[tuple[str, str]]:
    """(suite, name) of what --gtest_list_tests prints."""
    tests: list[tuple[str, str]] = []
    suite = ""
    for line in listing.splitlines():
        word = line.split("#")[0].strip()
        if line.startswith("  "):
            tests.append((suite, word))
        elif word.endswith("."):
            suite = word.removesuffix(".")
    return tests


def slices(tests: list[str], size: int) -> list[tuple[str, ...]]:
    """As few as can be, and as equal."""
    count = -(-len(tests) // size)
    ends = [len(tests) * index // count for index in range(count + 1)]
    return [tuple(tests[begin:end]) for begin, end in zip(ends, ends[1:])]


def dealt(tests: list[str], size: int) -> list[tuple[str, ...]]:
    """As few as can be; neighbours, which often take as long as each other, in different ones."""
    count = -(-len(tests) // size)
    return [tuple(tests[first::count]) for first in range(count)]


def group_of(suite: str, name: str) -> str:
    place = PLACE.search(name)
    return f"{suite}.{place[0] if place else 'all'}"


def ctests_of(
    tests: list[tuple[str, str]], batches: str | None, size: int, across_suites: bool = False
) -> list[CTest]:
    ctests: list[CTest] = []
    groups: dict[str, list[str]] = {}
    for suite, name in tests:
        if batches is None or not re.search(batches, suite):
            ctests.append(CTest(f"{suite}.{name}", (f"{suite}.{name}",), is_batch=False))
            continue
        group = "all" if across_suites else group_of(suite, name)
        groups.setdefault(group, []).append(f"{suite}.{name}")
    for group, members in groups.items():
        parts = (dealt if across_suites else slices)(members, size)
        for number, part in enumerate(parts, 1):
            name = group if len(parts) == 1 else f"{group}.{number}of{len(parts)}"
            ctests.append(CTest(name, part, is_batch=True))
    return ctests


def script_of(ctests: list[CTest], program: str, prefix: str, properties: list[str]) -> str:
    lines = []
    for ctest in ctests:
        name = f"[==[{prefix}{ctest.name}]==]"
        lines.append(f"add_test({name} [==[{program}]==] [==[--gtest_filter={':'.join(ctest.tests)}]==])")
        own = [word for pair in properties for word in pair.split("=", 1)]
        if ctest.is_batch:  # the long ones first, so that no processor waits for another at the end
            own += ["COST", str(len(ctest.tests))]
        else:  # of a batch others have passed: scripts/failed_tests.py counts within
            own += ["SKIP_REGULAR_EXPRESSION", "\\[  SKIPPED \\]"]
        lines.append(f"set_tests_properties({name} PROPERTIES {' '.join(f'[==[{word}]==]' for word in own)})")
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--prefix", required=True)
    parser.add_argument("--into", type=Path, required=True)
    parser.add_argument("--batches")
    parser.add_argument("--across-suites", action="store_true")
    parser.add_argument("--size", type=int, default=120)
    parser.add_argument("--property", action="append", default=[])
    arguments = parser.parse_args()
    listed = subprocess.run(
        [arguments.program, "--gtest_list_tests"], capture_output=True, text=True, timeout=60, check=False
    )
    if listed.returncode != 0:
        sys.exit(f"{arguments.program} does not list its tests: {listed.stdout}{listed.stderr}")
    ctests = ctests_of(tests_in(listed.stdout), arguments.batches, arguments.size, arguments.across_suites)
    if not ctests:
        sys.exit(f"{arguments.program} has no tests")
    arguments.into.write_text(
        script_of(ctests, arguments.program, arguments.prefix, arguments.property), encoding="utf-8"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
