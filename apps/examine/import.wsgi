"""Imports the modules that the query names, in that order, and says how that went, as JSON.

The harness serves it in each kind of interpreter, in a fresh process: `?lxml&lxml.etree`. It stops at the first that fails.
"""

import importlib
import json
import sys
import time
import traceback


def application(environ, start_response):
    names = [name for name in environ["QUERY_STRING"].split("&") if name]
    begun = time.monotonic()
    answer = {"imported": 0}
    for name in names:
        try:
            importlib.import_module(name)
        except BaseException as error:  # SystemExit, too: some modules are scripts
            answer["module"] = name
            answer["error"] = "".join(traceback.format_exception_only(type(error), error)).strip()
            break
        answer["imported"] += 1
    package = sys.modules.get(names[0].partition(".")[0]) if names else None
    answer["version"] = str(getattr(package, "__version__", ""))
    answer["seconds"] = time.monotonic() - begun
    body = json.dumps(answer).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
