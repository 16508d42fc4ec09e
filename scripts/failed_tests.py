#!/usr/bin/env python3
"""Prints the names of the tests that failed in a JUnit file of ctest, each with the lines that say why.

    scripts/failed_tests.py PRESET RESULTS.xml
    scripts/failed_tests.py --count RESULTS.xml     how many passed, failed and were skipped: "1970 1 2"

A log may be cut before it is read: scripts/test ends with this, so that its last lines tell what to
look for. Where one ctest runs many tests of googletest (scripts/cmake/discover_tests.py), each of them is
named and counted. Prints no name where no test failed or no test was run.
"""

import re
import sys
import xml.etree.ElementTree

MOST_TESTS = 8
MOST_LINES = 12
WIDEST = 200
# What googletest says of a test: it begins, it has ended.
BEGIN = re.compile(r"\[ RUN      \] (\S+)$")
END = re.compile(r"\[ +(OK|FAILED|SKIPPED) +\] ([^\s,]+).* \(\d+ ms\)$")
# A line of googletest or of Python's unittest that begins to say what was wrong.
REASON = re.compile(r"(: Failure$|^(FAIL|ERROR): |SUMMARY: |Timeout)")


def reasons(output: str) -> list[str]:
    """The lines from the first that tells a reason; the last ones where none does."""
    lines = [line[:WIDEST] for line in output.splitlines() if line.strip()]
    for number, line in enumerate(lines):
        if REASON.search(line):
            return lines[number : number + MOST_LINES]
    return lines[-MOST_LINES:]


def parts_that_failed(output: str) -> list[tuple[str, str]]:
    """(name, output) of each test of googletest in it that failed, or did not end.

    Comes last, without a name: the output outside of all tests, if none failed or a reason is told there.
    """
    parts: list[tuple[str, str]] = []
    outside: list[str] = []
    inside: list[str] = []
    name = ""
    for line in output.splitlines():
        if begin := BEGIN.match(line):
            name, inside = begin[1], []
        elif name and (end := END.match(line)) and end[2] == name:
            if end[1] == "FAILED":
                parts.append((name, "\n".join([*inside, line])))
            name = ""
        else:
            (inside if name else outside).append(line)
    if name:
        parts.append((name, "\n".join([*inside, "It did not end."])))
    if not parts or any(REASON.search(line) for line in outside):
        parts.append(("", "\n".join(outside)))
    return parts


def show(preset: str, failed: list[xml.etree.ElementTree.Element]) -> None:
    parts = [
        (case.get("name", ""), test, output)
        for case in failed
        for test, output in parts_that_failed(case.findtext("system-out") or "")
    ]
    for case, test, output in parts[:MOST_TESTS]:
        print(f"failed in {preset}: {case if case.endswith(test) else f'{case}: {test}'}")
        for line in reasons(output):
            print(f"    {line}")
    if len(parts) > MOST_TESTS:
        print(f"failed in {preset}: {len(parts) - MOST_TESTS} more")


def counts(cases: list[xml.etree.ElementTree.Element]) -> tuple[int, int, int]:
    """Passed, failed, skipped."""
    passed = failed = skipped = 0
    for case in cases:
        output = case.findtext("system-out") or ""
        if case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
            skipped += 1
            continue
        ends = [end[1] for line in output.splitlines() if (end := END.match(line))]
        if case.find("failure") is not None:
            failed += max(1, ends.count("FAILED"))
            passed += ends.count("OK")
        else:
            passed += ends.count("OK") if ends else 1
        skipped += ends.count("SKIPPED")
    return passed, failed, skipped


def main(what: str, path: str) -> int:
    try:
        cases = list(xml.etree.ElementTree.parse(path).iter("testcase"))
    except (FileNotFoundError, xml.etree.ElementTree.ParseError):
        cases = []
    if what == "--count":
        print(*counts(cases))
    else:
        show(what, [case for case in cases if case.find("failure") is not None])
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
