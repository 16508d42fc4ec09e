#!/usr/bin/python3
"""Runs a test of the report in a browser, or says why it cannot be run here.

    run_test.py --node NODE --packages FOLDER --pages PROGRAM TEST.mjs

PROGRAM writes the pages of sample records into a folder that it is given; it is a new one, and goes with the test. FOLDER
has what npm installed (scripts/setup --test). Exit code 77 when something is missing on this machine; where CI is in the
environment that is a failure: there the test must be run.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

LEAST_NODE = 20  # playwright-core needs it
REMEDY = "scripts/setup --test installs it"


def node_version(node: str) -> int:
    """The first number of its version; 0 when there is none."""
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.match(r"v(\d+)\.", said)
    return int(found[1]) if found else 0


def what_is_missing(node: str, packages: Path, lock: Path) -> str:
    if node_version(node) < LEAST_NODE:
        return f"{node}: Node.js {LEAST_NODE} or later is not there: install it (Debian 13: apt-get install nodejs npm)"
    if shutil.which("chromium") is None:
        return f"chromium is not there: {REMEDY}"
    stamp = packages / "package-lock.json"
    if not (packages / "node_modules").is_dir() or not stamp.is_file():
        return f"{packages}/node_modules is not there: {REMEDY}"
    if stamp.read_bytes() != lock.read_bytes():
        return f"{packages} was installed from another package-lock.json: {REMEDY} anew"
    return ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("test", type=Path)
    parser.add_argument("--node", default="node")
    parser.add_argument("--packages", type=Path, required=True)
    parser.add_argument("--pages", required=True)
    arguments = parser.parse_args()
    missing = what_is_missing(arguments.node, arguments.packages, Path(__file__).parent / "package-lock.json")
    if missing:
        must_run = bool(os.environ.get("CI"))
        print(f"{'failed' if must_run else 'skipped'}: {missing}")
        return 1 if must_run else 77
    with tempfile.TemporaryDirectory(prefix="wsgilab-pages-") as folder:
        pages = Path(folder) / "pages"
        home = Path(folder) / "home"  # a browser writes into its user's
        pages.mkdir()
        home.mkdir()
        subprocess.run([arguments.pages, pages], check=True)
        environment = os.environ | {
            "HOME": str(home),
            "TMPDIR": folder,
            "WSGILAB_PAGES": str(pages),
            "WSGILAB_PACKAGES": str(arguments.packages.resolve()),
            "WSGILAB_CHROMIUM": shutil.which("chromium"),
        }
        return subprocess.run([arguments.node, arguments.test], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
