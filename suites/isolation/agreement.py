#!/usr/bin/python3
"""How far the checks on a host agree with rows that were measured elsewhere.

    agreement.py --measured ROWS.json --server TEXT RECORD.jsonl [RECORD.jsonl ...]

ROWS.json is a list of objects, one for each probe in each pairing: `probe`, `mode` (the pairing's short name: M1 …, MX; or
embedded, daemon), `server` (which server and Python it was measured with; only rows in whose `server` TEXT is are counted), and
`observed`: shared, isolated, error, crash or n/a. The records are those of `wsgilab-checks --records`.

A row of a probe of state agrees when the check of the same probe and pairing observed the same. A row of a scene agrees when
the checks that play it (played.toml) have passed, which hold the same expectation; where the host is known to differ on purpose
they say so, and such a row is counted apart, as are those that are not played, each with its reason. Exit code 0 when at
least 98 % of the rows that are played agree and every other one is explained, 1 otherwise.
"""

import argparse
import fnmatch
import json
import sys
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAIRINGS = {
    "M1": "embedded_main",
    "M2": "embedded_one_sub",
    "M3": "embedded_two_subs",
    "M4": "embedded_main_and_sub",
    "M4r": "embedded_sub_and_main",
    "M5": "daemon_main",
    "M6": "daemon_two_subs",
    "M7": "daemon_two_groups",
    "M8": "daemon_two_users",
    "MX": "daemon_two_processes",
}
ENOUGH = 0.98
BY_DESIGN = "; deviation: "  # in the detail of a check whose host differs on purpose


@dataclass
class Verdict:
    word: str  # agrees, differs by design, differs, not played (known why), not explained
    why: str = ""


class Checks:
    """What the records say of each check, by its name; the last line of a name counts."""

    def __init__(self, paths: list[Path]):
        self.by_name: dict[str, dict] = {}
        for path in paths:
            for text in path.read_text(encoding="utf-8").splitlines():
                line = json.loads(text)
                if line.get("type") == "check":
                    self.by_name[line["check"]] = line

    def fitting(self, pattern: str) -> list[dict]:
        return [line for name, line in self.by_name.items() if fnmatch.fnmatchcase(name, pattern)]

    def of_state(self, probe: str, pairing: str) -> dict | None:
        """The one of this probe: Suite.Test/PROBE_PAIRING."""
        for line in self.fitting(f"Isolation/*/{probe}_{pairing}"):
            if line.get("probe") == probe:
                return line
        return None


def verdict_of_state(line: dict, row: dict, deviations: dict) -> Verdict:
    if line["outcome"] in ("skipped", "not_applicable"):
        return Verdict("not played", line.get("detail", ""))
    deviation = deviations.get(f"{row['probe']}/{PAIRINGS[row['mode']]}")
    if same(line.get("observed", ""), row["observed"]):
        return Verdict("agrees")
    if deviation is not None and line["outcome"] == "passed":
        return Verdict("differs by design", deviation["because"])
    # Measured as one of two things that may happen (a thread's state: the answer is chance).
    if line["outcome"] == "passed":
        return Verdict("agrees", f"{line.get('observed')}, where either may be seen")
    return Verdict("differs", f"{line['outcome']}: {line.get('observed', '')}; measured: {row['observed']}")


def same(observed: str, measured: str) -> bool:
    if measured == "n/a":  # nothing to share: each works as it should
        return observed in ("n/a", "works", "isolated")
    return observed == measured


def verdict_of_scene(lines: list[dict]) -> Verdict:
    ran = [line for line in lines if line["outcome"] not in ("skipped", "not_applicable")]
    if not ran:
        return Verdict("not played", "; ".join(sorted({line.get("detail", "") for line in lines})))
    failed = [line for line in ran if line["outcome"] != "passed"]
    if failed:
        return Verdict("differs", f"{failed[0]['check']}: {failed[0].get('observed', failed[0]['outcome'])}")
    for line in ran:
        if BY_DESIGN in line.get("detail", ""):
            return Verdict("differs by design", line["detail"].split(BY_DESIGN, 1)[1].splitlines()[0])
    return Verdict("agrees")


def pattern_of(row: dict, played: dict) -> str | None:
    if row["mode"] in PAIRINGS:
        pattern = played["scenes"].get(row["probe"])
        return pattern and pattern.replace("{pairing}", PAIRINGS[row["mode"]])
    for table in (row["mode"], "scenes"):
        if row["probe"] in played.get(table, {}):
            return played[table][row["probe"]]
    return None


def verdict_of(row: dict, checks: Checks, played: dict, deviations: dict) -> Verdict:
    for name in (f"{row['probe']}/{row['mode']}", row["probe"]):
        if name in played["not_played"]:
            return Verdict("not played", played["not_played"][name])
    if row["mode"] in PAIRINGS and row["probe"] not in played["scenes"]:
        line = checks.of_state(row["probe"], PAIRINGS[row["mode"]])
        return verdict_of_state(line, row, deviations) if line else Verdict("not explained", "no check of it ran")
    pattern = pattern_of(row, played)
    if pattern is None:
        return Verdict("not explained", "played.toml names no check")
    lines = checks.fitting(pattern)
    return verdict_of_scene(lines) if lines else Verdict("not explained", f"no check {pattern} ran")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--measured", type=Path, required=True, help="the rows")
    parser.add_argument("--server", required=True, help="count only rows of a server in whose name this is")
    parser.add_argument("--host", default="engine", help="whose deviations on purpose explain a row (measured.json)")
    parser.add_argument("records", type=Path, nargs="+")
    arguments = parser.parse_args()
    rows = [row for row in json.loads(arguments.measured.read_text(encoding="utf-8")) if arguments.server in row["server"]]
    if not rows:
        print(f"agreement.py: no row of {arguments.measured} is of a server '{arguments.server}'", file=sys.stderr)
        return 2
    played = tomllib.loads((HERE / "played.toml").read_text(encoding="utf-8"))
    measured = json.loads((HERE / "measured.json").read_text(encoding="utf-8"))
    checks = Checks(arguments.records)
    counted: Counter = Counter()
    for row in rows:
        verdict = verdict_of(row, checks, played, measured["deviations"].get(arguments.host, {}))
        counted[verdict.word] += 1
        if verdict.word != "agrees":
            print(f"{row['probe']} {row['mode']}: {verdict.word}: {verdict.why}")
    share = counted["agrees"] / max(1, len(rows) - counted["not played"])
    print(f"{len(rows)} rows: " + ", ".join(f"{count} {word}" for word, count in counted.most_common()))
    print(f"agreement: {share:.1%} of those that are played")
    return 0 if share >= ENOUGH and counted["differs"] == 0 and counted["not explained"] == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
