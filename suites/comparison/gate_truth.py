"""Real runs of `wsgilab gate` whose truth is known: the same code against itself, and the same code with a delay put in.

What the gate promises: no alarm on the same code, and none beside a busy neighbour; a delay of 5 % is caught. Each run is one line of the
output file, so that an evening that is cut short is not lost, and another one adds to it.
"""

import argparse
import collections
import json
import math
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUTCOMES = {0: "no worse", 1: "alarm", 3: "undecided"}
INTERRUPTED = 130


def one_run(arguments, kind, seed):
    """What became of one gate run: its exit code, its words, how long it took."""
    with tempfile.TemporaryDirectory() as folder:
        command = [arguments.wsgilab, "gate", arguments.mode, "--baseline", arguments.mode, "--app", arguments.app]
        command += ["--within", arguments.within, "--seed", str(seed), "--json", "-o", f"{folder}/run"]
        if kind == "slower":
            command += ["--inject", arguments.delay]
        begun = time.monotonic()
        ended = subprocess.run(command, capture_output=True, text=True)
        seconds = time.monotonic() - begun
    if ended.returncode == INTERRUPTED:
        sys.exit(INTERRUPTED)  # what it has not seen to its end is no run
    try:
        said = json.loads(ended.stdout)
    except json.JSONDecodeError:
        sys.exit(f"{' '.join(command)}: exit {ended.returncode}: {ended.stderr.strip() or ended.stdout[:500]}")
    [experiment] = said["experiments"]
    [conclusion] = experiment["conclusions"]
    return {
        "kind": kind,
        "neighbour": arguments.neighbour,
        **({"beside": arguments.beside} if arguments.beside else {}),
        "seed": seed,
        "exit_code": ended.returncode,
        "outcome": OUTCOMES.get(ended.returncode, f"exit {ended.returncode}"),
        "finding": conclusion["finding"],
        "ratio": conclusion["first"]["ratio"],
        "low": conclusion["first"]["low"],
        "high": conclusion["first"]["high"],
        "blocks": experiment["attempts"][0]["blocks"],
        "seconds": round(seconds, 1),
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def share_text(count, total):
    """The share, and the 95 % interval of Wilson around it."""
    if total == 0:
        return "nothing was run"
    z = 1.96
    share = count / total
    middle = (share + z * z / 2 / total) / (1 + z * z / total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / 4 / total / total) / (1 + z * z / total)
    return f"{count} of {total} ({100 * share:.0f} %; {100 * max(0, middle - half):.0f} to {100 * min(1, middle + half):.0f} %)"


def summary(runs):
    """The table, as Markdown."""
    lines = ["| what was run | runs | alarms | no worse | undecided | longest | of what was undecided |", "|---|---|---|---|---|---|---|"]
    groups = collections.defaultdict(list)
    for run in runs:
        groups[run["kind"], run["neighbour"], run.get("beside", "")].append(run)
    for (kind, neighbour, beside), group in sorted(groups.items()):
        name = {"same": "the same code", "slower": "a delay put in"}[kind] + (" beside a busy neighbour" if neighbour else "")
        name += f" beside {beside}" if beside else ""
        count = collections.Counter(run["outcome"] for run in group)
        words = collections.Counter(run["finding"] for run in group if run["outcome"] == "undecided")
        lines.append(
            f"| {name} | {len(group)} | {share_text(count['alarm'], len(group))} | {count['no worse']} | {count['undecided']} "
            f"| {max(run['seconds'] for run in group):.0f} s | {', '.join(f'{n} {w}' for w, n in words.most_common())} |"
        )
    return "\n".join(lines)


def read_runs(path):
    if path is None or not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines()]


class Neighbour:
    """Somebody who keeps a processor busy, for as long as the program runs."""

    def __init__(self, is_wanted):
        self.process = subprocess.Popen([sys.executable, "-c", "while True: pass"]) if is_wanted else None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process:
            self.process.kill()
            self.process.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--same", type=int, default=4, help="runs of the same code against itself")
    parser.add_argument("--slower", type=int, default=4, help="runs with a delay put into the candidate")
    parser.add_argument("--delay", default="5%", help="of the median (default 5%%)")
    parser.add_argument("--neighbour", action="store_true", help="beside somebody who keeps a processor busy")
    parser.add_argument("--beside", default="", help="what else runs meanwhile: such runs have a row of their own")
    parser.add_argument("--app", default="django_accounts")
    parser.add_argument("--mode", default="daemon/main/preload")
    parser.add_argument("--within", default="4min", help="of one run, its confirmation included")
    parser.add_argument("--wsgilab", default=str(ROOT / "build/release/bin/wsgilab"))
    parser.add_argument("--out", type=pathlib.Path, help="a line for each run is added to this file; the table is of all its lines")
    arguments = parser.parse_args()

    runs = read_runs(arguments.out)
    seed = 1 + max((run["seed"] for run in runs), default=0)
    # In turns, so that both meet the same moods of the machine.
    order = [kind for pair in range(max(arguments.same, arguments.slower)) for kind in ("same", "slower")]
    left = {"same": arguments.same, "slower": arguments.slower}
    with Neighbour(arguments.neighbour):
        for kind in order:
            if left[kind] == 0:
                continue
            left[kind] -= 1
            run = one_run(arguments, kind, seed)
            seed += 1
            runs.append(run)
            if arguments.out:
                with arguments.out.open("a") as file:
                    file.write(json.dumps(run) + "\n")
            print(f"{run['at']} {kind}: {run['outcome']} ({run['finding']}), {100 * (run['ratio'] - 1):+.1f} % "
                  f"in {run['seconds']:.0f} s", file=sys.stderr, flush=True)
    print(summary(runs))


if __name__ == "__main__":
    main()
