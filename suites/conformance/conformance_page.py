#!/usr/bin/python3
"""What other servers violate: makes suites/conformance.md, or says that it is not up to date.

    conformance_page.py [--write]

The cases are those of cases.py, what was sent and answered is in confirmed.json (confirm.py --write), and which checks fail for
them in ../expected_failures.json. Without --write: exit code 1 when the page says something else, when a case was not
confirmed, when no check fails for it, or when a check is expected to fail for a case that there is not.
"""

import argparse
import json
import sys
from pathlib import Path

from cases import CASES, Case

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "conformance.md"
LINES = 14  # of an exchange
HEAD = """\
# What other servers violate

The conformance suites are put to every server: `wsgilab-checks --host NAME`, or side by side in one report

```console not run: it takes minutes, and asks for the other servers
$ build/release/bin/wsgilab run --suite http1 --checks-only --host '*' -o out
```

A server is held to what PEP 3333, RFC 9110 and RFC 9112 say, and to nothing else: where a standard allows several answers,
any of them will do; where it leaves something to each server, the check is `not applicable`; rules of mod_wsgi's hosting are for
mod_wsgi and for the engine. What is left is written down in [expected_failures.json](expected_failures.json), and each kind of it
was confirmed by hand: a server started as its manual says, a socket, and this request
([cases.py](conformance/cases.py), [confirm.py](conformance/confirm.py)):

    suites/conformance/confirm.py --peers build/peers --host gunicorn --case no-host

**M**: violates a must; s: a should. It is a snapshot of these versions, with their defaults, and no judgement on them: most of
them are meant to stand behind another server that is stricter. `apache` has the mod_wsgi of Debian, `apache-pypi` the newest one.
What is sent and answered is shown of the first server that a case names, the others answered so that it shows as much; where
something does not come, what is asked first shows that it would. `--engine` puts every case to our own host: what it answers
must show none of them, so that no case is one that every server would fail.

"""
FOOT = """\
This page is made of the cases, of what they were answered, and of the expected failures;
`suites/conformance/conformance_page.py --write` makes it, and a test holds it to them.
"""


def server_of(name: str) -> str:
    """The host as it is asked by hand: the same server, told otherwise, violates the same."""
    return name.removesuffix("-at-app").removesuffix("-before-fork")


def hosts_of(confirmed: dict) -> list[str]:
    return sorted({server_of(name) for name in confirmed["hosts"]})


def is_of(case: Case, host: str) -> bool:
    return any(server_of(name) == host for name in case.hosts)


def stamps(confirmed: dict) -> str:
    """Versions, and when they were asked: "granian 2.8.7 on 2026-11-29 (28 cases)"."""
    counts: dict[tuple[str, str], int] = {}
    for name, cases in confirmed["hosts"].items():
        for found in cases.values():
            stamp = (f"{server_of(name)} {found['version']}", found["date"])
            counts[stamp] = counts.get(stamp, 0) + 1
    told = [f"{server} on {date} ({count} case{'s' if count > 1 else ''})" for (server, date), count in sorted(counts.items())]
    return ", ".join(told)


def checks_of(expected: dict) -> dict[str, dict[str, int]]:
    """How many checks fail for a case, by host."""
    counts: dict[str, dict[str, int]] = {}
    for host, entries in expected["hosts"].items():
        for entry in entries:
            if name := entry.get("by_hand"):
                counts.setdefault(name, {}).setdefault(host, 0)
                counts[name][host] += len(entry["checks"])
    return counts


def problems(confirmed: dict, expected: dict) -> list[str]:
    found = []
    counts = checks_of(expected)
    for case in CASES:
        for host in case.hosts:
            result = confirmed["hosts"].get(host, {}).get(case.name)
            if result is None or not result["shows"]:
                found.append(f"{case.name} of {host} was not confirmed")
            if server_of(host) not in counts.get(case.name, {}):
                found.append(f"no check of {host} fails for {case.name}")
    cases = {case.name: case for case in CASES}
    for name, hosts in counts.items():
        if name not in cases:
            found.append(f"there is no case {name}")
            continue
        found += [f"{name} was not put to {host}" for host in hosts if not is_of(cases[name], server_of(host))]
    return found


def table(hosts: list[str]) -> list[str]:
    lines = ["| rule | what they do | " + " | ".join(hosts) + " |", "|---|---|" + "---|" * len(hosts)]
    for case in sorted(CASES, key=lambda case: (case.level != "must", case.rule)):
        marks = [("**M**" if case.level == "must" else "s") if is_of(case, host) else "" for host in hosts]
        says = case.says.replace("|", "\\|")
        lines.append(f"| {case.rule} | [{says}](#{case.name.replace('.', '')}) | " + " | ".join(marks) + " |")
    return lines


def cut(text: str) -> list[str]:
    lines = text.rstrip("\n").split("\n")
    return lines if len(lines) <= LINES else [*lines[:LINES], "..."]


def section(case: Case, confirmed: dict, counts: dict[str, int]) -> list[str]:
    failing = ", ".join(f"{count} of {host}" for host, count in sorted(counts.items()))
    lines = [f"## {case.name}", "", f"**{case.rule}** ({case.level}): “{case.quote}”", ""]
    lines += [f"{case.says[0].upper()}{case.says[1:]}. Checks that fail for it, or groups of them: {failing}.", ""]
    host = case.hosts[0]
    result = confirmed["hosts"][host][case.name]
    for sent, answered in zip(result["sent"], result["answered"], strict=True):
        lines += [f"    --> {line}" if not index else f"    {line}" for index, line in enumerate(cut(sent))]
        lines += [f"    <-- {line}" if not index else f"    {line}" for index, line in enumerate(cut(answered))]
    others = " and ".join(case.hosts[1:])
    lines += ["", f"So {host}{f'; as much of {others}' if others else ''}.", ""]
    return lines


def own_rules(expected: dict) -> list[str]:
    lines = ["## Rules of mod_wsgi's hosting, on mod_wsgi", ""]
    lines += ["These are no standard's: the engine keeps them as they are written here.", ""]
    for host, entries in expected["hosts"].items():
        for entry in entries:
            if "by_hand" not in entry:
                names = ", ".join(f"`{name.removeprefix('Suite/')}`" for name in entry["checks"])
                lines.append(f"- `{host}`: {entry['because']}: {names}")
    return [*lines, ""]


def page(confirmed: dict, expected: dict) -> str:
    hosts = hosts_of(confirmed)
    counts = checks_of(expected)
    lines = [HEAD, f"Confirmed, with Python 3.11: {stamps(confirmed)}.", "", *table(hosts), ""]
    for case in CASES:
        lines += section(case, confirmed, counts[case.name])
    lines += own_rules(expected)
    return "\n".join(lines) + FOOT


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    confirmed = json.loads((HERE / "confirmed.json").read_text(encoding="utf-8"))
    expected = json.loads((HERE.parent / "expected_failures.json").read_text(encoding="utf-8"))
    for problem in (found := problems(confirmed, expected)):
        print(f"conformance_page.py: {problem}", file=sys.stderr)
    if found:
        return 1
    text = page(confirmed, expected)
    if options.write:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
        print(f"{PAGE} is not up to date: conformance_page.py --write", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
