"""The same comparisons on several occasions: daemon against embedded, sub-interpreter against main. Do their intervals overlap?

A ratio that is the machine's mood is another one an hour later. Each call is an occasion: it adds a line for every metric of every
comparison to the output file, and prints what all occasions in it say.

Exit code 1 when two occasions' intervals of the same ratio have nothing in common.
"""

import argparse
import collections
import itertools
import json
import math
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAIRS = (("embedded/main/preload", "daemon/main/preload"), ("daemon/main/preload", "daemon/sub/preload"))


def rows_of(said, occasion, at):
    """A row for each metric of what `wsgilab compare --json` said, where there is an interval."""
    rows = []
    for experiment in said["experiments"]:
        for conclusion in experiment["conclusions"]:
            first = conclusion["first"]
            if first["low"] is None or first["high"] is None:
                continue
            rows.append(
                {
                    "occasion": occasion,
                    "at": at,
                    "experiment": experiment["experiment"],
                    "metric": conclusion["metric"],
                    "finding": conclusion["finding"],
                    "ratio": first["ratio"],
                    "low": first["low"],
                    "high": first["high"],
                    "blocks": experiment["attempts"][0]["blocks"],
                }
            )
    return rows


def ratios(rows):
    """The rows of each ratio that was measured on more than one occasion, in the order of the first."""
    groups = collections.defaultdict(list)
    for row in rows:
        groups[row["experiment"], row["metric"]].append(row)
    return {key: group for key, group in groups.items() if len(group) > 1}


def overlaps(group):
    """Whether each two of the intervals have something in common."""
    return all(one["low"] <= other["high"] and other["low"] <= one["high"] for one, other in itertools.combinations(group, 2))


def spread(group):
    """How far apart the ratios of the occasions are, as a share."""
    logs = [math.log(row["ratio"]) for row in group]
    return math.exp(max(logs) - min(logs)) - 1


def table(rows):
    """As Markdown: each ratio with what it was on each occasion."""
    lines = ["| comparison | metric | ratio [interval] on each occasion | apart | overlap |", "|---|---|---|---|---|"]
    for (experiment, metric), group in ratios(rows).items():
        each = "; ".join(f"{row['ratio']:.3f} [{row['low']:.3f}, {row['high']:.3f}]" for row in group)
        lines.append(
            f"| {experiment} | {metric} | {each} | {100 * spread(group):.1f} % | {'yes' if overlaps(group) else '**no**'} |"
        )
    return "\n".join(lines)


def conclusion(rows):
    measured = ratios(rows)
    apart = [key for key, group in measured.items() if not overlaps(group)]
    occasions = len({row["occasion"] for row in rows})
    if not measured:
        return f"{occasions} occasion: nothing to compare yet"
    return f"{occasions} occasions, {len(measured)} ratios: the intervals of {len(measured) - len(apart)} overlap"


def read_rows(path):
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def compare(arguments, first, second, occasion):
    command = [arguments.wsgilab, "compare", first, second, "--within", arguments.within, "--seed", str(occasion), "--json"]
    for app in arguments.app or ["hello", "django_accounts"]:
        command += ["--app", app]
    ended = subprocess.run(command, capture_output=True, text=True)
    try:
        return json.loads(ended.stdout)
    except json.JSONDecodeError:
        sys.exit(f"{' '.join(command)}: exit {ended.returncode}: {ended.stderr.strip() or ended.stdout[:500]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, required=True, help="of all occasions; this one is added")
    parser.add_argument("--show", action="store_true", help="measure nothing: print what the occasions there say")
    parser.add_argument("--app", action="append", help="default: hello and django_accounts")
    parser.add_argument("--within", default="4min", help="of one comparison")
    parser.add_argument("--wsgilab", default=str(ROOT / "build/release/bin/wsgilab"))
    arguments = parser.parse_args()

    rows = read_rows(arguments.out)
    occasion = 1 + max((row["occasion"] for row in rows), default=0)
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    new = []
    for first, second in () if arguments.show else PAIRS:
        new += rows_of(compare(arguments, first, second, occasion), occasion, at)
    if new:
        with arguments.out.open("a") as file:
            file.writelines(json.dumps(row) + "\n" for row in new)
    print(table(rows + new))
    print(conclusion(rows + new))
    return 0 if all(overlaps(group) for group in ratios(rows + new).values()) else 1


if __name__ == "__main__":
    sys.exit(main())
