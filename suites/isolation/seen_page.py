#!/usr/bin/python3
"""What applications see of each other: makes suites/isolation/seen.md, or says that it is not up to date, or that
discoveries.md or played.toml name checks that do not exist.

    seen_page.py --checks PROGRAM [--write]

The probes say themselves what they are (wsgilab-checks --name-only); what was seen is in measured.json. Without --write:
exit code 1 when the page says something else.
"""

import argparse
import fnmatch
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGE = HERE / "seen.md"
MEASURED = HERE / "measured.json"
DISCOVERIES = HERE / "discoveries.md"
PLAYED = HERE / "played.toml"
PAIRINGS = {
    "embedded_main": ("E main", "embedded, both in the main interpreter"),
    "embedded_one_sub": ("E sub", "embedded, both in one sub-interpreter"),
    "embedded_two_subs": ("E subs", "embedded, a sub-interpreter each"),
    "embedded_main_and_sub": ("E main+sub", "embedded, A in the main interpreter, B in a sub-interpreter"),
    "embedded_sub_and_main": ("E sub+main", "embedded, A in a sub-interpreter, B in the main one"),
    "daemon_main": ("D main", "one daemon process, both in the main interpreter"),
    "daemon_two_subs": ("D subs", "one daemon process, a sub-interpreter each"),
    "daemon_two_groups": ("D groups", "a daemon group each"),
    "daemon_two_users": ("D users", "a daemon group each, and a user each"),
    "daemon_two_processes": ("D procs", "one application, in two processes of its group"),
    "embedded_two_own_gils": ("E gils", "embedded, a sub-interpreter with its own GIL each"),
    "embedded_main_and_own_gil": ("E main+gil", "embedded, A in the main interpreter, B in one with its own GIL"),
    "embedded_own_gil_and_main": ("E gil+main", "embedded, A in one with its own GIL, B in the main one"),
    "daemon_two_own_gils": ("D gils", "one daemon process, a sub-interpreter with its own GIL each"),
}
HEAD = """\
# What applications see of each other

A makes a change, B looks. Measured on real mod_wsgi 4.9.4 with Python 3.11 (the columns with a gil, which is a sub-interpreter with a GIL of its
own, on 6.0.5 with Python 3.14), held against this engine and against mod_wsgi
again by every run of the checks (`wsgilab run --suite isolation --checks-only --host engine --host apache`).

**S** shared, i isolated, **E** an error, **C** B goes down with it, t on the thread that A had used (and nowhere else), w works
in both. `i/S`: an application that was there already does not see it, one that is loaded afterwards does. A star: this engine
does something else, [below](#where-the-engine-differs). What was found out in scenes of several steps, one by one:
[discoveries](discoveries.md).

"""
LETTERS = {"S": "**S**", "E": "**E**", "C": "**C**", "u": "t or i", "e": "S or E", ".": ""}


def titles(program: Path, known: dict) -> dict[str, str]:
    """Of every probe that was measured, in the order in which they are played."""
    with tempfile.TemporaryDirectory() as folder:
        records = Path(folder) / "checks.jsonl"
        subprocess.run(
            [program, "--name-only", "--records", records, "--gtest_filter=Isolation*", "--gtest_brief=1"],
            check=True,
            capture_output=True,
        )
        found = {}
        for line in records.read_text().splitlines():
            check = json.loads(line)
            if check.get("probe") in known:
                is_of_the_grid = check["check"].startswith("Isolation/Probe.")
                if is_of_the_grid or check["probe"] not in found:
                    found[check["probe"]] = check["title"]
        return found


def row(entry: dict, python: str, index: int) -> str:
    """What is written in a cell, without its star."""
    warm = entry["warm"].get(python)
    if warm is None:
        return ""
    if isinstance(warm, list):
        return warm[index]
    cold = entry.get("cold", entry["warm"])[python]
    letters = [LETTERS.get(letter, letter) for letter in (warm[index], cold[index])]
    return letters[0] if letters[0] == letters[1] else "/".join(letters)


def page(measured: dict, known: dict[str, str]) -> str:
    python, python_of_gils = "3.11", "3.14"
    # Those of other Pythons, and of GILs, are about columns that this page has not, or of another Python.
    deviations = {
        key: deviation
        for key, deviation in measured["deviations"]["engine"].items()
        if deviation.get("from", python) <= python and key.split("/")[1] in measured["pairings"]
    }
    names, own_gils = measured["pairings"], measured["own_gil_pairings"]
    every = names + own_gils
    lines = [HEAD]
    lines += [f"- {PAIRINGS[name][0]}: {PAIRINGS[name][1]}" for name in every]
    lines += ["", "| | " + " | ".join(PAIRINGS[name][0] for name in every) + " |"]
    lines += ["|---" * (len(every) + 1) + "|"]
    for probe, title in known.items():
        entry = measured["probes"][probe]
        if python not in entry["warm"]:
            continue
        cells = []
        for index, name in enumerate(names):
            star = "*" if f"{probe}/{name}" in deviations else ""
            cells.append(row(entry, python, index) + star.replace("*", "\\*"))
        of_gils = entry.get("own_gil", {"warm": {}})
        cells += [row(of_gils, python_of_gils, index) for index in range(len(own_gils))]
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    lines += ["", "## Where the engine differs", ""]
    for key, deviation in deviations.items():
        probe, name = key.split("/")
        said = ", ".join(f"{when} {deviation[when]}" for when in ("warm", "cold") if when in deviation)
        lines.append(f"- {known[probe]} ({PAIRINGS[name][0]}): {said}, because {deviation['because']}.")
    return "\n".join(lines) + "\n"


def patterns_in(discoveries: str) -> list[str]:
    return re.findall(r"`((?:Isolation|Hosting|Security)[^`]*\*)`", discoveries)


def names_in(played: dict) -> set[str]:
    """The checks that play something, in each of the pairings in which they do."""
    names = set()
    for table in ("scenes", "embedded", "daemon"):
        for parts in played[table].values():
            for part in parts:
                if "{pairing}" in part["check"]:
                    names |= {part["check"].replace("{pairing}", pairing) for pairing in part["pairings"]}
                else:
                    names.add(part["check"])
    return names


def named_and_missing(program: Path) -> list[str]:
    """Patterns in discoveries.md that fit no check, and checks in played.toml that there are not."""
    listed = subprocess.run([program, "--gtest_list_tests"], check=True, capture_output=True, text=True).stdout
    checks = []
    for line in listed.splitlines():
        if line.startswith("  "):
            checks.append(suite + line.split("#")[0].strip())
        else:
            suite = line.split("#")[0].strip()
    patterns = patterns_in(DISCOVERIES.read_text())
    named = names_in(tomllib.loads(PLAYED.read_text()))
    return [pattern for pattern in patterns if not fnmatch.filter(checks, pattern)] + sorted(named - set(checks))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checks", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    missing = named_and_missing(options.checks.resolve())
    if missing:
        print(f"no check is called {', '.join(missing)}: mend {DISCOVERIES.name} and {PLAYED.name}", file=sys.stderr)
        return 1
    measured = json.loads(MEASURED.read_text())
    text = page(measured, titles(options.checks.resolve(), measured["probes"]))
    if options.write:
        PAGE.write_text(text)
        return 0
    if PAGE.exists() and PAGE.read_text() == text:
        return 0
    print(f"{PAGE} is not up to date: {Path(__file__).name} --write makes it", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
