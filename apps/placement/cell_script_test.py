"""Run with any Python of the matrix: python cell_script_test.py"""

import json
import os
import sys
import tempfile
import textwrap
import threading
import time
import unittest
from pathlib import Path

TEMPLATE = Path(__file__).with_name("cell_script.py.in")
KEYS = """script pid ppid uid gid process_started python_version sys_prefix sys_executable sys_path
    cwd process_group application_group callable_object interpreter_id main_interpreter_id gil gil_before_import
    thread_ident thread_name import_started import_finished import_seconds import_thread_name
    import_on_main_thread load_count loaded_modules wsgi_multithread wsgi_multiprocess""".split()
REAL = """
    import sys
    ANSWER = [b"the real one"]
    calls = []
    path_at_import = list(sys.path)
    def app(environ, start_response):
        calls.append((environ, start_response))
        return ANSWER
"""


def subinterpreters():
    """The module that makes sub-interpreters, or None."""
    for name in ("_interpreters", "_xxsubinterpreters"):
        try:
            return __import__(name)
        except ImportError:
            pass
    return None


class CellScript(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.write(REAL)

    def write(self, source):
        self.script = self.folder / "it's a script.wsgi"
        self.script.write_text(textwrap.dedent(source), encoding="utf-8")

    def cell(self, callable_name="app"):
        text = TEMPLATE.read_text(encoding="utf-8").replace("@SCRIPT@", repr(str(self.script)))
        return text.replace("@CALLABLE@", repr(callable_name)).replace("@DATABASES@", "{}")

    def load(self, callable_name="app"):
        space = {"__name__": "cell"}
        exec(compile(self.cell(callable_name), "cell_script.py", "exec"), space)
        return space["application"]

    def real_module(self):
        [module] = [m for n, m in sys.modules.items() if getattr(m, "ANSWER", None)]
        return module

    def placement(self, application, **environ):
        answered = []
        body = application(
            {"PATH_INFO": "/.wsgilab/placement", **environ},
            lambda status, headers: answered.append((status, dict(headers))),
        )
        self.assertEqual(answered[0][0], "200 OK")
        self.assertEqual(int(answered[0][1]["Content-Length"]), len(b"".join(body)))
        return json.loads(b"".join(body))

    def told(self, application, name):
        body = application({"PATH_INFO": "/.wsgilab/" + name}, lambda status, headers: None)
        return json.loads(b"".join(body))

    def at_once(self, application, requests, wanted):
        """What each of so many requests is told, on as many threads."""
        told = []

        def ask():
            environ = {"PATH_INFO": "/.wsgilab/at-once", "QUERY_STRING": str(wanted)}
            body = application(environ, lambda status, headers: None)
            told.append(json.loads(b"".join(body)))

        threads = [threading.Thread(target=ask) for _ in range(requests)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return told

    def test_times_the_requests_that_ask_for_it(self):
        application = self.load()
        self.assertEqual(self.told(application, "timed"), {"requests": 0, "seconds": 0.0})
        environ = {"PATH_INFO": "/", "HTTP_X_WSGILAB_TIMED": "1"}
        self.assertEqual(list(application(environ, None)), [b"the real one"])
        self.assertEqual(list(application({"PATH_INFO": "/"}, None)), [b"the real one"])
        timed = self.told(application, "timed")
        self.assertEqual(timed["requests"], 1)
        self.assertGreater(timed["seconds"], 0)

    def test_names_what_is_imported(self):
        names = self.told(self.load(), "imported")["modules"]
        self.assertIn("unittest", names)
        self.assertNotIn("sys", names)  # built in

    def test_counts_requests_that_are_there_at_the_same_time(self):
        told = self.at_once(self.load(), requests=4, wanted=4)
        self.assertEqual({answer["at_once"] for answer in told}, {4})
        self.assertEqual({answer["pid"] for answer in told}, {os.getpid()})

    def test_fewer_than_wanted_wait_once_for_half_a_second(self):
        application, began = self.load(), time.monotonic()
        for _ in range(5):
            [answer] = self.at_once(application, requests=1, wanted=3)
            self.assertEqual(answer["at_once"], 1)
        took = time.monotonic() - began
        self.assertGreater(took, 0.5)
        self.assertLess(took, 2.5)

    def ask(self, application, path="/x", **environ):
        """Status, headers and body of one request."""
        told = []
        body = application(
            {"PATH_INFO": path, **environ}, lambda status, headers: told.append((status, headers))
        )
        return told, b"".join(body)

    def test_tells_a_request_that_asks_which_process_answers(self):
        self.write("""
            ANSWER = [b"x"]
            def app(environ, start_response):
                start_response("200 OK", [("A", "b")])
                return ANSWER
        """)
        application = self.load()
        for number in (1, 2):
            [(_, headers)], _ = self.ask(application, HTTP_X_WSGILAB_WORKER="tell")
            self.assertEqual(
                headers, [("A", "b"), ("X-Wsgilab-Worker", f"{os.getpid()} {number}")]
            )
        [(_, headers)], _ = self.ask(application)
        self.assertEqual(headers, [("A", "b")])

    def test_telling_hands_on_whatever_start_response_was_given(self):
        self.write("""
            ANSWER = []
            def app(environ, start_response):
                start_response("500 No", [], exc_info=(1, 2, 3))("early")
                return ANSWER
        """)
        told, written = [], []

        def start(*args, **named):
            told.append((args, named))
            return written.append

        self.load()({"HTTP_X_WSGILAB_WORKER": "tell"}, start)
        [(args, named)] = told
        self.assertEqual(args[0], "500 No")
        self.assertEqual(named, {"exc_info": (1, 2, 3)})
        self.assertEqual(written, ["early"])

    def test_stays_as_long_as_it_is_told(self):
        self.write("""
            ANSWER = []
            def app(environ, start_response):
                return ANSWER
        """)
        began = time.monotonic()
        self.ask(self.load(), HTTP_X_WSGILAB_WORKER="stay=0.03")
        self.assertGreaterEqual(time.monotonic() - began, 0.03)

    def test_names_what_was_imported_since_the_script(self):
        for name in ("colorsys", "nturl2path"):
            self.assertNotIn(name, sys.modules)
        self.write("""
            import colorsys
            ANSWER = []
            def app(environ, start_response):
                import nturl2path
                return ANSWER
        """)
        application = self.load()
        first = json.loads(self.ask(application, "/.wsgilab/modules")[1])
        self.assertEqual(first["pid"], os.getpid())
        self.assertEqual(first["since"], [])
        self.assertGreaterEqual(first["by_script"], 1)
        self.ask(application)
        second = json.loads(self.ask(application, "/.wsgilab/modules")[1])
        self.assertEqual(second["since"], ["nturl2path"])
        self.assertEqual(second["before_script"], first["before_script"])
        del sys.modules["colorsys"], sys.modules["nturl2path"]

    def test_writes_json_as_json_does_and_does_not_import_it(self):
        space = {"__name__": "cell"}
        exec(compile(self.cell(), "cell_script.py", "exec"), space)
        for value in (None, True, 3, -2.5, 'q"\\\n\u00e9\U0001f600\udc80', [1, ["a"]], {"a": {"b": []}}, ()):
            self.assertEqual(json.loads(space["_json"](value)), json.loads(json.dumps(value)))
        self.assertNotIn("import json", TEMPLATE.read_text(encoding="utf-8"))

    def test_passes_requests_through_untouched(self):
        application, environ, start = self.load(), {"PATH_INFO": "/x"}, object()
        self.assertIs(application(environ, start), self.real_module().ANSWER)
        [(seen_environ, seen_start)] = self.real_module().calls
        self.assertIs(seen_environ, environ)
        self.assertIs(seen_start, start)

    def test_gives_a_token_back(self):
        application, started = self.load(), []
        application(
            {"PATH_INFO": "/x", "HTTP_X_WSGILAB_CANARY": "wlab1"}, lambda *all: started.append(all) or "write"
        )
        [(_, start)] = self.real_module().calls
        headers = [("A", "b")]
        self.assertEqual(start("200 OK", headers), "write")
        self.assertEqual(start("500 Oh", headers, "exc_info"), "write")
        given_back = [("A", "b"), ("X-Wsgilab-Canary", "wlab1")]
        self.assertEqual(started, [("200 OK", given_back), ("500 Oh", given_back, "exc_info")])
        self.assertEqual(headers, [("A", "b")])

    def test_passes_requests_without_path_through(self):
        self.assertIs(self.load()({}, None), self.real_module().ANSWER)

    def test_says_where_it_runs(self):
        before = time.time()
        found = self.placement(self.load(), **{"mod_wsgi.process_group": "group"})
        self.assertEqual(sorted(found), sorted(KEYS))
        self.assertEqual(found["pid"], os.getpid())
        self.assertEqual(found["process_group"], "group")
        self.assertIsNone(found["application_group"])
        self.assertIn(found["interpreter_id"], (0, None))
        self.assertEqual(found["interpreter_id"], found["main_interpreter_id"])
        self.assertTrue(found["import_on_main_thread"])
        self.assertEqual(found["thread_name"], "MainThread")
        self.assertLess(found["process_started"], before)
        self.assertLess(before - found["process_started"], 60)
        self.assertLessEqual(before, found["import_started"])
        self.assertLessEqual(found["import_started"], found["import_finished"])

    def test_tells_the_thread_that_imported_from_the_one_that_answers(self):
        loaded = []
        thread = threading.Thread(target=lambda: loaded.append(self.load()), name="loader")
        thread.start()
        thread.join()
        found = self.placement(loaded[0])
        self.assertFalse(found["import_on_main_thread"])
        self.assertEqual(found["import_thread_name"], "loader")
        self.assertEqual(found["thread_name"], "MainThread")

    def test_counts_loads(self):
        self.assertEqual([self.placement(self.load())["load_count"] for _ in range(3)], [1, 2, 3])

    def test_leaves_the_path_and_the_modules_alone(self):
        path, modules = list(sys.path), set(sys.modules)
        self.load()
        self.assertEqual(sys.path, path)
        self.assertEqual(self.real_module().path_at_import, path)
        new = set(sys.modules) - modules
        self.assertTrue(all(name.startswith("_wsgilab_") for name in new), new)

    def test_failing_script_leaves_no_module(self):
        self.write("ANSWER = 1\nraise SystemExit('as the script wishes')")
        with self.assertRaisesRegex(SystemExit, "as the script wishes"):
            self.load()
        self.assertFalse([n for n in sys.modules if n.startswith("_wsgilab_script")])

    def test_script_without_the_callable_is_refused(self):
        with self.assertRaisesRegex(AttributeError, "absent"):
            self.load("absent")

    @unittest.skipUnless(subinterpreters(), "no module makes sub-interpreters here")
    def test_says_so_in_a_sub_interpreter(self):
        made = subinterpreters()
        answer = self.folder / "answer.json"
        ask = (
            "\nbody = application({'PATH_INFO': PLACEMENT_PATH}, lambda *ignored: None)"
            f"\nopen({str(answer)!r}, 'wb').write(b''.join(body))\n"
        )
        interpreter = made.create()
        try:
            failure = made.run_string(interpreter, self.cell() + ask)
        finally:
            made.destroy(interpreter)
        self.assertIsNone(failure)
        found = json.loads(answer.read_bytes())
        self.assertEqual(found["interpreter_id"], int(interpreter))
        self.assertEqual(found["main_interpreter_id"], 0)
        gil = {11: "shared", 12: None}  # of what create() makes here; later Pythons: its own
        self.assertEqual(found["gil"], gil.get(sys.version_info.minor, "own"))

    def tearDown(self):
        for name in [n for n in sys.modules if n.startswith("_wsgilab_")]:
            del sys.modules[name]


if __name__ == "__main__":
    unittest.main()
