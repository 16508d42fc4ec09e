#!/usr/bin/env python3
"""Prints the names of the tests that failed in a JUnit file of ctest, each with the lines that say why.

    scripts/failed_tests.py PRESET RESULTS.xml

A log may be cut before it is read: scripts/test ends with this, so that its last lines tell what to
look for. Prints nothing where no test failed or no test was run.
"""

import re
import sys
import xml.etree.ElementTree

MOST_TESTS = 8
MOST_LINES = 12
WIDEST = 200
# A line of googletest or of Python's unittest that begins to say what was wrong.
REASON = re.compile(r"(: Failure$|^(FAIL|ERROR): |SUMMARY: |Timeout)")


def reasons(output: str) -> list[str]:
    """The lines from the first that tells a reason; the last ones where none does."""
    lines = [line[:WIDEST] for line in output.splitlines() if line.strip()]
    for number, line in enumerate(lines):
        if REASON.search(line):
            return lines[number : number + MOST_LINES]
    return lines[-MOST_LINES:]


def main(preset: str, path: str) -> int:
    try:
        cases = list(xml.etree.ElementTree.parse(path).iter("testcase"))
    except (FileNotFoundError, xml.etree.ElementTree.ParseError):
        return 0
    failed = [case for case in cases if case.find("failure") is not None]
    for case in failed[:MOST_TESTS]:
        print(f"failed in {preset}: {case.get('name')}")
        for line in reasons(case.findtext("system-out") or ""):
            print(f"    {line}")
    if len(failed) > MOST_TESTS:
        print(f"failed in {preset}: {len(failed) - MOST_TESTS} more")
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
