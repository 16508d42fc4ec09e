#!/usr/bin/python3
"""What a running wsgilab-host says at /status.json fits the published schema.

    hosts/status/schema_test.py build/dev/bin/wsgilab-host
"""

import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

import jsonschema

HERE = Path(__file__).parent
SCRIPT = """
def application(environ, start_response):
    start_response('200 OK', [('Content-Length', '2')])
    return [b'ok']
"""
CONFIGURATION = """
Listen 127.0.0.1:0
ServerName schema.example
<Directory "{directory}">
    Require all granted
</Directory>
WSGIDaemonProcess one maximum-requests=1
WSGIScriptAlias /daemon {directory}/script.wsgi process-group=one application-group=%{{GLOBAL}}
WSGIScriptAlias /embedded {directory}/script.wsgi
"""


def get(port: int, path: str) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
        return answer.read()


def problems_of(ready: dict, validator: jsonschema.Draft202012Validator) -> list[str]:
    for path in ("/daemon", "/embedded", "/daemon"):
        get(ready["listen"][0]["port"], path)
    status = json.loads(get(ready["status"]["port"], "/status.json"))
    problems = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(status)]
    if not status["ended"]["last"]:
        problems.append("no process has ended, so not all of the schema was tried")
    return problems


def main() -> int:
    schema = json.loads((HERE / "status.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    with tempfile.TemporaryDirectory() as directory:
        Path(directory, "script.wsgi").write_text(SCRIPT, encoding="utf-8")
        configuration = Path(directory, "site.conf")
        configuration.write_text(CONFIGURATION.format(directory=directory), encoding="utf-8")
        read, write = os.pipe()
        command = [sys.argv[1], "serve", configuration, "--status", "0", "--ready-fd", str(write)]
        environment = os.environ | {"TMPDIR": directory}
        with subprocess.Popen(
            command, pass_fds=[write], env=environment, stderr=subprocess.DEVNULL
        ) as host:
            os.close(write)
            try:
                with os.fdopen(read, encoding="utf-8") as lines:
                    problems = problems_of(json.loads(lines.readline()), validator)
            finally:
                host.terminate()
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
