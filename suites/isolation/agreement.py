#!/usr/bin/python3
"""How far the checks on a host agree with rows that were measured elsewhere.

    agreement.py --measured ROWS.json --server TEXT [--host NAME] RECORD.jsonl [RECORD.jsonl ...]

ROWS.json is a list of objects, one for each measurement: `probe`, `mode` (the pairing's short name: M1 …, MX; or embedded,
daemon), `server` (which server and Python it was measured with; only rows in whose `server` TEXT is are counted), `observed`
(shared, isolated, error, crash or n/a), `observed_cold` where C was asked, too, and `detail`, in words. The records are those of
`wsgilab-checks --records`; of their lines those count that are of the host NAME.

A row of a probe of state agrees when the check of the same probe and pairing has passed and has seen the same. Where
measured.json says that either of two things may be seen, each will do. A row of a scene agrees when the checks that play it
(played.toml) have passed, and each has seen what played.toml says that the row means.

A host may differ on purpose: measured.json (`deviations`) or the check itself says why, and what is seen instead. Such a row is
counted apart. Where the word that was measured is the same all the same (an error, but another one) it agrees in its word: that
is said, too. Rows that are not played have their reason. Exit code 0 when at least 98 % of the rows that are played agree in
their word and every other one is explained, 1 otherwise.
"""

import argparse
import json
import re
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
    "M4d": "daemon_main_and_sub",
    "M5": "daemon_main",
    "M6": "daemon_two_subs",
    "M7": "daemon_two_groups",
    "M8": "daemon_two_users",
    "MX": "daemon_two_processes",
    "M3g": "embedded_two_own_gils",
    "M4g": "embedded_main_and_own_gil",
    "M4rg": "embedded_own_gil_and_main",
    "M6g": "daemon_two_own_gils",
}
STATE_CHECKS = (
    "Isolation/Probe.AgreesWithTheOracle",
    "Isolation/Imports.WorkAsOnRealModWsgi",
    "Isolation/NeighbourCheck.AreServedAsOnRealModWsgi",
)
ENOUGH = 0.98
BY_DESIGN = "; deviation: "  # in the detail of a check whose host differs on purpose
SAID_OF_C = re.compile(r"; C, first asked afterwards: (\w+) \(")  # in the detail of a probe of state (state_checks.cpp)
BY_CHANCE = "(depends on the thread)"  # in the detail of a row: which thread served was luck
NOTHING = "n/a"  # a row's word when nothing is shared or isolated: what was seen is in its detail
DID_NOT_RUN = ("skipped", "not_applicable")

AGREES = "agree"
AGREES_IN_WORD = "agree in their word, and differ otherwise by design"
DIFFERS_BY_DESIGN = "differ by design"
NOT_PLAYED = "not played"
DIFFERS = "differ"
NOT_EXPLAINED = "not explained"
WORST_FIRST = (NOT_EXPLAINED, DIFFERS, NOT_PLAYED, DIFFERS_BY_DESIGN, AGREES_IN_WORD, AGREES)


@dataclass
class Verdict:
    word: str
    why: str = ""


class Records:
    """What the records say of each check of one host, by its name; the last line of a name counts."""

    def __init__(self, paths: list[Path], host: str):
        self.by_name: dict[str, dict] = {}
        for path in paths:
            for text in path.read_text(encoding="utf-8").splitlines():
                line = json.loads(text)
                # A line without a host is the engine's.
                if line.get("type") == "check" and line.get("host", "engine") == host:
                    self.by_name[line["check"]] = line

    def of_state(self, probe: str, pairing: str) -> dict | None:
        for check in STATE_CHECKS:
            if line := self.by_name.get(f"{check}/{probe}_{pairing}"):
                return line
        return None


def minor_of(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))


class Measured:
    """measured.json, for one Python and one host."""

    def __init__(self, tables: dict, python: tuple[int, int], host: str):
        self.tables = tables
        self.python = python
        self.deviations = {
            name: deviation
            for name, deviation in tables["deviations"].get(host, {}).items()
            if minor_of(deviation.get("from", "0.0")) <= python
        }

    def of(self, probe: str, pairing: str, when: str) -> str | list[str] | None:
        """What may be seen: words, of which each will do; or a text of values; None if it was not measured."""
        entry = self.tables["probes"].get(probe, {})
        pairings = self.tables["pairings"]
        if pairing in self.tables["own_gil_pairings"]:
            entry, pairings = entry.get("own_gil", {}), self.tables["own_gil_pairings"]
        fitting = {}
        for version, row in entry.get(when, {}).items():
            minor = minor_of(version)
            if minor <= self.python:
                fitting[minor] = row
        if not fitting:
            return None
        cell = fitting[max(fitting)][pairings.index(pairing)]
        if len(cell) != 1:
            return cell
        word = self.tables["letters"].get(cell)
        return word and word.split(" or ")


def values_in(detail: str) -> list[str]:
    """What A and B found, and C if it was asked, of 'A: 1; B: 2; cold C: 3'."""
    found = re.findall(r"\b[ABC](?: sees)?(?:: |=)([^\s;]+)", detail)
    return [value.lower() for value in found if value != "-"]


def is_state_as_measured(seen: str, row: dict, may_be: str | list[str] | None) -> bool:
    if row["observed"] == NOTHING:
        values = values_in(row["detail"])
        if isinstance(may_be, str):  # of A, B and C, who was not asked by everybody that measured
            return seen == may_be and values != [] and seen.lower().split()[: len(values)] == values
        return seen == "works"
    if seen == row["observed"]:
        return True
    if not isinstance(may_be, list) or seen not in may_be:
        return False
    if "thread" in may_be:  # on the thread that A had used, and nowhere else: the row was luck
        return BY_CHANCE in row["detail"]
    return row["observed"] in may_be


def verdict_of_state(line: dict, row: dict, measured: Measured) -> Verdict:
    if line["outcome"] in DID_NOT_RUN:
        return Verdict(NOT_PLAYED, line.get("detail", ""))
    seen, pairing = line.get("observed", ""), PAIRINGS[row["mode"]]
    if line["outcome"] != "passed":
        return Verdict(DIFFERS, f"{line['outcome']}: {seen}; measured: {row['observed']}")
    deviation = measured.deviations.get(f"{row['probe']}/{pairing}", {})
    is_by_design = False
    if not is_state_as_measured(seen, row, measured.of(row["probe"], pairing, "warm")):
        if seen != deviation.get("warm"):
            return Verdict(DIFFERS, f"{seen}; measured: {row['observed']} {row['detail']}")
        is_by_design = True
    if "observed_cold" in row and (said := SAID_OF_C.search(line.get("detail", ""))):
        cold = said.group(1)
        if cold != row["observed_cold"]:
            if cold != deviation.get("cold", deviation.get("warm")):
                return Verdict(DIFFERS, f"C, asked afterwards: {cold}; measured: {row['observed_cold']}")
            is_by_design = True
    return Verdict(DIFFERS_BY_DESIGN, deviation["because"]) if is_by_design else Verdict(AGREES)


def verdict_of_part(part: dict, row: dict, check: str, records: Records) -> Verdict | None:
    """Of one of the checks that play a row; None if it plays another part of what was measured than this row has."""
    meant = None
    for word, text, said in part["words"]:
        if word == row["observed"] and re.search(text, row["detail"]):
            meant = said
            break
    if meant is None:
        return None
    line = records.by_name.get(check)
    if line is None:
        return Verdict(NOT_EXPLAINED, f"no check {check} ran")
    if line["outcome"] in DID_NOT_RUN:
        return Verdict(NOT_PLAYED, line.get("detail", ""))
    seen = line.get("observed", "")
    if line["outcome"] != "passed":
        return Verdict(DIFFERS, f"{check}: {line['outcome']}: {seen}")
    if seen == meant:
        return Verdict(AGREES)
    if BY_DESIGN not in line.get("detail", "") or seen != line.get("expected"):
        return Verdict(DIFFERS, f"{check}: {seen}; measured: {meant}")
    because = f"{seen}, not: {meant}; " + line["detail"].split(BY_DESIGN, 1)[1].splitlines()[0]
    is_same_word = row["observed"] != NOTHING and any(
        word == row["observed"] and seen == said for word, _, said in part["words"]
    )
    return Verdict(AGREES_IN_WORD if is_same_word else DIFFERS_BY_DESIGN, because)


def verdict_of_scene(parts: list[dict], row: dict, records: Records) -> Verdict:
    """The worst one of its parts."""
    pairing = PAIRINGS.get(row["mode"], row["mode"])
    verdicts = []
    for part in parts:
        if pairing not in part.get("pairings", (row["mode"],)):
            continue
        if verdict := verdict_of_part(part, row, part["check"].replace("{pairing}", pairing), records):
            verdicts.append(verdict)
    if not verdicts:
        return Verdict(NOT_EXPLAINED, f"played.toml does not say what it means: {row['observed']} {row['detail']}")
    return min(verdicts, key=lambda verdict: WORST_FIRST.index(verdict.word))


def scenes_of(row: dict, played: dict) -> list[dict] | None:
    for table in (row["mode"], "scenes"):
        if row["probe"] in played.get(table, {}):
            return played[table][row["probe"]]
    return None


def verdict_of(row: dict, records: Records, played: dict, measured: Measured) -> Verdict:
    for name in (f"{row['probe']}/{row['mode']}", row["probe"]):
        if name in played["not_played"]:
            return Verdict(NOT_PLAYED, played["not_played"][name])
    parts = scenes_of(row, played)
    if parts is not None:
        return verdict_of_scene(parts, row, records)
    if row["mode"] not in PAIRINGS:
        return Verdict(NOT_EXPLAINED, "played.toml names no check")
    line = records.of_state(row["probe"], PAIRINGS[row["mode"]])
    return verdict_of_state(line, row, measured) if line else Verdict(NOT_EXPLAINED, "no check of it ran")


def python_of(server: str) -> tuple[int, int]:
    major, minor = re.search(r"py(\d+)\.(\d+)", server).groups()
    return int(major), int(minor)


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--measured", type=Path, required=True, help="the rows")
    parser.add_argument("--server", required=True, help="count only rows of a server in whose name this is")
    parser.add_argument("--host", default="engine", help="of the records, count only lines of this host (default: engine)")
    parser.add_argument("records", type=Path, nargs="+")
    arguments = parser.parse_args(words)
    rows = [row for row in json.loads(arguments.measured.read_text(encoding="utf-8")) if arguments.server in row["server"]]
    if not rows:
        print(f"agreement.py: no row of {arguments.measured} is of a server '{arguments.server}'", file=sys.stderr)
        return 2
    played = tomllib.loads((HERE / "played.toml").read_text(encoding="utf-8"))
    tables = json.loads((HERE / "measured.json").read_text(encoding="utf-8"))
    records = Records(arguments.records, arguments.host)
    counted: Counter = Counter()
    for row in rows:
        measured = Measured(tables, python_of(row["server"]), arguments.host)
        verdict = verdict_of(row, records, played, measured)
        counted[verdict.word] += 1
        if verdict.word != AGREES:
            print(f"{row['probe']} {row['mode']}: {verdict.word}: {verdict.why}")
    ran = max(1, len(rows) - counted[NOT_PLAYED])
    share = (counted[AGREES] + counted[AGREES_IN_WORD]) / ran
    print(f"{len(rows)} rows: " + ", ".join(f"{counted[word]} {word}" for word in reversed(WORST_FIRST) if counted[word]))
    print(f"agreement: {share:.1%} of those that are played in their word, {counted[AGREES] / ran:.1%} in everything")
    return 0 if share >= ENOUGH and counted[DIFFERS] == 0 and counted[NOT_EXPLAINED] == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
