#!/usr/bin/env python3
"""Serves an application with the standard library alone, every call checked by wsgiref.validate.

    python serve_wsgiref.py django_accounts [--port 8000] [--mount /accounts]

For a look with a browser, and for verify_tour.py --wsgiref. It needs the Python of the
applications' venv, and prepares a temporary data directory unless WSGILAB_DATA names one that is
ready. Never for measuring: one thread, one request at a time.
"""

import argparse
import contextlib
import importlib.machinery
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import threading
import wsgiref.simple_server
import wsgiref.validate
from pathlib import Path


def load_application(folder: Path, tour: dict):
    """The callable of the script that the tour names; its project goes on the Python path."""
    if tour["project"] is not None:
        sys.path.insert(0, str((folder / tour["project"]).resolve()))
    loader = importlib.machinery.SourceFileLoader("wsgi_script", str(folder / tour["script"]))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("wsgi_script", loader))
    loader.exec_module(module)
    return module.application


@contextlib.contextmanager
def data_directory(folder: Path, tour: dict):
    """WSGILAB_DATA as it is, or for the time being a prepared temporary one."""
    if "WSGILAB_DATA" in os.environ:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="wsgilab-tour-") as temporary:
        os.environ["WSGILAB_DATA"] = temporary
        try:
            if tour["prepare"] and subprocess.call([sys.executable, tour["prepare"]], cwd=folder):
                sys.exit(f"{folder / tour['prepare']}: failed under {sys.executable}")
            yield
        finally:
            del os.environ["WSGILAB_DATA"]


class QuietHandler(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, *_args):
        pass


@contextlib.contextmanager
def served(application, mount: str, port: int = 0):
    """The URL of application, mounted at mount on a server in a thread of this process."""
    checked = wsgiref.validate.validator(application)

    def mounted(environ, start_response):
        path = environ["PATH_INFO"]
        if mount and path != mount and not path.startswith(mount + "/"):
            start_response("404 Not Found", [("Content-Type", "text/plain")])
            return [b"nothing is mounted here\n"]
        environ["SCRIPT_NAME"], environ["PATH_INFO"] = mount, path[len(mount) :]
        return checked(environ, start_response)

    server = wsgiref.simple_server.make_server(
        "127.0.0.1", port, mounted, handler_class=QuietHandler
    )
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{mount}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("folder", type=Path, help="the application's folder, with its tour.json")
    parser.add_argument("--port", type=int, default=0, help="default: one that is free")
    parser.add_argument("--mount", default="/", help="default: /")
    options = parser.parse_args()
    tour = json.loads((options.folder / "tour.json").read_text(encoding="utf-8"))
    with data_directory(options.folder, tour):
        application = load_application(options.folder, tour)
        with served(application, options.mount.rstrip("/"), options.port) as url:
            print(f"{tour['app']} at {url} (ends with Ctrl-C)", flush=True)
            with contextlib.suppress(KeyboardInterrupt):
                threading.Event().wait()


if __name__ == "__main__":
    main()
