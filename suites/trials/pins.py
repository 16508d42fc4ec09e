"""Pins what an environment holds, with the hash of every file: pins.py NAME PACKAGE ... writes requirements/NAME.txt."""

import json
import pathlib
import subprocess
import sys
import tempfile


def main(name, *packages):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["/usr/bin/python3", "-m", "venv", folder], check=True)
        pip = f"{folder}/bin/pip"
        subprocess.run([pip, "install", "--quiet", "--upgrade", "pip"], check=True)
        said = subprocess.run([pip, "install", "--quiet", "--dry-run", "--report", "-", *packages], capture_output=True, text=True, check=True)
    lines = []
    for entry in json.loads(said.stdout)["install"]:
        digest = entry["download_info"]["archive_info"]["hashes"]["sha256"]
        lines.append(f"{entry['metadata']['name']}=={entry['metadata']['version']} --hash=sha256:{digest}\n")
    path = pathlib.Path(__file__).parent / "requirements" / f"{name}.txt"
    path.write_text("".join(sorted(lines, key=str.lower)))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
