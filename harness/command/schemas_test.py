#!/usr/bin/python3
"""What wsgilab and wsgilab-host write for programs fits the schemas that `wsgilab schema` prints, and what is wrong does not.

    harness/command/schemas_test.py build/dev/bin/wsgilab build/dev/bin/wsgilab-host

Every schema is strict, has a version, and is tried: on outputs that are to be had without measuring here, on those that need hosts
in compare_command_test.cpp, gate_command_test.cpp and selftest_command_test.cpp. Each output is then broken in several ways, and must
be refused.
"""

import http.server
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

HERE = Path(__file__).parent
CHECKOUT = HERE.parent.parent
sys.path.insert(0, str(HERE / "testing"))
import fits  # noqa: E402

WSGILAB, HOST = sys.argv[1:3]
NOWHERE = {name: "/nowhere" for name in ("WSGILAB_PEERS", "WSGILAB_APACHE", "WSGILAB_HOST")}
CONFIGURATION = CHECKOUT / "hosts" / "directives" / "testdata"
SAMPLES = CHECKOUT / "reports" / "samples" / "testdata"
# Those that need hosts to be measured: the tests of the verbs validate them (of `check`: harness/examine/check_test.py). `status` has a test of its own beside it.
ELSEWHERE = {"check", "compare", "selftest", "status"}


def say(*command, exit_codes=(0,), **environment):
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | environment)
    if done.returncode not in exit_codes:
        sys.exit(f"{command}: exit code {done.returncode}: {done.stderr}")
    return done.stdout


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *words):
        pass


def said_of_load():
    """A capacity is searched for in load_command_test.cpp, with a server that answers fast."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}/"
        said = say(WSGILAB, "load", url, "-c", "1", "-d", "50ms", "--json", exit_codes=(0, 3))
        server.shutdown()
    return said


def outputs():
    """Pairs of the name of a schema and what was said."""
    complete, failing = SAMPLES / "complete.jsonl", SAMPLES / "failing.jsonl"
    yield "record", complete.read_text(encoding="utf-8")
    yield "load", said_of_load()
    yield "side-by-side", say(WSGILAB, "compare", complete, failing, "--json", exit_codes=(3,))
    for file in (complete, failing):
        yield "gate", say(WSGILAB, "gate", file, "--json", exit_codes=(0, 1, 3, 4))
    for change in ({}, NOWHERE):
        said = say(WSGILAB, "hosts", "--json", **change)
        if change and any(host["installed"] for host in json.loads(said)["hosts"]):
            sys.exit("a host is installed in /nowhere")
        yield "hosts", said
    yield "list", say(WSGILAB, "list", "--json", "--host", "*", "--app", "hello")
    configuration = next(
        file for file in sorted(CONFIGURATION.rglob("*.conf")) if "WSGIScriptAlias" in file.read_text(encoding="utf-8")
    )
    yield "explain", say(WSGILAB, "explain", configuration, "--json", exit_codes=(0, 78), WSGILAB_HOST=HOST)
    with tempfile.TemporaryDirectory() as folder:
        say(WSGILAB, "mock", "--app", "hello", "--runs", "20", "--step", "11", "--slower", "9%", "-o", folder + "/runs")
        yield "trend", say(WSGILAB, "trend", *sorted(Path(folder, "runs").iterdir()), "--json")
        yield "record", Path(folder, "runs", "020", "record.jsonl").read_text(encoding="utf-8")
    yield "deviations", say(HOST, "deviations", "--json")
    yield "version", say(HOST, "version")


def objects(node, where="$"):
    """Every schema in a schema that describes an object with members."""
    if isinstance(node, dict):
        if node.get("type") == "object" and "properties" in node:
            yield where, node
        for name, value in node.items():
            yield from objects(value, f"{where}.{name}")
    elif isinstance(node, list):
        for at, value in enumerate(node):
            yield from objects(value, f"{where}[{at}]")


def flaws(name, schema):
    if not re.fullmatch(rf"urn:wsgilab:schema:{name}:[1-9][0-9]*", schema.get("$id", "")):
        yield f"{name}: its $id has no version"
    for where, one in objects(schema):
        # Of the line of a record nothing is said but that it has a type: a reader skips those that it does not know.
        if one.get("additionalProperties", True) is True and not (name == "record" and where == "$"):
            yield f"{name}: {where} is not strict"


def broken(document):
    """Copies of the document, each wrong in one way."""
    yield document | {"a_member_of_nobody": 1}
    for name, value in document.items():
        yield document | {name: {"of": "another type"} if not isinstance(value, dict) else "of another type"}
        yield {other: document[other] for other in document if other != name}


def problems_of_outputs():
    validators = {name: fits.validator_of(WSGILAB, name) for name in names()}
    tried = set()
    for name, said in outputs():
        tried.add(name)
        validator = validators[name]
        broken_types = set()
        for document in fits.documents_of(name, said):
            for problem in fits.problems_of(validator, document):
                yield f"{name}: {problem}"
            if document.get("type") in broken_types:
                continue  # one line of each type is enough
            broken_types.add(document.get("type", name))
            accepted = [wrong for wrong in broken(document) if validator.is_valid(wrong)]
            optional = sum(1 for wrong in accepted if set(wrong) < set(document))
            # A member that may be missing may also be left out; nothing else of what is broken may pass.
            if len(accepted) != optional or optional == len(document):
                yield f"{name}: accepts {json.dumps(accepted[-1])[:200]}"
    for name in sorted(set(validators) - tried - ELSEWHERE):
        yield f"{name}: no output of it is tried"


def names():
    return [line.split()[0] for line in say(WSGILAB, "schema").splitlines()]


def main() -> int:
    problems = []
    schemas = {name: json.loads(say(WSGILAB, "schema", name)) for name in names()}
    for name, schema in schemas.items():
        problems += flaws(name, schema)
    # The gate says what experiments found in the words of compare.
    for part in schemas["compare"]["$defs"]:
        if schemas["gate"]["$defs"].get(part) != schemas["compare"]["$defs"][part]:
            problems.append(f"gate and compare differ in {part}")
    problems += problems_of_outputs()
    for problem in problems:
        print(problem)
    print(f"{len(schemas)} schemas, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
