"""`wsgilab check` on small applications whose truth is known, hosted by the real engine.

python check_test.py WSGILAB VENV, with an engine beside that program, and an environment of applications. With jsonschema, which is not
ours, what it writes is held against the published schemas.
"""

import contextlib
import json
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import unittest
import urllib.parse

import jsonschema

WSGILAB, VENV = sys.argv.pop(1), sys.argv.pop(1)


def schema(name):
    return json.loads(subprocess.run([WSGILAB, "schema", name], capture_output=True, text=True, check=True).stdout)



SOUND = """
    import os
    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain"), ("Set-Cookie", "id=" + os.urandom(8).hex())])
        return [("hello %s\\n" % os.urandom(8).hex()).encode()]
"""
# It tells the time: within a second three answers are the same, and a moment later another is not.
CLOCK = """
    import time
    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain"), ("Expires", str(int(time.time())))])
        return [time.strftime("it is %H:%M:%S, and that is all that changes").encode()]
"""
# It says something else wherever it is not in the main interpreter.
PARTICULAR = """
    import _xxsubinterpreters as interpreters
    KIND = "main" if interpreters.get_current() == interpreters.get_main() else "sub"
    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"I live in the " + KIND.encode()]
"""
BROKEN = """
    import there_is_no_such_module
"""
# Two copies in one process see each other through the environment of the process.
NEIGHBOUR = """
    import ctypes
    libc = ctypes.CDLL(None)
    libc.getenv.restype = ctypes.c_char_p
    if libc.getenv(b"WHO_CAME_FIRST") is None:
        libc.setenv(b"WHO_CAME_FIRST", b"%(name)s", 1)
    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"settings of " + libc.getenv(b"WHO_CAME_FIRST")]
"""


# Every request writes; the answer is how many rows there are.
DIARY = """
    import sqlite3
    def application(environ, start_response):
        with sqlite3.connect(%(how)s) as database:
            database.execute("insert into entry values(1)")
            count = database.execute("select count(*) from entry").fetchone()[0]
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"%%d entries" %% count]
"""


class Check(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name)

    def write(self, name, text):
        path = self.path / name
        path.write_text(textwrap.dedent(text))
        return path

    def check(self, what, *options, expected=0):
        command = [WSGILAB, "check", str(what), "--json", "--no-load", "-o", str(self.path / "out"), *options]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=300)
        self.assertEqual(ended.returncode, expected, ended.stderr + ended.stdout)
        if not ended.stdout:
            return ended.stderr
        said = json.loads(ended.stdout)
        jsonschema.validate(said, schema("check"))
        validator = jsonschema.Draft202012Validator(schema("record"))
        for line in (self.path / "out/record.jsonl").read_text().splitlines():
            validator.validate(json.loads(line))
        return said

    def verdicts(self, said):
        [application] = said["applications"]
        return application, {mode["mode"]: mode["verdict"] for mode in application["modes"]}

    def test_a_sound_application_works_everywhere_although_its_answers_vary(self):
        said = self.check(self.write("sound.wsgi", SOUND), "--no-imports")
        application, verdicts = self.verdicts(said)
        self.assertEqual(application["recommended"], "daemon/main/preload")
        self.assertEqual(len(verdicts), 8)
        self.assertEqual(set(verdicts.values()), {"works", "recommended"})
        self.assertIn("WSGIDaemonProcess sound ", application["configurations"][0]["text"])
        self.assertTrue((self.path / "out/report.html").exists())

    def test_what_changes_with_the_clock_alone_is_no_difference(self):
        said = self.check(self.write("clock.wsgi", CLOCK), "--no-imports")
        application, verdicts = self.verdicts(said)
        self.assertEqual(set(verdicts.values()), {"works", "recommended"})

    def test_one_that_answers_otherwise_in_a_sub_interpreter_is_broken_there(self):
        said = self.check(self.write("particular.wsgi", PARTICULAR), "--no-imports", "--mode", "daemon/*")
        application, verdicts = self.verdicts(said)
        self.assertEqual(verdicts["daemon/sub/lazy"], "broken")
        self.assertEqual(verdicts["daemon/main/lazy"], "works")
        [reason] = [mode["reasons"][0] for mode in application["modes"] if mode["mode"] == "daemon/sub/lazy"]
        self.assertIn("I live in the sub", reason["text"])

    def test_a_broken_one_is_said_to_be_and_why(self):
        said = self.check(self.write("broken.wsgi", BROKEN), expected=1)
        application, verdicts = self.verdicts(said)
        self.assertNotIn("recommended", application)
        self.assertEqual(verdicts["daemon/main/lazy"], "broken")
        log = [line for mode in application["modes"] for reason in mode["reasons"] for line in reason.get("log", [])]
        self.assertTrue(any("there_is_no_such_module" in line for line in log), log)

    def test_two_that_disturb_each_other_are_told_apart_and_the_advice_helps(self):
        mounts = ""
        for name in ("one", "two"):
            script = self.write(name + ".wsgi", NEIGHBOUR % {"name": name})
            mounts += f"WSGIScriptAlias /{name} {script}\n"
        configuration = self.write(
            "site.conf", f"Listen 8080\n{mounts}<Directory {self.path}>\nRequire all granted\n</Directory>\n"
        )
        said = self.check(configuration, "--no-imports", "--no-copies", "--mode", "daemon/main/*", expected=1)
        self.assertEqual([one["app"] for one in said["applications"]], ["one", "two"])
        self.assertEqual({one["configured"] for one in said["applications"]}, {"embedded/sub/lazy"})
        self.assertTrue(any("settings of" in trouble["detail"] for trouble in said["as_configured"]))
        self.assertEqual(said["as_advised"], [])

    def test_one_that_is_broken_where_it_is_configured_fails(self):
        script = self.write("particular.wsgi", PARTICULAR)
        for group, expected in (("%{GLOBAL}", 0), ("shop", 1)):
            configuration = self.write(
                "site.conf",
                f"Listen 8080\nWSGIScriptAlias / {script}\nWSGIApplicationGroup {group}\n"
                f"<Directory {self.path}>\nRequire all granted\n</Directory>\n",
            )
            said = self.check(
                configuration, "--no-imports", "--no-copies", "--mode", "embedded/*/lazy", expected=expected
            )
            application, verdicts = self.verdicts(said)
            self.assertEqual(verdicts["embedded/sub/lazy"], "broken")
            shutil.rmtree(self.path / "out")

    def test_imports_are_tried_in_every_kind_of_interpreter(self):
        self.check(self.write("sound.wsgi", SOUND), "--no-copies", "--mode", "daemon/main/lazy", "--python-home", VENV)
        lines = [json.loads(line) for line in (self.path / "out/record.jsonl").read_text().splitlines()]
        tried = {}
        for line in lines:
            if line["type"] == "import":
                tried.setdefault(line["distribution"], set()).add(line["interpreter"])
                self.assertEqual(line["outcome"], "works", line)
        self.assertTrue(tried)
        for kinds in tried.values():
            self.assertEqual(kinds, {"main", "sub", "main after sub", "sub after main", "sub after sub"})

    def test_what_requests_write_is_written_to_copies(self):
        file = self.path / "a diary%3F.db"
        with contextlib.closing(sqlite3.connect(file)) as database:
            database.execute("create table entry(x)")
        before = file.read_bytes()
        link = self.path / "link.db"
        link.symlink_to(file)
        uri = "file:" + urllib.parse.quote(str(file)) + "?mode=rw"
        for how in (f"{str(file)!r}", f"database={str(link)!r}, timeout=3", f"{uri!r}, uri=True",
                    f"__import__('pathlib').Path({str(file)!r})"):
            with self.subTest(how):
                shutil.rmtree(self.path / "out", ignore_errors=True)
                script = self.write("diary.wsgi", DIARY % {"how": how})
                said = self.check(script, "--no-imports", "--no-copies", "--copy", str(file), "--mode", "*/lazy")
                application, verdicts = self.verdicts(said)
                self.assertNotIn("broken", verdicts.values(), "each host begins with the same rows")
                self.assertTrue(any("written to copies" in finding for finding in application["findings"]))
                self.assertEqual(file.read_bytes(), before)

    def test_a_copy_that_nobody_opened_is_said_to_be_of_no_use(self):
        file = self.path / "other.db"
        with contextlib.closing(sqlite3.connect(file)) as database:
            database.execute("create table entry(x)")
        said = self.check(
            self.write("sound.wsgi", SOUND), "--no-imports", "--no-copies", "--copy", str(file), "--mode", "daemon/main/lazy"
        )
        application, _ = self.verdicts(said)
        self.assertTrue(any("was not opened by what was asked" in finding for finding in application["findings"]))

    def test_what_cannot_be_checked_is_said_in_one_line(self):
        script = self.write("sound.wsgi", SOUND)
        for options, words in (
            (["--mode", "sideways/*"], "is called sideways/*"),
            (["--python-home", str(self.path)], "there is no bin/python in it"),
            (["--url", "login"], "a path begins with /"),
            (["--copy", str(script)], "this is no SQLite database"),
            (["--copy", str(self.path / "none.db")], "there is no such file"),
        ):
            said = self.check(script, *options, expected=2)
            self.assertIn(words, said)
            self.assertEqual(len(said.strip().splitlines()), 1, said)
        self.assertIn("there is no such script", self.check(self.path / "nothing.wsgi", expected=2))


if __name__ == "__main__":
    unittest.main()
