#!/usr/bin/python3
"""Tests of confirm.py, of what the cases demand, and of conformance_page.py, without a server."""

import contextlib
import io
import re
import socket
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path
from unittest import mock

import confirm
from cases import CASES
from conformance_page import problems, stamps

# What comes of a server that serves nothing, or whatever is asked.
ANSWERS_OF_ANYBODY = (b"<open>", b"<closed>", b"<reset>", b"HTTP/1.1 500 Internal Server Error\r\n\r\n<closed>")


def run(*words: str) -> tuple[int, str]:
    """Exit code, and what is said of misuse."""
    said = io.StringIO()
    with mock.patch("sys.argv", ["confirm.py", *words]), contextlib.redirect_stderr(said):
        try:
            return confirm.main(), said.getvalue()
        except SystemExit as end:
            return int(end.code or 0), said.getvalue()


class Misuse(unittest.TestCase):
    def test_a_case_that_there_is_not(self):
        code, said = run("--peers", "/nowhere", "--case", "typo")
        self.assertEqual(code, 2)
        self.assertIn("there is no case typo", said)
        self.assertEqual(run("--engine", "/nowhere", "--case", "typo")[0], 2)

    def test_a_host_that_there_is_not(self):
        code, said = run("--peers", "/nowhere", "--host", "typo")
        self.assertEqual(code, 2)
        self.assertIn("there is no host typo", said)

    def test_a_case_of_other_hosts(self):
        code, said = run("--peers", "/nowhere", "--host", "uwsgi", "--case", "no-write")
        self.assertEqual(code, 2)
        self.assertIn("no-write is no case of uwsgi", said)

    def test_nobody_to_ask(self):
        self.assertEqual(run()[0], 2)
        self.assertEqual(run("--peers", "/nowhere", "--host", "granian")[0], confirm.MISSING)


class Cases(unittest.TestCase):
    def test_what_anybody_answers_shows_nothing(self):
        for case in CASES:
            if case.control:
                continue
            for answer in ANSWERS_OF_ANYBODY:
                with self.subTest(case=case.name, answer=answer):
                    self.assertIsNone(re.search(case.shows, answer, re.DOTALL))

    def test_silence_shows_something_only_behind_a_control(self):
        for case in CASES:
            if case.control:
                for answer in (*ANSWERS_OF_ANYBODY, b"HTTP/1.1 404 Not Found\r\n\r\n<closed>"):
                    self.assertIsNone(re.search(case.control[1], answer, re.DOTALL))

    def test_content_where_there_must_be_none(self):
        cases = {case.name: case for case in CASES}
        for name, status in (("content-of-no-content", b"204 No Content"), ("content-of-not-modified", b"304 Not Modified")):
            head = b"HTTP/1.1 " + status + b"\r\nDate: x\r\n\r\n"
            self.assertIsNone(re.search(cases[name].shows, head + b"<closed>", re.DOTALL))
            self.assertIsNotNone(re.search(cases[name].shows, head + b"x<open>", re.DOTALL))

    def test_a_control_that_fails_shows_nothing(self):
        case = next(case for case in CASES if case.name == "pipe-is-lost")
        silence = b"HTTP/1.1 200 OK\r\n\r\n<open>"
        with mock.patch.object(confirm, "TIME_TO_NOTICE", 0):
            with mock.patch.object(confirm, "ask", return_value=silence):
                self.assertFalse(confirm.play(case, 0)["shows"])
            with mock.patch.object(confirm, "ask", side_effect=[b"HTTP/1.1 200 OK\r\n\r\nhello<open>", silence, silence]):
                found = confirm.play(case, 0)
        self.assertTrue(found["shows"])
        self.assertEqual(len(found["sent"]), len(found["answered"]))


class Waiting(unittest.TestCase):
    def test_another_that_answers_on_the_port_is_not_the_server(self):
        with socket.create_server(("127.0.0.1", 0)) as listener, tempfile.NamedTemporaryFile() as log:
            threading.Thread(target=self.answer_all, args=(listener,), daemon=True).start()
            with subprocess.Popen(["sleep", "60"]) as process:
                try:
                    with self.assertRaisesRegex(RuntimeError, "does not answer"):
                        confirm.wait_until_answering(listener.getsockname()[1], process, Path(log.name), "", patience=0.2)
                finally:
                    process.kill()

    @staticmethod
    def answer_all(listener: socket.socket) -> None:
        """As application.py does, but in a process that is not the server's: init is nobody's child."""
        with contextlib.suppress(OSError):
            while True:
                connection = listener.accept()[0]
                with connection:
                    connection.recv(65536)
                    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\napplication.py in 1")


class Written(unittest.TestCase):
    def test_what_was_not_asked_keeps_its_date_and_version(self):
        first, second = [case for case in CASES if "granian" in case.hosts][:2]
        found = {"sent": [], "answered": [], "shows": True}
        before = {"granian": {case.name: {"date": "2026-01-01", "version": "1.0", **found} for case in (first, second)}}
        before["granian"]["gone"] = before["granian"][first.name]
        after = confirm.merged(before, {"granian": {"version": "2.0", "cases": {second.name: found}}}, "2026-02-02")
        self.assertEqual(list(after["granian"]), [first.name, second.name])
        self.assertEqual(after["granian"][first.name], before["granian"][first.name])
        self.assertEqual(after["granian"][second.name], {"date": "2026-02-02", "version": "2.0", **found})
        told = "granian 1.0 on 2026-01-01 (1 case), granian 2.0 on 2026-02-02 (1 case)"
        self.assertEqual(stamps({"hosts": {"granian": after["granian"]}}), told)

    def test_a_host_that_was_not_asked_has_confirmed_nothing(self):
        case = next(case for case in CASES if case.hosts == ("granian",))
        expected = {"hosts": {host: [{"checks": ["x"], "by_hand": case.name}] for host in ("granian", "apache-pypi")}}
        self.assertIn(f"{case.name} was not put to apache-pypi", problems({"hosts": {}}, expected))
        self.assertIn(f"{case.name} of granian was not confirmed", problems({"hosts": {}}, expected))


if __name__ == "__main__":
    unittest.main()
