#!/usr/bin/python3
"""Holds the test presets asan-checks and tsan-checks against the checks that there are.

    scripts/check_presets.py --build FOLDER [--ctest PROGRAM] [CHECKOUT]

Each of the two puts the checks of half of the places to its engine: a place that both leave out would be seen by no
sanitizer. FOLDER is the build of `dev`, whose ctests they choose from. Prints one line per check that neither has.
Exit code 0 when there is none, and none of the two is without checks.
"""

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

PRESETS = ("asan-checks", "tsan-checks")
# What both leave out, and why.
LEFT_OUT = {r"^checks[.]Isolation/Probe": "what they show is Python's (DECISIONS.md)"}


def filters_of(root: Path) -> dict[str, dict]:
    presets = json.loads((root / "CMakePresets.json").read_text(encoding="utf-8"))["testPresets"]
    return {preset["name"]: preset["filter"] for preset in presets if preset["name"] in PRESETS}


def is_chosen(name: str, chooses: dict) -> bool:
    return (
        re.search(chooses["include"]["name"], name) is not None
        and re.search(chooses["exclude"]["name"], name) is None
    )


def is_included(name: str, filters: dict[str, dict]) -> bool:
    return any(re.search(chooses["include"]["name"], name) for chooses in filters.values())


def check(root: Path, names: list[str]) -> list[str]:
    """`names`: of all ctests."""
    filters = filters_of(root)
    problems = [f"CMakePresets.json: there is no test preset {name}" for name in PRESETS if name not in filters]
    problems += [
        f"CMakePresets.json: {preset} has no check"
        for preset, chooses in filters.items()
        if not any(is_chosen(name, chooses) for name in names)
    ]
    for name in names:
        if any(re.search(pattern, name) for pattern in LEFT_OUT) or not is_included(name, filters):
            continue
        if not any(is_chosen(name, chooses) for chooses in filters.values()):
            problems.append(f"CMakePresets.json: {name} is left out by {' and '.join(PRESETS)}: let one of them have it")
    return problems


def ctests_of(ctest: str, build: Path) -> list[str]:
    listed = subprocess.run(
        [ctest, "--test-dir", build, "--show-only=json-v1"], stdout=subprocess.PIPE, text=True, check=True
    )
    return [test["name"] for test in json.loads(listed.stdout)["tests"]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("root", nargs="?", type=Path, default=Path(__file__).resolve().parent.parent)
    parser.add_argument("--build", type=Path, required=True, help="the build folder of dev")
    parser.add_argument("--ctest", default="ctest")
    arguments = parser.parse_args()
    problems = check(arguments.root, ctests_of(arguments.ctest, arguments.build))
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
