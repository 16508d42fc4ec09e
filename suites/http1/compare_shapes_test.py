#!/usr/bin/python3
"""Tests of compare_shapes.py: without Apache, nginx and the engine; and of the table that it made."""

import io
import json
import re
import runpy
import tempfile
import threading
import unittest
import wsgiref.simple_server
from pathlib import Path

import compare_shapes
from compare_shapes import NEXT_SEEN, Outcome, cell_of, statuses_of, table_of
from shape_hosts import SCRIPT, Apache, Engine, Host, Nginx, Upstream

SHAPES = json.loads(compare_shapes.SHAPES.read_text())
TABLE = Path(__file__).with_name("shapes.md")


class Simple(Host):
    """seen.wsgi behind the standard library's server, which answers one request a connection."""

    name = "simple"

    def version(self):
        return "1"

    def start(self, directory: Path):
        namespace: dict = {}
        exec(compile(SCRIPT.read_text(), SCRIPT, "exec"), namespace)
        self.server = wsgiref.simple_server.make_server(
            "127.0.0.1", 0, namespace["application"], handler_class=Upstream
        )
        self.port = self.server.server_port
        self.serving = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.serving.start()
        return self

    def wait_until_ready(self):
        pass

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.serving.join()


class Absent(Host):
    name = "absent"

    def version(self):
        return None


def shape(name: str) -> dict:
    return next(s for s in SHAPES if s["name"] == name)


class Statuses(unittest.TestCase):
    def test_are_read_one_after_the_other(self):
        received = (
            b"HTTP/1.1 100 Continue\r\n\r\n"
            b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"
            b"HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"
            b"HTTP/1.0 400 Bad Request\r\n\r\nHTTP/1.1 200 a body"
        )
        self.assertEqual(statuses_of(received), (100, 200, 404, 400))

    def test_of_bytes_that_are_no_answer_are_0(self):
        self.assertEqual(statuses_of(b"seen\n"), (0,))
        self.assertEqual(statuses_of(b""), ())


class Cells(unittest.TestCase):
    def test_say_what_became_of_the_shape_and_of_what_is_behind_it(self):
        cells = {
            "400": Outcome((400,), (), True),
            "400, **waits**": Outcome((400,), (), False),
            "200, `GET / []`": Outcome((200, 200), ("GET / []", NEXT_SEEN), True),
            "200, `GET / []`, next is not read": Outcome((200,), ("GET / []",), True),
            "404, **next is read**": Outcome((404, 200), (NEXT_SEEN,), True),
        }
        for cell, outcome in cells.items():
            self.assertEqual(cell_of(outcome, False), cell)
        self.assertEqual(cell_of(Outcome((), (), True), True), "nothing")

    def test_shorten_what_is_long_and_keep_the_table_whole(self):
        seen = "GET / [" + "x" * 99 + "|`]"
        self.assertEqual(
            cell_of(Outcome((200,), (seen,), True), True), "200, `GET / [x…(99)\\|']`"
        )


class Comparing(unittest.TestCase):
    def test_asks_a_host_and_passes_over_one_that_is_not_here(self):
        shapes = [shape("LengthOnGet"), shape("TargetEscapedLineEnd")]
        lines = compare_shapes.compare([Absent(), Simple()], shapes).splitlines()
        self.assertIn("| shape | section | simple 1 |", lines)
        self.assertIn("`GET /shape [hello]`, next is not read", lines[-2])
        self.assertIn("GET /sha\\r\\npe []", lines[-1])

    def test_without_any_host_makes_no_table(self):
        self.assertEqual(compare_shapes.compare([Absent()], SHAPES[:1]), "")

    def test_ends_a_host_that_does_not_start(self):
        with tempfile.TemporaryDirectory() as directory:
            engine = Engine(Path("/bin/false")).start(Path(directory))
            with self.assertRaises(Exception):
                with engine:
                    self.fail("it is not ready")
            self.assertIsNotNone(engine.process.poll())


class Table(unittest.TestCase):
    """The table that is kept: of these shapes, and with what the checks hold the engine to."""

    def setUp(self):
        lines = TABLE.read_text().splitlines()
        self.head = next(line for line in lines if line.startswith("| shape |"))
        self.rows = [line for line in lines[lines.index(self.head) + 2 :] if line]

    def test_has_all_three_hosts_with_their_versions(self):
        names = [Apache.name, Nginx.name, Engine.name]
        pattern = r" \| ".join(rf"{name} [\w .+:~-]*\d[\w .+:~-]*" for name in names)
        self.assertRegex(self.head, rf"^\| shape \| section \| {pattern} \|$")

    def test_has_the_shapes_and_our_answers(self):
        outcomes = [
            Outcome(tuple(s["ours"]["answers"]), tuple(s["ours"]["seen"]), True) for s in SHAPES
        ]
        made = table_of(SHAPES, {"wsgilab": "0"}, {"wsgilab": outcomes}).splitlines()
        expected = [re.split(r" (?<!\\)\| ", row) for row in made[-len(SHAPES) :]]
        kept = [re.split(r" (?<!\\)\| ", row) for row in self.rows]
        self.assertEqual([r[:2] + r[-1:] for r in kept], [r[:2] + r[-1:] for r in expected])


class SeenScript(unittest.TestCase):
    """seen.wsgi tells a request of the check that runs from one of the check before that ends late."""

    def setUp(self):
        self.application = runpy.run_path(str(SCRIPT))["application"]

    def ask(self, path: str, body: io.BytesIO | None = None) -> str:
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "wsgi.input": body or io.BytesIO()}
        if body:
            environ["CONTENT_LENGTH"] = "5"
        return b"".join(self.application(environ, lambda status, headers: None)).decode()

    def test_forgets_what_it_has_said(self):
        self.ask("/a")
        self.assertEqual(self.ask("/seen"), "GET /a []\n")
        self.assertEqual(self.ask("/seen"), "")

    def test_says_at_the_beginning_what_nobody_has_asked_for(self):
        self.ask("/a")
        self.assertEqual(self.ask("/begin"), "GET /a []\n")
        self.assertEqual(self.ask("/seen"), "")

    def test_what_ends_behind_the_next_beginning_is_of_before(self):
        test = self

        class LateBody(io.BytesIO):
            def read(self, *size):
                test.ask("/begin")
                return super().read(*size)

        self.ask("/a", LateBody(b"hello"))
        self.ask("/b")
        self.assertEqual(self.ask("/seen"), "of before: GET /a [hello]\nGET /b []\n")


if __name__ == "__main__":
    unittest.main()
