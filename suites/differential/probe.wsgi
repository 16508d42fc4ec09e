"""Says, as JSON, where it runs and how it was reached. stage.py appends the callables."""

import grp
import json
import os
import pwd
import sys
import threading
import time

LOADED_AT = time.time()
LOADED_ON_MAIN_THREAD = threading.get_native_id() == os.getpid()


def name_of(database_lookup, number):
    try:
        return database_lookup(number)[0]
    except KeyError:
        return f"#{number}"


def umask():
    """Asked of the kernel: os.umask() can only be asked by changing it."""
    with open("/proc/self/status") as status:
        return next(line.split()[1] for line in status if line.startswith("Umask:"))


class Probe:
    def __init__(self, name):
        self.name = name

    def __call__(self, environ, start_response):
        facts = {
            "process_group": environ["mod_wsgi.process_group"],
            "application_group": environ["mod_wsgi.application_group"],
            "callable_object": self.name,
            "script": __file__,
            "handler_script": environ["mod_wsgi.handler_script"],
            "script_name": environ["SCRIPT_NAME"],
            "path_info": environ["PATH_INFO"],
            "script_filename": environ["SCRIPT_FILENAME"],
            "user": name_of(pwd.getpwuid, os.geteuid()),
            "group": name_of(grp.getgrgid, os.getegid()),
            "umask": umask(),
            "home": os.getcwd(),
            "python_home": sys.prefix,
            "python_path": [path for path in sys.path if path.startswith("/srv")],
            "lang": os.environ.get("LANG", ""),
            "locale": os.environ.get("LC_ALL", ""),
        }
        facts.update(loaded_at=LOADED_AT, loaded_on_main_thread=LOADED_ON_MAIN_THREAD)
        body = json.dumps(facts).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        start_response("200 OK", headers + [("X-Probe", "1")])
        return [body]
