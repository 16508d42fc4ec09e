#!/usr/bin/python3
"""Which checks hold a host to which rule: makes suites/rules.md, or says what is wrong.

    rules_page.py --checks PROGRAM --engine PROGRAM [--write]

The rules are those of rules.toml. The checks say themselves what they are about (wsgilab-checks --name-only), each
parameter of one counts; the deviations are the engine's (wsgilab-host deviations --json). Without --write: exit code 1
when a rule has neither a check nor a deviation nor a reason why there is nothing to check, when a check names a rule
of these families that is none, or when the page says something else.

Behind the checks of a rule are the mutants on which they must fail (../mutants/tables).

The checks of isolation/ are not asked: they start their hosts before they can say anything, and have one rule of their own.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "mutants"))
import mutate  # noqa: E402: the tables are read in one place

PAGE = HERE.parent / "rules.md"
RULE = re.compile(r"(?:([A-Z]+))?-(\d+)")
TITLES = {
    "DAEMON": "Processes, timers and signals",
    "SHUT": "The end of processes",
    "RELOAD": "Scripts that change",
    "SEC": "Users and permissions",
    "ERR": "What goes wrong",
    "LOG": "The log",
    "API": "The module mod_wsgi",
    "CFG": "Options of WSGIDaemonProcess",
    "GIL": "The GIL, and what is said of interpreters",
}
HEAD = """\
# Which check holds the engine to which rule

mod_wsgi's rules of hosting, in half a line of our own, and what shows that the engine keeps them: checks by suite, the places
in which each is played in brackets, or a [deviation](../hosts/deviations.md). *see* names rules whose checks show this one,
too. For an option the checks of its own are what may be written and what is refused.

The last column names the [mutants](mutants/README.md), engines broken in one way, on which checks of the rule must fail.

This page is made of [rules.toml](rules/rules.toml), of what the checks say they are about, and of the engine's table of
deviations; `suites/rules/rules_page.py --write` makes it, and a test holds it to them.
"""


@dataclass
class Rule:
    id: str
    says: str
    under: list[str]
    design: str
    checks: list[dict] = field(default_factory=list)
    deviations: list[str] = field(default_factory=list)
    mutants: list[str] = field(default_factory=list)

    @property
    def family(self) -> str:
        return self.id.split("-")[0]


def ids_in(text: str) -> list[str]:
    """DAEMON-35 and DAEMON-41 of "DAEMON-35, -41"; nothing of "PEP 3333: …"."""
    family = ""
    ids = []
    for word in re.split(r"[,;\s]+", text):
        match = RULE.fullmatch(word)
        if match is None:
            family = ""
            continue
        family = match[1] or family
        if family:
            ids.append(f"{family}-{match[2]}")
    return ids


def read_rules(text: str) -> dict[str, Rule]:
    return {
        name: Rule(name, row["says"], ids_in(row.get("under", "")), row.get("design", ""))
        for name, row in tomllib.loads(text).items()
    }


def is_in(rules: dict[str, Rule], name: str) -> bool:
    """Of a family of the list, among its numbers."""
    family, number = name.split("-")
    numbers = [int(rule.id.split("-")[1]) for rule in rules.values() if rule.family == family]
    if family == "CFG":
        return bool(numbers) and min(numbers) <= int(number) <= max(numbers)
    return bool(numbers)


def attach(rules: dict[str, Rule], checks: list[dict], deviations: list[dict]) -> list[str]:
    """Gives rules their checks and deviations; what is wrong with the checks."""
    problems = []
    for check in checks:
        for name in ids_in(check.get("rule") or ""):
            if name in rules:
                rules[name].checks.append(check)
            elif is_in(rules, name):
                problems.append(f"{check['check']}: there is no rule {name} in rules.toml")
    for row in deviations:
        for name in ids_in(row["rule"]):
            if name in rules:
                rules[name].deviations.append(row["id"])
    return problems


def attach_mutants(rules: dict[str, Rule], mutants: list[dict]) -> None:
    """Gives each rule the mutants on which a check of it must fail, or may, in the order of their names."""
    for mutant in sorted(mutants, key=lambda row: row["name"]):
        patterns = mutant["kills"] + mutant.get("may_kill", [])
        fits = re.compile("|".join(pattern_of(kill) for kill in patterns)).fullmatch
        for rule in rules.values():
            if any(fits(check["check"]) for check in rule.checks):
                rule.mutants.append(mutant["name"])


def pattern_of(filter_: str) -> str:
    """A pattern of GoogleTest as a regular expression."""
    return re.escape(filter_).replace(r"\*", ".*").replace(r"\?", ".")


def gaps(rules: dict[str, Rule], checks: list[dict]) -> list[str]:
    checked = {name for check in checks for name in ids_in(check.get("rule") or "")}
    known = checked | set(rules)
    problems = []
    for rule in rules.values():
        problems += [f"{rule.id}: under {name}, which is no rule" for name in rule.under if name not in known]
        shown = bool(rule.checks) or any(name in checked for name in rule.under)
        if not shown and not rule.deviations and not rule.design:
            problems.append(f"{rule.id}: no check, no deviation, no reason: {rule.says}")
    return problems


def place_of(mode: str) -> str:
    match = re.fullmatch(r"(embedded|daemon)_(main|sub|sub_own_gil)", mode)
    return f"{match[1]}/{match[2].replace('_', '-')}" if match else mode


def without_parameters(name: str) -> str:
    """Suite.Test of Instance/Suite.Test/parameter."""
    suite, _, test = name.partition(".")
    return f"{suite.split('/')[-1]}.{test.split('/')[0]}"


def checks_in_words(checks: list[dict]) -> str:
    """hosting 3: `Errors.HaveTheirStatus` ×2 (daemon/main, embedded/main), …"""
    suites: dict[str, dict[str, list[str]]] = {}
    for check in checks:
        tests = suites.setdefault(check["suite"], {})
        tests.setdefault(without_parameters(check["check"]), []).append(place_of(check.get("mode") or ""))
    words = []
    for suite, tests in sorted(suites.items()):
        names = []
        for name, places in sorted(tests.items()):
            counted = Counter(places)
            where = ", ".join(
                (place or "any place") + (f" ×{count}" if count > 1 else "") for place, count in sorted(counted.items())
            )
            names.append(f"`{name}` ({where})")
        total = sum(len(places) for places in tests.values())
        words.append(f"**{suite} {total}**: {', '.join(names)}")
    return "; ".join(words)


def row_of(rule: Rule) -> str:
    shown = [checks_in_words(rule.checks)] if rule.checks else []
    if rule.under:
        shown.append(f"*see* {', '.join(rule.under)}")
    if rule.design:
        shown.append(rule.design)
    deviations = ", ".join(f"`{name}`" for name in rule.deviations)
    mutants = ", ".join(f"`{name}`" for name in rule.mutants)
    return f"| {rule.id} | {rule.says} | {'; '.join(shown)} | {deviations} | {mutants} |"


def page_of(rules: dict[str, Rule]) -> str:
    lines = [HEAD]
    for family, title in TITLES.items():
        rows = [rule for rule in rules.values() if rule.family == family]
        if not rows:
            continue
        total = sum(len(rule.checks) for rule in rows)
        seen = sum(bool(rule.mutants) for rule in rows)
        lines += [f"## {title}", "", f"{len(rows)} rules, {total} checks; mutants of {seen}.", ""]
        lines += ["| rule | says | shown by | deviations | mutants |", "|---|---|---|---|---|", *map(row_of, rows), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def named_by(program: str) -> list[dict]:
    with tempfile.TemporaryDirectory(prefix="wsgilab-rules.") as folder:
        records = Path(folder) / "records.jsonl"
        command = [program, "--name-only", "--records", str(records), "--gtest_filter=-Isolation*", "--gtest_brief=1"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        lines = [json.loads(line) for line in records.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if "check" in line and "suite" in line]


def deviations_of(program: str) -> list[dict]:
    text = subprocess.run([program, "deviations", "--json"], check=True, capture_output=True, text=True).stdout
    return json.loads(text)["deviations"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checks", required=True, help="wsgilab-checks")
    parser.add_argument("--engine", required=True, help="wsgilab-host")
    parser.add_argument("--write", action="store_true", help="write suites/rules.md")
    arguments = parser.parse_args()
    rules = read_rules((HERE / "rules.toml").read_text(encoding="utf-8"))
    checks = named_by(arguments.checks)
    problems = attach(rules, checks, deviations_of(arguments.engine)) + gaps(rules, checks)
    attach_mutants(rules, mutate.read_tables(HERE.parent / "mutants" / "tables").mutants)
    page = page_of(rules)
    if arguments.write:
        PAGE.write_text(page, encoding="utf-8")
    elif PAGE.read_text(encoding="utf-8") != page:
        problems.append("suites/rules.md is not what the checks and the table say: run rules_page.py with --write")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
