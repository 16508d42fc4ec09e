#!/usr/bin/env python3
"""Compares `wsgilab load` with wrk: the same server that does nothing, the same connections, one core each, in turns.

Every round asks with both, in another order each time, so that what else the machine does hits both alike. Compared are the rates
of a round, and how many requests each makes in a second of its core's time, which is what it could do on a core of its own
whatever the server and the neighbours do: the median of the rounds' ratios, with the order-statistic interval of 95 %. Every
answer to wsgilab is checked, whole; wrk looks at the status. The server has another core and spins, so that neither
waits for it to wake up; or it shares the core.

  scripts/compare-generators [--rounds 15] [--seconds 2] [--connections 8] [--one-core] [--out result.json]

Exit code 1 when an answer was wrong, or the interval of requests in a second of the core is not above --least.
"""

import argparse
import json
import math
import os
import re
import statistics
import subprocess
import sys
from dataclasses import dataclass

BODY = "Hello, world!"


@dataclass(frozen=True)
class Measured:
    rate: float
    cpu_us_per_request: float


class Failed(Exception):
    pass


def pinned(core: int):
    return lambda: os.sched_setaffinity(0, {core})


def ask_wrk(url: str, connections: int, seconds: int, core: int) -> Measured:
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", url]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=pinned(core))
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    if status != 0 or (wrong := re.search(r"Non-2xx.*|Socket errors.*", said)):
        raise Failed(f"wrk: {wrong[0] if status == 0 else said}")
    requests = int(re.search(r"(\d+) requests in", said)[1])
    cpu = (usage.ru_utime + usage.ru_stime) * 1e6 / requests
    return Measured(float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]), cpu)


def ask_wsgilab(program: str, url: str, connections: int, seconds: int, core: int) -> Measured:
    command = [program, "load", url, f"-c{connections}", f"-d{seconds}s", "--expect-text", BODY, "--json"]
    process = subprocess.run(command, stdout=subprocess.PIPE, text=True, preexec_fn=pinned(core), check=False)
    if process.returncode not in (0, 3):  # 3: it worked all the time, which is what is asked here
        raise Failed(f"wsgilab load ended with {process.returncode}: {process.stdout}")
    load = json.loads(process.stdout)
    if load["wrong_answers"] or load["failed"] or load["unfinished"]:
        raise Failed("an answer was wrong or missing: " + process.stdout[:300])
    cpu = load["generator"]["cpu_share"] * load["seconds"] * 1e6 / load["done"]
    return Measured(load["requests_per_s"], cpu)


def interval(values: list[float]) -> tuple[float, float] | None:
    """Of the median: the tightest pair of order statistics that holds it in 95 % of all cases."""
    n, values = len(values), sorted(values)
    for rank in range(n // 2, 0, -1):
        outside = 2 * sum(math.comb(n, k) for k in range(rank)) / 2**n
        if outside <= 0.05:
            return values[rank - 1], values[n - rank]
    return None


def summary(values: list[float]) -> dict:
    low, high = interval(values) or (None, None)
    return {"median": statistics.median(values), "low": low, "high": high}


def compare(options: argparse.Namespace, port: int) -> dict:
    url = f"http://127.0.0.1:{port}/"
    rounds: dict[str, list[Measured]] = {"wrk": [], "wsgilab": []}
    how = {
        "wrk": lambda seconds: ask_wrk(url, options.connections, seconds, options.core),
        "wsgilab": lambda seconds: ask_wsgilab(options.program, url, options.connections, seconds, options.core),
    }
    for name in how:
        how[name](1)  # warm
    for number in range(options.rounds):
        for name in list(how) if number % 2 == 0 else list(how)[::-1]:
            rounds[name].append(how[name](options.seconds))
        print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
    pairs = list(zip(rounds["wsgilab"], rounds["wrk"], strict=True))
    return {
        "connections": options.connections,
        "rates": {name: [measured.rate for measured in each] for name, each in rounds.items()},
        "cpu_us_per_request": {
            name: statistics.median(measured.cpu_us_per_request for measured in each) for name, each in rounds.items()
        },
        "rate_ratio": summary([ours.rate / theirs.rate for ours, theirs in pairs]),
        "per_core_ratio": summary([theirs.cpu_us_per_request / ours.cpu_us_per_request for ours, theirs in pairs]),
    }


def show(found: dict) -> None:
    def of(ratio: dict) -> str:
        known = ratio["low"] is not None
        return f"{ratio['median']:.2f} " + (f"[{ratio['low']:.2f}, {ratio['high']:.2f}]" if known else "(too few rounds)")

    print(f"{found['connections']} connections, {len(found['rates']['wrk'])} rounds")
    for name, rates in found["rates"].items():
        cpu = found["cpu_us_per_request"][name]
        rate = statistics.median(rates)
        print(f"  {name:<8} {rate:>9,.0f}/s   {1e6 / cpu:>9,.0f} in a second of its core   {cpu:.2f} us for each")
    print(f"  wsgilab / wrk: rate {of(found['rate_ratio'])}, requests in a second of its core {of(found['per_core_ratio'])}")


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="build/release/bin/wsgilab")
    parser.add_argument("--server", default="build/release/bin/null_server")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--core", type=int, default=0, help="of the generators; the server has the next one")
    parser.add_argument("--one-core", action="store_true", help="the server has that core, too, and sleeps")
    parser.add_argument("--least", type=float, default=1.2, help="of the ratio of requests in a second of the core")
    parser.add_argument("--out", help="the figures as JSON")
    return parser.parse_args()


def main() -> int:
    options = read_arguments()
    server = subprocess.Popen(
        [options.server] if options.one_core else [options.server, "--spin"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=pinned(options.core if options.one_core else options.core + 1),
    )
    try:
        found = compare(options, int(server.stdout.readline()))
    except (Failed, OSError) as failure:
        print(f"compare_generators: {failure}", file=sys.stderr)
        return 1
    finally:
        server.stdin.close()
        server.wait()
    show(found)
    if options.out:
        with open(options.out, "w", encoding="utf-8") as file:
            json.dump(found, file, indent=1)
    low = found["per_core_ratio"]["low"]
    return 0 if low is not None and low >= options.least else 1


if __name__ == "__main__":
    sys.exit(main())
