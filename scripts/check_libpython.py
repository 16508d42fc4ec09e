#!/usr/bin/python3
"""Reads from the binaries themselves who needs the Python library: the engine, and nobody else.

    scripts/check_libpython.py --with ENGINE --without PROGRAM...

Exit code 0 when it is so; else one line per program that is not as it should be.
"""

import argparse
import re
import subprocess
import sys

NEEDED = re.compile(r"\(NEEDED\)\s+Shared library: \[([^\]]+)\]")


def needed_libraries(program: str) -> list[str]:
    # The labels that are searched for are English whatever the user's language is.
    listing = subprocess.run(
        ["readelf", "--dynamic", program],
        env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
        check=True,
        capture_output=True,
        text=True,
    )
    libraries = NEEDED.findall(listing.stdout)
    if not libraries:
        raise SystemExit(f"check_libpython: {program} has no list of needed libraries")
    return libraries


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--with", dest="with_python", nargs="*", default=[], metavar="PROGRAM")
    parser.add_argument("--without", nargs="*", default=[], metavar="PROGRAM")
    arguments = parser.parse_args()
    problems = []
    for programs, should_need in ((arguments.with_python, True), (arguments.without, False)):
        for program in programs:
            found = [name for name in needed_libraries(program) if name.startswith("libpython")]
            print(f"{program}: {', '.join(found) or 'no libpython'}")
            if should_need and not found:
                problems.append(f"{program} does not need libpython, and must")
            if found and not should_need:
                problems.append(f"{program} needs {found[0]}, and must not")
    for problem in problems:
        print(f"check_libpython: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
