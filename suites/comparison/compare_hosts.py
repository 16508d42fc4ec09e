#!/usr/bin/env python3
"""Compares servers with one another, in ratios: all of them on this machine, in turns.

Every round asks every server for a while with wrk, in another order each time, so that what else the
machine does hits all of them alike. What is compared is the rate of a round against the rate of the
same round of another server: the median of these ratios, with their least and greatest.

  scripts/compare-hosts                      all scenarios; the result as text
  scripts/compare-hosts --only hello-8       one of them
  scripts/compare-hosts --out result.json    also as JSON

A server that is not installed is left out and named. Exit code 1 when one did not start or answered
wrong.
"""

import argparse
import contextlib
import json
import os
import platform
import re
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import servers
from running import PATIENCE, Failed, running


@dataclass(frozen=True)
class Scenario:
    name: str
    callable: str
    connections: int
    threads: int  # of the server's one process
    length: int  # of the answer
    about: str


SCENARIOS = (
    Scenario("hello-8", "hello", 8, 1, 13, "13 bytes, 8 connections, 1 thread"),
    Scenario("hello-8-threads", "hello", 8, 15, 13, "13 bytes, 8 connections, 15 threads"),
    Scenario("hello-64", "hello", 64, 15, 13, "13 bytes, 64 connections, 15 threads"),
    Scenario("large-8", "large", 8, 1, 100_000, "100 kB, 8 connections, 1 thread"),
    Scenario("sleeps-15", "sleeps", 15, 15, 13, "10 ms asleep, 15 connections, 15 threads"),
)


@dataclass
class Rates:
    """Requests a second of one server in one scenario, a figure a round."""

    rates: list[float] = field(default_factory=list)
    problem: str = ""


@contextlib.contextmanager
def started(server: servers.Server, scenario: Scenario):
    with running(server, scenario.callable, scenario.connections, scenario.threads) as host:
        if len(host.first_answer) != scenario.length:
            raise Failed(f"it answered {len(host.first_answer)} bytes instead of {scenario.length}")
        yield host.site


def rate_of(site: servers.Site, scenario: Scenario, seconds: int) -> float:
    said = subprocess.run(
        ["wrk", "-t1", f"-c{scenario.connections}", f"-d{seconds}s", f"http://{site.address}/"],
        capture_output=True,
        text=True,
        timeout=seconds + PATIENCE,
    ).stdout
    if wrong := re.search(r"Non-2xx.*|Socket errors.*", said):
        raise Failed(wrong[0])
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    if rate is None:
        raise Failed("wrk said no rate: " + said[-200:])
    return float(rate[1])


def compare(scenario: Scenario, present: list[servers.Server], rounds: int, seconds: int) -> dict:
    found = {server.name: Rates() for server in present}
    for number in range(rounds):
        turn = number % len(present)
        for server in present[turn:] + present[:turn]:
            rates = found[server.name]
            if rates.problem:
                continue
            try:
                with started(server, scenario) as site:
                    rate_of(site, scenario, 1)  # warm
                    rates.rates.append(rate_of(site, scenario, seconds))
            except (Failed, OSError, subprocess.TimeoutExpired) as failure:
                rates.problem = str(failure)
        print(f"{scenario.name}: round {number + 1} of {rounds}", file=sys.stderr)
    return found


def ratio(ours: Rates, theirs: Rates) -> dict | None:
    pairs = [a / b for a, b in zip(ours.rates, theirs.rates)]
    if not pairs:
        return None
    return {"median": statistics.median(pairs), "least": min(pairs), "greatest": max(pairs)}


def as_record(scenario: Scenario, found: dict[str, Rates]) -> dict:
    ours = {name: rates for name, rates in found.items() if name.startswith("wsgilab")}
    return {
        "about": scenario.about,
        "rates": {
            name: {"requests_per_second": rates.rates, "problem": rates.problem}
            for name, rates in found.items()
        },
        "ratios": {
            name: {
                other: against
                for other, theirs in found.items()
                if other != name and (against := ratio(rates, theirs))
            }
            for name, rates in ours.items()
        },
    }


def print_table(scenario: Scenario, record: dict) -> None:
    print(f"\n{scenario.name}: {scenario.about}")
    for name, measured in record["rates"].items():
        if measured["problem"]:
            print(f"  {name:<22} failed: {measured['problem'].splitlines()[0]}")
            continue
        line = f"  {name:<22} {statistics.median(measured['requests_per_second']):>9,.0f}/s"
        for ours, ratios in record["ratios"].items():
            if against := ratios.get(name):
                line += (
                    f"   {ours.split()[1]} {against['median']:.2f} x "
                    f"({against['least']:.2f}-{against['greatest']:.2f})"
                )
        print(line)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--engine", type=Path, required=True, help="wsgilab-host, a release build")
    parser.add_argument("--only", choices=[scenario.name for scenario in SCENARIOS], action="append")
    parser.add_argument("--servers", help="only those whose name has this in it, and the engine")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2, help="of each measurement")
    parser.add_argument("--out", type=Path, help="the result as JSON")
    return parser.parse_args()


def main() -> int:
    given = read_arguments()
    versions = {server: server.version() for server in servers.every(given.engine)}
    present = [server for server, version in versions.items() if version]
    if given.servers:
        present = [s for s in present if given.servers in s.name or s.name.startswith("wsgilab")]
    for server, version in versions.items():
        print(f"{server.name:<22} {version or 'not installed: left out'}")
    record = {
        "machine": {"processors": os.cpu_count(), "kernel": platform.release()},
        "rounds": given.rounds,
        "seconds": given.seconds,
        "versions": {server.name: version for server, version in versions.items()},
        "scenarios": {},
    }
    for scenario in SCENARIOS:
        if given.only and scenario.name not in given.only:
            continue
        found = compare(scenario, present, given.rounds, given.seconds)
        record["scenarios"][scenario.name] = as_record(scenario, found)
        print_table(scenario, record["scenarios"][scenario.name])
    if given.out:
        given.out.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    failed = any(
        rates["problem"]
        for scenario in record["scenarios"].values()
        for rates in scenario["rates"].values()
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
