#!/usr/bin/python3
"""Every check, in its own words: makes suites/checks.md, or says that it is not up to date.

    checks_page.py --checks PROGRAM [--write]

The checks say themselves what they are about (wsgilab-checks --name-only): what is done, what must come of it, the rule, where.
Those of isolation/ are in a page of their own (../isolation/seen_page.py), and are not asked.
"""

import argparse
import re
import sys
from pathlib import Path

import rules_page

PAGE = rules_page.HERE.parent / "checks.md"
PLACE = re.compile(r"(?:_|/|^)(embedded|daemon)(?:_(?:main|sub|two_subs)(?:_(?:lazy|preload))?)?$")
MOST = 200  # letters of a cell
SUITES = {
    "pep3333": "PEP 3333 to the letter",
    "http1": "HTTP/1.1 to the letter",
    "hosting": "Where and when applications run, and what ends them",
    "security": "Users, permissions, and two groups that do not trust each other",
    "containment": "What a fault does, and to whom",
    "endurance": "Bad weather",
}
HEAD = """\
# Every check

A report names a check, for example `HostingTimers.AProcessIsReplacedAfterMaximumRequests`. Here is what it does, what must
come of it, which rule wants that, and in which places it is played: in the server (`embedded`) or in a daemon process, in the main
interpreter or in a sub-interpreter. A rule that is not met *must* be mended; one that *should* hold is told, and fails nothing.

* What a rule says, and what else shows it: [rules.md](rules.md). Rules without a family are sections of PEP 3333, RFC 9110 or RFC 9112.
* To run one: `wsgilab-checks --gtest_filter='*HostingTimers.AProcessIsReplacedAfterMaximumRequests*'`; a failed one names its command in the report.
* What two applications see of each other, probe by probe: [the grid](isolation/seen.md).

This page is made of what the checks say of themselves; `suites/rules/checks_page.py --write` makes it, and a test holds it to them.
"""


def name_of(check: str) -> str:
    """HostingEnds.ItEnds/row of Suite/HostingEnds.ItEnds/row_daemon_main."""
    suite, _, test = check.partition(".")
    return f"{suite.split('/')[-1]}.{PLACE.sub('', test)}"


def as_cell(text: str) -> str:
    """In a table, as itself; what is long for a bound that it is about, by its length."""
    if len(text) > MOST:
        text = f"{text[:MOST]}… ({len(text)} characters)"
    escaped = re.sub(r"([\\\\`*_<>\[\]|])", r"\\\1", text)
    return " ".join("".join(letter if letter.isprintable() else f"\\\\x{ord(letter):02x}" for letter in escaped).split())


def rows_of(checks: list[dict]) -> list[str]:
    rows: dict[tuple[str, ...], list[str]] = {}
    for check in checks:
        row = (name_of(check["check"]), check["title"], check.get("expected") or "", check.get("rule") or "", check["level"])
        places = rows.setdefault(row, [])
        place = rules_page.place_of(check.get("mode") or "") or "any"
        if place not in places:
            places.append(place)
    lines = ["| check | what is done | what must come of it | rule | where |", "|---|---|---|---|---|"]
    for (name, title, expected, rule, level), places in sorted(rows.items()):
        mark = rule if level == "must" else f"{rule} ({level})"
        lines.append(
            f"| `{name}` | {as_cell(title)} | {as_cell(expected)} | {as_cell(mark)} | {as_cell(', '.join(sorted(places)))} |"
        )
    return lines


def page_of(checks: list[dict]) -> str:
    lines = [HEAD]
    for suite, title in SUITES.items():
        found = [check for check in checks if check["suite"] == suite]
        if found:
            names = {rules_page.without_parameters(check["check"]) for check in found}
            lines += [f"## {suite}: {title}", "", f"{len(names)} {'check' if len(names) == 1 else 'checks'}, played {len(found)} times.", ""]
            lines += [*rows_of(found), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checks", required=True, help="wsgilab-checks")
    parser.add_argument("--write", action="store_true", help="write suites/checks.md")
    arguments = parser.parse_args()
    checks = rules_page.named_by(arguments.checks)
    page = page_of(checks)
    if arguments.write:
        PAGE.write_text(page, encoding="utf-8")
    elif PAGE.read_text(encoding="utf-8") != page:
        print("suites/checks.md is not what the checks say: run checks_page.py with --write")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
