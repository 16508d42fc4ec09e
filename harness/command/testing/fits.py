"""Whether each JSON document of a file fits a schema that wsgilab prints: fits.py WSGILAB SCHEMA FILE.

A schema of lines is held against every line, another against the whole file. Prints what does not fit; exit code 1 then.
"""

import json
import pathlib
import subprocess
import sys

import jsonschema

OF_LINES = {"record", "load"}


def validator_of(wsgilab, name):
    printed = subprocess.run([wsgilab, "schema", name], capture_output=True, check=True, text=True).stdout
    schema = json.loads(printed)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def documents_of(name, text):
    return [json.loads(line) for line in text.splitlines()] if name in OF_LINES else [json.loads(text)]


def problems_of(validator, document):
    return [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(document)]


def main():
    wsgilab, name, file = sys.argv[1:]
    documents = documents_of(name, pathlib.Path(file).read_text(encoding="utf-8"))
    validator = validator_of(wsgilab, name)
    problems = [problem for document in documents for problem in problems_of(validator, document)]
    problems += [] if documents else ["there is no document"]
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
