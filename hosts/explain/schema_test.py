#!/usr/bin/python3
"""Every valid configuration of the corpus, explained by wsgilab-host, fits the published schema.

    hosts/explain/schema_test.py build/dev/bin/wsgilab-host
"""

import json
import subprocess
import sys
from pathlib import Path

import jsonschema

HERE = Path(__file__).parent
CORPUS = HERE.parent / "directives" / "testdata"


def main() -> int:
    schema = json.loads((HERE / "explain.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    explained = problems = 0
    for configuration in sorted(CORPUS.rglob("*.conf")):
        done = subprocess.run(
            [sys.argv[1], "explain", configuration, "--json"], capture_output=True, text=True
        )
        if done.returncode == 78:
            continue  # refused, as the golden files say
        explained += 1
        if done.returncode != 0:
            problems += 1
            print(f"{configuration}: exit code {done.returncode}: {done.stderr.strip()}")
            continue
        for error in validator.iter_errors(json.loads(done.stdout)):
            problems += 1
            print(f"{configuration}: {error.json_path}: {error.message}")
    print(f"{explained} configurations explained, {problems} problems")
    return 1 if problems or explained < 100 else 0


if __name__ == "__main__":
    sys.exit(main())
