"""What somebody does with an application of their own, as the README says it: run, compare, check and serve it, hosted by the real engine.

python own_application_test.py WSGILAB, with an engine beside that program.
"""

import http.client
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import textwrap
import unittest
import venv

WSGILAB = sys.argv.pop(1)

SCRIPT = """
    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"Notes of Ada"]
"""
# It can be imported with the project on the path only.
PACKAGED = """
    import desk.words
    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [desk.words.GREETING]
"""
SLOW = """
    import json.decoder, time
    time.sleep(0.06)
    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"awake"]
"""


class OwnApplication(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name).resolve()

    def write(self, name, text):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
        return path

    def wsgilab(self, *words, expected=0):
        ended = subprocess.run([WSGILAB, *map(str, words)], capture_output=True, text=True, timeout=240)
        self.assertEqual(ended.returncode, expected, ended.stdout + ended.stderr)
        return ended.stdout + ended.stderr

    def record(self, folder="out"):
        return [json.loads(line) for line in (self.path / folder / "record.jsonl").read_text().splitlines()]

    def run_it(self, script, *options, expected=0):
        return self.wsgilab("run", script, "--mode", "embedded/main/preload", "-o", self.path / "out", *options,
                            expected=expected)

    def test_the_project_of_a_script_is_found(self):
        self.write("site/manage.py", "")
        self.write("site/desk/__init__.py", "")
        self.write("site/desk/words.py", "GREETING = b'hello'\n")
        self.run_it(self.write("site/config/wsgi.py", PACKAGED))
        [cell] = [line for line in self.record() if line["type"] == "cell"]
        self.assertEqual((cell["app"], cell["outcome"]), ("site", "ok"))

    def test_what_was_not_read_is_said_and_the_command_that_repeats_a_cell_is_whole(self):
        self.run_it(self.write("notes.wsgi", SCRIPT), "--url", "/x")
        [note] = [line for line in self.record() if line["type"] == "not_measured" and "answers of notes" in line["what"]]
        self.assertIn("only their status", note["reason"])
        [cell] = [line for line in self.record() if line["type"] == "cell"]
        self.assertIn(" --url /x ", cell["reproduce"])

    def test_a_file_says_what_the_right_answer_is(self):
        script = self.write("notes.wsgi", SCRIPT)
        for name, outcome, expected in (("Ada", "ok", 0), ("Grace", "failed", 1)):
            tour = {
                "app": "notes", "title": "notes", "script": "notes.wsgi", "project": None, "venv": False, "prepare": None,
                "steps": [{"name": "all", "method": "GET", "path": "/", "load": True,
                           "expect": {"status": 200, "contains": [f"Notes of {name}"]}}],
            }
            self.write("tour.json", json.dumps(tour))
            folder = self.path / name
            self.wsgilab("run", script, "--mode", "embedded/main/preload", "-o", folder, "--request",
                         self.path / "tour.json", expected=expected)
            lines = self.record(name)
            self.assertEqual([line["outcome"] for line in lines if line["type"] == "cell"], [outcome])
            self.assertFalse([line for line in lines if line["type"] == "not_measured" and "answers of" in line["what"]])

    def test_a_failure_ends_with_what_the_application_complained_of(self):
        said = self.run_it(self.write("bad.wsgi", "import there_is_no_such_module\n"), expected=1)
        self.assertIn("No module named 'there_is_no_such_module'", said)

    def test_two_environments_are_compared_where_the_application_is_in_them_alone(self):
        for side in ("before", "after"):
            venv.create(self.path / side, with_pip=False, system_site_packages=False)
            [packages] = (self.path / side).glob("lib/python3.*/site-packages")
            (packages / "shop.py").write_text(textwrap.dedent(SCRIPT))
        script = self.write("script/wsgi.py", "from shop import application\n")
        compared = subprocess.run(
            [WSGILAB, "compare", self.path / "before", self.path / "after", "--script", script, "--controls", "off", "--once",
             "--blocks", "12", "--window", "20ms", "--metric", "latency_p50_us", "-o", self.path / "out"],
            capture_output=True, text=True, timeout=240,
        )
        self.assertIn(compared.returncode, (0, 1, 3), compared.stderr)  # what is measured here is no matter
        [plan] = [line for line in self.record() if line["type"] == "experiment"]
        self.assertEqual([arm["venv"] for arm in plan["arms"]], [str(self.path / "before"), str(self.path / "after")])

    def test_what_works_on_neither_side_is_nothing_measured_and_names_the_exception(self):
        for side in ("before", "after"):
            venv.create(self.path / side, with_pip=False, system_site_packages=False)
        script = self.write("script/wsgi.py", "from shop import application\n")
        said = self.wsgilab("gate", self.path / "after", "--baseline", self.path / "before", "--script", script,
                            "-o", self.path / "gate", expected=4)
        self.assertIn("No module named 'shop'", said)

    def test_where_loading_takes_its_time_is_named(self):
        said = self.wsgilab("check", self.write("slow.wsgi", SLOW), "--no-load", "--no-imports", "--no-copies",
                            "--mode", "daemon/main/lazy", "-o", self.path / "out")
        self.assertRegex(said, r"Loading\s+it\s+takes")
        [loading] = [line for line in self.record() if line["type"] == "loading"]
        self.assertGreater(loading["own_ms"], 55)
        self.assertLess(loading["own_ms"], loading["ms"])


    def test_what_check_advises_is_served_as_it_stands(self):
        self.wsgilab("check", self.write("notes.wsgi", SCRIPT), "--no-load", "--no-imports", "--no-copies",
                     "--mode", "daemon/main/preload", "-o", self.path / "out")
        site = self.path / "out/site.conf"
        self.assertIn("it listens nowhere: write Listen", self.wsgilab("serve", site, expected=78))
        server = subprocess.Popen([WSGILAB, "serve", site, "--listen", "127.0.0.1:0"], stderr=subprocess.PIPE, text=True)
        try:
            for line in server.stderr:
                if found := re.search(r"Serving on (\S+):(\d+)", line):
                    break
            connection = http.client.HTTPConnection(found[1], int(found[2]), timeout=20)
            connection.request("GET", "/")
            self.assertEqual(connection.getresponse().read(), b"Notes of Ada")
            connection.close()
        finally:
            server.terminate()
            server.communicate()

    def test_an_address_for_a_configuration_that_has_one_is_refused(self):
        script = self.write("notes.wsgi", SCRIPT)
        site = self.write("site.conf", f"Listen 127.0.0.1:0\nWSGIScriptAlias / {script}\n")
        said = self.wsgilab("serve", site, "--listen", "127.0.0.1:0", expected=2)
        self.assertIn("site.conf:1", said)
        self.assertIn("leave the option out", said)
        self.assertIn("--listen", self.wsgilab("serve", site, "--listen", "nowhere:80", expected=2))


if __name__ == "__main__":
    unittest.main()
