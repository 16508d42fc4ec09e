"""The two Django projects in one interpreter: the one loaded second serves the first.

Run with the Python of the applications' venv: python name_clash_test.py
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

APPS = Path(__file__).resolve().parent
PROJECTS = ["django_accounts", "django_secondapp"]

# In a process of its own: Django can be set up once. As a host does it: all roots on the path,
# each script executed by its file name, and then a request to the one that was loaded last.
CHILD = """
import json, runpy, sys, wsgiref.util
roots = sys.argv[1:]
sys.path += roots
for root in roots:
    application = runpy.run_path(root + "/config/wsgi.py")["application"]
answers = {}
for path in ("/", "/whoami/"):
    environ = {"PATH_INFO": path}
    wsgiref.util.setup_testing_defaults(environ)
    status = []
    body = b"".join(application(environ, lambda line, headers, exc_info=None: status.append(line)))
    answers[path] = [status[0], body.decode()]
json.dump(answers, sys.stdout)
"""


def answers_of_last(projects) -> dict:
    with tempfile.TemporaryDirectory() as data:
        child = subprocess.run(
            [sys.executable, "-B", "-c", CHILD, *(str(APPS / name) for name in projects)],
            env={**os.environ, "WSGILAB_DATA": data},
            stdout=subprocess.PIPE,
            check=True,
        )
    return json.loads(child.stdout)


class NameClash(unittest.TestCase):
    def check_served(self, loaded, served, site_name):
        answers = answers_of_last(loaded)
        self.assertEqual(answers["/"][0], "200 OK")  # wrong or right: nothing fails
        self.assertIn(f"<h1>{site_name}</h1>", answers["/"][1])
        found = json.loads(answers["/whoami/"][1])
        self.assertEqual(found["project"], served)
        self.assertEqual(found["settings_file"], str(APPS / served / "config" / "settings.py"))

    def test_each_alone_serves_itself(self):
        self.check_served(PROJECTS[:1], "django_accounts", "Accounts Desk")
        self.check_served(PROJECTS[1:], "django_secondapp", "Gästebuch am Hafen")

    def test_whichever_is_second_serves_the_first(self):
        self.check_served(PROJECTS, "django_accounts", "Accounts Desk")
        self.check_served(PROJECTS[::-1], "django_secondapp", "Gästebuch am Hafen")


if __name__ == "__main__":
    unittest.main()
