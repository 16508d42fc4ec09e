"""Validate records with an independent validator: validate_records.py SCHEMA FOLDER...

Every line of every .jsonl file below the folders must be valid; the schema is strict, so that a misspelt name is found. The last
line may be cut off in files named cut_off*. Then the validator itself is tried: lines that are wrong on purpose must be refused.
"""

import json
import pathlib
import sys

try:
    from jsonschema import Draft202012Validator
except ImportError:
    sys.exit("validate_records: no module jsonschema: apt-get install python3-jsonschema (scripts/setup does)")

WRONG = [
    {"what": "no type"},
    {"type": "not_measured", "what": "no reason"},
    {"type": "startup", "cell": "c", "ready_ms": -1},
    {"type": "startup", "cell": "c", "ready_ms": "soon"},
    {"type": "resources", "cell": "c", "when": "later"},
    {"type": "not_measured", "what": "w", "reason": "r", "resaon": "r"},
]


def problems(path, validator):
    lines = path.read_text(encoding="utf-8").split("\n")
    last = lines.pop()
    if last and not path.name.startswith("cut_off"):
        yield f"{path.name}:{len(lines) + 1}: cut off"
    for number, text in enumerate(lines, 1):
        line = json.loads(text)
        for error in validator.iter_errors(line):
            yield f"{path.name}:{number}: {error.json_path}: {error.message[:200]}"


def main():
    schema = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    paths = []
    for folder in sys.argv[2:]:
        below = sorted(pathlib.Path(folder).glob("**/*.jsonl"))
        if not below:
            sys.exit(f"validate_records: no .jsonl file below {folder}")
        paths += below
    found = [problem for path in paths for problem in problems(path, validator)]
    found += [f"accepted: {line}" for line in WRONG if validator.is_valid(line)]
    for problem in found:
        print(problem, file=sys.stderr)
    print(f"{len(paths)} records, {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
