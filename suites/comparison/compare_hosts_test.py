#!/usr/bin/env python3
"""Tests of all that needs no peer and no load tool."""

import http.client
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import applications  # noqa: E402
import compare_hosts  # noqa: E402
import running  # noqa: E402
import servers  # noqa: E402


class WsgirefServer(servers.Server):
    """Python's own: it is installed everywhere."""

    name = "wsgiref"

    def version(self):
        return "as Python"

    def command(self, site):
        program = (
            f"import sys; sys.path.insert(0, {str(servers.APPLICATIONS.parent)!r}); "
            "import applications; from wsgiref.simple_server import make_server; "
            f"make_server('127.0.0.1', {site.port}, applications.{site.callable}).serve_forever()"
        )
        return [sys.executable, "-c", program]


class Broken(servers.Server):
    name = "broken"

    def command(self, site):
        return [sys.executable, "-c", "raise SystemExit('broken on purpose')"]


def scenario(length=13, callable="hello"):
    return compare_hosts.Scenario("test", callable, 1, 1, length, "a test")


class Ratios(unittest.TestCase):
    def test_are_of_the_same_round(self):
        ours = compare_hosts.Rates([10.0, 40.0, 30.0])
        theirs = compare_hosts.Rates([5.0, 10.0, 10.0])
        self.assertEqual(
            compare_hosts.ratio(ours, theirs), {"median": 3.0, "least": 2.0, "greatest": 4.0}
        )

    def test_of_a_server_that_failed_are_of_the_rounds_before(self):
        ours = compare_hosts.Rates([10.0, 40.0])
        self.assertEqual(compare_hosts.ratio(ours, compare_hosts.Rates([5.0]))["median"], 2.0)
        self.assertIsNone(compare_hosts.ratio(ours, compare_hosts.Rates()))


class Started(unittest.TestCase):
    def test_answers_and_is_ended(self):
        with compare_hosts.started(WsgirefServer(), scenario()) as site:
            connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=5)
            connection.request("GET", "/")
            self.assertEqual(connection.getresponse().read(), b"Hello, world!")
            connection.close()
        self.assertIsNone(running.body_of(site))

    def test_that_does_not_start_says_what_it_said(self):
        with self.assertRaisesRegex(running.Failed, "broken on purpose"):
            with compare_hosts.started(Broken(), scenario()):
                pass

    def test_that_answers_something_else_is_noticed(self):
        with self.assertRaisesRegex(running.Failed, "13 bytes instead of 100000"):
            with compare_hosts.started(WsgirefServer(), scenario(length=100_000)):
                pass


class Scenarios(unittest.TestCase):
    def test_have_the_applications_that_they_name_and_their_length(self):
        for one in compare_hosts.SCENARIOS:
            application = getattr(applications, one.callable)
            body = application({}, lambda status, headers: None)
            self.assertEqual(sum(map(len, body)), one.length, one.name)


class Commands(unittest.TestCase):
    def test_bind_to_loopback_only(self):
        with tempfile.TemporaryDirectory() as folder:
            site = servers.Site("hello", 4242, 8, 1, Path(folder))
            for server in servers.every(Path("/bin/true")):
                if isinstance(server, servers.Gunicorn) and server.version() is None:
                    continue
                if isinstance(server, servers.Limit):  # takes a port alone: bare_loop.cpp
                    continue
                text = " ".join(server.command(site))
                for file in Path(folder).iterdir():
                    text += file.read_text()
                self.assertIn("127.0.0.1", text, server.name)
                self.assertIn("4242", text, server.name)


if __name__ == "__main__":
    unittest.main()
