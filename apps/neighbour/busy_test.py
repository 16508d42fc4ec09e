"""Run with any Python of the matrix: python busy_test.py"""

import threading
import time
import types
import unittest
from pathlib import Path

SCRIPT = Path(__file__).with_name("busy.wsgi")


def load():
    module = types.ModuleType("busy")
    exec(compile(SCRIPT.read_text(encoding="utf-8"), str(SCRIPT), "exec"), module.__dict__)
    return module


class Busy(unittest.TestCase):
    def setUp(self):
        self.busy = load()

    def ask(self, path):
        began = time.monotonic()
        body = self.busy.application({"PATH_INFO": path}, lambda status, headers: None)
        return b"".join(body), time.monotonic() - began

    def longest_silence(self, path):
        """How long another thread, which wants to run all the time, could not at most."""
        instants, over = [], threading.Event()

        def watch():
            while not over.is_set():
                instants.append(time.monotonic())

        watcher = threading.Thread(target=watch)
        watcher.start()
        for _ in range(3):
            self.ask(path)
        over.set()
        watcher.join()
        return max(after - before for before, after in zip(instants, instants[1:]))

    def test_every_kind_takes_about_its_span(self):
        for path in self.busy.WORK:
            body, took = self.ask(path)
            self.assertEqual(body, b"done\n")
            self.assertGreater(took, self.busy.SPAN / 4, path)

    def test_another_path_does_nothing(self):
        body, took = self.ask("/")
        self.assertEqual(body, b"idle\n")

    def test_only_what_holds_the_gil_silences_other_threads_for_as_long_as_it_takes(self):
        if not getattr(__import__("sys"), "_is_gil_enabled", lambda: True)():
            self.skipTest("there is no GIL here")
        held = self.longest_silence("/gil")
        burned = min(self.longest_silence("/cpu") for _ in range(5))
        self.assertGreater(held, self.busy.SPAN / 2)
        self.assertLess(burned, held)


if __name__ == "__main__":
    unittest.main()
