#!/usr/bin/python3
"""What `wsgilab hosts --json` says fits the published schema, with the peers that are here and without any.

harness/command/hosts_schema_test.py build/dev/bin/wsgilab
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema

SCHEMA = Path(__file__).with_name("hosts.schema.json")
NOWHERE = {name: "/nowhere" for name in ("WSGILAB_PEERS", "WSGILAB_APACHE", "WSGILAB_HOST")}


def main() -> int:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    problems = []
    for change in ({}, NOWHERE):
        said = subprocess.run(
            [sys.argv[1], "hosts", "--json"], capture_output=True, check=True, env=os.environ | change
        )
        hosts = json.loads(said.stdout)
        problems += [f"{error.json_path}: {error.message}" for error in validator.iter_errors(hosts)]
        if change and any(host["installed"] for host in hosts["hosts"]):
            problems.append("a host is installed in /nowhere")
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
