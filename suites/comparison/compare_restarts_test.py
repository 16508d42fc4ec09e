#!/usr/bin/env python3
"""Tests of the clients with a schedule, and of restarting, with servers of this file."""

import http.server
import sys
import threading
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import compare_restarts  # noqa: E402
import running  # noqa: E402
import servers  # noqa: E402
from open_loop import OpenLoop  # noqa: E402

PATIENCE = 20


class Scripted(http.server.BaseHTTPRequestHandler):
    """Does with each request what `plan` says next; the last word of it is said for ever."""

    protocol_version = "HTTP/1.1"
    plan: list[str] = []
    lock = threading.Lock()

    def do_GET(self):
        with self.lock:
            what = self.plan.pop(0) if len(self.plan) > 1 else self.plan[0]
        if what == "cut":
            self.close_connection = True
            return
        self.send_response(500 if what == "fail" else 200)
        self.send_header("Content-Length", "2")
        if what == "last":
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"ok")
        self.close_connection = what == "last"

    def log_message(self, *ignored):
        pass


class Clients(unittest.TestCase):
    def told_of(self, plan: list[str], answers: int):
        Scripted.plan = list(plan)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Scripted)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            with OpenLoop(server.server_address[:2], rate=200, clients=1) as loop:
                came = loop.wait_until(lambda: loop.told.answered >= answers, PATIENCE)
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
        self.assertTrue(came)
        return loop.told

    def test_lose_nothing_of_a_server_that_answers(self):
        self.assertEqual(self.told_of(["ok"], 5).losses.total(), 0)

    def test_lose_nothing_where_a_connection_is_said_to_be_closed(self):
        self.assertEqual(self.told_of(["ok", "last", "ok", "last", "ok"], 6).losses.total(), 0)

    def test_count_what_is_cut_and_what_fails(self):
        told = self.told_of(["ok", "cut", "ok", "fail", "ok"], 4)
        self.assertEqual(dict(told.losses), {"RemoteDisconnected": 1, "status 500": 1})

    def test_count_a_refused_connection(self):
        port = running.free_port()
        with OpenLoop(("127.0.0.1", port), rate=100, clients=1) as loop:
            loop.wait_until(lambda: loop.told.losses, PATIENCE)
        self.assertEqual(set(loop.told.losses), {"refused"})


class LooksAtItsScript(servers.Server):
    """Begins anew when its script is touched, without losing anything; answers the time of the change."""

    name = "looks"

    def version(self):
        return "1"

    def command(self, site):
        program = f"""
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def do_GET(self):
        body = str(os.stat({str(site.script)!r}).st_mtime_ns).encode()
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *ignored):
        pass
http.server.ThreadingHTTPServer(('127.0.0.1', {site.port}), Handler).serve_forever()
"""
        return [sys.executable, "-c", program]


class Restarts(unittest.TestCase):
    def setUp(self):
        self.longest = compare_restarts.LONGEST_RESTART
        self.between = compare_restarts.ANSWERS_BETWEEN
        compare_restarts.ANSWERS_BETWEEN = 3

    def tearDown(self):
        compare_restarts.LONGEST_RESTART = self.longest
        compare_restarts.ANSWERS_BETWEEN = self.between

    def test_are_counted_when_new_code_has_answered(self):
        way = compare_restarts.Way(LooksAtItsScript(), "touch", compare_restarts.by_touch)
        found = compare_restarts.compare(way, restarts=3)
        self.assertEqual(found.problem, "")
        self.assertEqual((found.restarts, found.lost), (3, 0))
        self.assertGreater(found.answered, 3)
        self.assertIn("3 restarts", compare_restarts.line_of(way, found))

    def test_of_a_server_that_does_not_are_told(self):
        compare_restarts.LONGEST_RESTART = 1
        way = compare_restarts.Way(LooksAtItsScript(), "nothing", lambda pid, script: None)
        found = compare_restarts.compare(way, restarts=3)
        self.assertEqual(found.restarts, 0)
        self.assertIn("no new code answered", found.problem)


if __name__ == "__main__":
    unittest.main()
