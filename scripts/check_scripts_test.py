#!/usr/bin/python3
"""The check scripts notice what they are there to notice: each is shown a house with one fault."""

import contextlib
import io
import json
import subprocess
import sys
import tempfile
import textwrap
import unittest
from pathlib import Path

import check_docs
import check_errors
import check_layers
import check_presets
import check_rooms
import failed_tests

sys.path.insert(0, str(Path(__file__).with_name("cmake")))
import discover_tests  # noqa: E402

HEADER = """\
    #pragma once
    // Thing: what it is.

    namespace {namespace} {{
    struct Thing {{}};
    }}  // namespace {namespace}
    """


class House(unittest.TestCase):
    """A small house without a fault, in a temporary folder."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wsgilab-house.")
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.write(
            "scripts/layers.toml",
            """\
            [rooms]
            "hosts/base" = []
            "hosts/python" = ["hosts/base"]
            "hosts/serving" = ["hosts/base"]
            "harness/golden" = []
            "harness/launch" = ["hosts/base"]
            [tests]
            "harness/*" = ["harness/golden"]
            [headers]
            "Python.h" = ["hosts/python/python.h"]
            [python]
            rooms = ["hosts/python"]
            """,
        )
        self.write("scripts/rooms.toml", "[large_files]\n[calls]\n[namespaces]\n")
        self.write("hosts/base/thing.h", HEADER.format(namespace="hosts::base"))
        self.write("hosts/README.md", "Rooms: `base/`. [ground](base/thing.h), [here](#life)\n\n# Life\n")

    def write(self, name: str, text: str):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")

    def change_table(self, old: str, new: str):
        path = self.root / "scripts" / "layers.toml"
        text = path.read_text(encoding="utf-8")
        self.assertIn(old, text)
        path.write_text(text.replace(old, new), encoding="utf-8")


class Errors(House):
    def setUp(self):
        super().setUp()
        self.write("hosts/language/files.cpp", 'return Refuse(word, "{} is no {}: "\n "write {{a}}", x, Y("b"));\n')

    def test_one_that_no_test_sees_is_named(self):
        self.write("hosts/language/files_test.cpp", 'EXPECT_EQ(x, "f is no file: write a");\n')
        self.assertEqual(
            check_errors.check(self.root),
            ["hosts/language/files.cpp:1: no test sees the error: {} is no {}: write {{a}}"],
        )

    def test_a_string_of_a_test_or_a_golden_file_shows_it(self):
        self.write("hosts/language/files_test.cpp", 'EXPECT_EQ(x, path + " is no " + kind + "file: write {a}");\n')
        self.assertEqual(check_errors.check(self.root), [])
        self.write("hosts/language/files_test.cpp", "")
        self.write("hosts/testdata/1.expect", "error: 1.conf:1:1: f is no file: write {a}\n")
        self.assertEqual(check_errors.check(self.root), [])

    def test_what_passes_on_the_text_of_another_is_not_asked_for(self):
        self.write("hosts/language/files.cpp", 'return Refuse(word, "{}: {}", x, error.message);\n')
        self.assertEqual(check_errors.check(self.root), [])


class Layers(House):
    def test_a_house_in_order_has_no_problem(self):
        self.write("harness/launch/plan.cpp", '#include "hosts/base/thing.h"\n#include <vector>\n')
        self.assertEqual(check_layers.check(self.root), [])

    def test_an_include_against_the_arrows_is_named_with_file_and_line(self):
        self.write("harness/launch/plan.h", "")
        self.write("hosts/base/late.cpp", '\n# include "harness/launch/plan.h"\n')
        self.assertEqual(
            check_layers.check(self.root),
            ["hosts/base/late.cpp:2: hosts/base may not use harness/launch (scripts/layers.toml)"],
        )

    def test_angle_brackets_hide_nothing(self):
        self.write("hosts/base/late.cpp", "#include <harness/launch/plan.h>\n")
        self.assertIn("may not use harness/launch", check_layers.check(self.root)[0])

    def test_python_enters_through_one_header(self):
        self.write("hosts/python/python.h", "#include <Python.h>\n")
        self.write("hosts/serving/listener.cpp", "#include <Python.h>\n")
        (problem,) = check_layers.check(self.root)
        self.assertTrue(problem.startswith("hosts/serving/listener.cpp:1: <Python.h>"), problem)

    def test_the_table_cannot_lead_python_out_of_hosts(self):
        self.change_table('"harness/launch" = ["hosts/base"]', '"harness/launch" = ["hosts/python"]')
        (problem,) = check_layers.check(self.root)
        self.assertIn("outside hosts/ and may not use hosts/python", problem)

    def test_a_new_room_must_be_entered_in_the_table(self):
        self.write("hosts/misc/everything.h", "")
        (problem,) = check_layers.check(self.root)
        self.assertIn("the room hosts/misc is not in scripts/layers.toml", problem)

    def test_a_file_outside_any_room_is_a_problem(self):
        self.write("hosts/everything.h", "")
        self.assertIn("lies in no room", check_layers.check(self.root)[0])

    def test_an_include_without_its_room_is_a_problem(self):
        self.write("hosts/base/other.cpp", '#include "thing.h"\n')
        self.assertIn("from the root", check_layers.check(self.root)[0])

    def test_headers_that_include_each_other_are_a_problem(self):
        self.write("hosts/base/a.h", '#include "hosts/base/b.h"\n')
        self.write("hosts/base/b.h", '#include "hosts/base/a.h"\n')
        (problem,) = check_layers.check(self.root)
        self.assertIn("hosts/base/a.h -> hosts/base/b.h -> hosts/base/a.h", problem)

    def test_rooms_that_go_in_a_circle_are_a_problem(self):
        self.change_table('"hosts/base" = []', '"hosts/base" = ["hosts/serving"]')
        self.assertIn("circle", check_layers.check(self.root)[0])

    def test_only_tests_may_use_what_is_there_for_tests(self):
        self.write("harness/launch/plan_test.cpp", '#include "harness/golden/golden.h"\n')
        self.assertEqual(check_layers.check(self.root), [])
        self.write("harness/launch/plan.cpp", '#include "harness/golden/golden.h"\n')
        self.assertIn("may not use harness/golden", check_layers.check(self.root)[0])


class Rooms(House):
    def problem_of(self, name: str, text: str) -> str:
        self.write(name, text)
        (problem,) = check_rooms.check(self.root)
        return problem

    def in_base(self, body: str) -> str:
        return f"namespace hosts::base {{\n{body}\n}}\n"

    def test_a_house_in_order_has_no_problem(self):
        self.assertEqual(check_rooms.check(self.root), [])

    def git(self, *words: str):
        subprocess.run(["git", "-C", self.root, *words], check=True, stdout=subprocess.DEVNULL)

    # The log of a server that was tried out had been committed with everything else.
    def test_what_does_not_belong_at_the_top_is_a_problem(self):
        self.git("init", "--quiet")
        self.write("README.md", "")
        self.write(".gitignore", "")
        self.git("add", "--all")
        self.write("server.log", "")
        self.write("out/run.jsonl", "")
        self.assertEqual(check_rooms.check(self.root), [], "nobody has given them to git")
        self.git("add", "--all")
        problems = check_rooms.check(self.root)
        self.assertEqual([problem.split(":")[0] for problem in problems], ["out", "server.log"])

    def test_a_checkout_that_git_cannot_read_is_a_problem(self):
        self.write(".git", "gitdir: nowhere\n")
        self.assertTrue(check_rooms.check(self.root)[0].startswith(".git: "))

    def test_a_header_begins_with_pragma_once_and_a_sentence(self):
        text = textwrap.dedent(HEADER.format(namespace="hosts::base"))
        self.assertIn("pragma", self.problem_of("hosts/base/thing.h", "\n" + text))
        without_sentence = text.replace("// Thing: what it is.\n", "")
        self.assertIn("comment", self.problem_of("hosts/base/thing.h", without_sentence))

    def test_the_namespace_is_the_path(self):
        problem = self.problem_of(
            "hosts/base/other.cpp", self.in_base("") + "namespace hosts::ground {\n}\n"
        )
        self.assertEqual(
            problem, "hosts/base/other.cpp:4: namespace hosts::ground in a file of hosts::base"
        )

    def test_code_without_a_namespace_is_a_problem(self):
        self.assertIn("has no namespace", self.problem_of("hosts/base/other.cpp", "int one = 1;\n"))

    def test_banned_calls_are_found_in_code(self):
        for name, call in {
            "hosts/base/one.cpp": "void F() { Py_DECREF(x); }",
            "hosts/base/two.cpp": "void F() { auto s = PyGILState_Ensure(); }",
            "hosts/base/three.cpp": "int F() { return ::fork(); }",
            "hosts/base/four.cpp": 'void F() { std::system("ls"); }',
            "hosts/base/five_test.cpp": "void F() { std::this_thread::sleep_for(s); }",
        }.items():
            with self.subTest(call=call):
                self.assertIn(f"{name}:2: ", self.problem_of(name, self.in_base(call)))
                (self.root / name).unlink()

    def test_banned_calls_are_not_found_in_words(self):
        words = '// fork() is the supervisor\'s\nauto text = R"(Py_DECREF(x); fork())"; auto n = 1\'000;'
        self.write("hosts/base/one.cpp", self.in_base(words + '\nauto u = "fork()";'))
        self.assertEqual(check_rooms.check(self.root), [])

    def test_an_exception_needs_a_reason_and_a_use(self):
        self.write("hosts/base/two.cpp", self.in_base("int F() { return fork(); }"))
        reason = '[large_files]\n[namespaces]\n[calls]\nfork = {"hosts/base/two.cpp" = "why"}\n'
        self.write("scripts/rooms.toml", reason)
        self.assertEqual(check_rooms.check(self.root), [])
        (self.root / "hosts/base/two.cpp").unlink()
        self.assertIn("needs no exception", check_rooms.check(self.root)[0])

    def test_a_file_beyond_the_limit_is_a_problem(self):
        problem = self.problem_of("hosts/base/long.cpp", self.in_base("int x();\n" * 501))
        self.assertIn("more than 500", problem)


class Docs(House):
    def test_a_house_in_order_has_no_problem(self):
        self.assertEqual(check_docs.check(self.root), [])

    def test_a_link_to_nowhere_is_a_problem(self):
        self.write("README.md", "See\n[the engine](hosts/READ.md) and [this](https://example.org/).\n")
        self.assertEqual(
            check_docs.check(self.root), ["README.md:2: hosts/READ.md does not exist"]
        )

    def test_a_section_that_is_not_there_is_a_problem(self):
        self.write("README.md", "[life](hosts/README.md#life) [death](hosts/README.md#death)\n")
        (problem,) = check_docs.check(self.root)
        self.assertIn("no section #death", problem)

    def test_a_link_in_a_code_block_is_no_link(self):
        self.write("README.md", "```\n[x](nowhere)\n```\nand `[y](nowhere)`\n")
        self.assertEqual(check_docs.check(self.root), [])

    def test_a_room_that_its_folder_does_not_name_is_a_problem(self):
        self.write("hosts/serving/listener.h", "")
        self.assertEqual(
            check_docs.check(self.root), ["hosts/README.md: does not name the room serving/"]
        )

    def test_holds_event_codes_and_their_rows_together(self):
        table = "hosts/events/table.cpp"
        rows = '{.code = "H0101", .level = "error"},\n{.code = "H0102", .level = "warning, info"},\n'
        self.write("hosts/README.md", "Rooms: `base/`, `wsgi/`, `events/`.\n")
        self.write(table, rows)
        self.write("hosts/base/log.cpp", 'Log(LogLevel::Error, "H0101");\n')
        self.assertEqual(check_docs.check(self.root), [f"{table}:2: nothing logs H0102"])
        self.write("hosts/base/log.cpp", 'Log(LogLevel::Error, "H0101");\nLog(x, "H0102");\nLog(x, "H0103");\n')
        self.assertEqual(check_docs.check(self.root), [f"hosts/base/log.cpp:3: H0103 is not in {table}"])
        self.write("hosts/wsgi/log_test.cpp", 'Log(LogLevel::Error, "H0999");\n')
        self.write("hosts/base/log.cpp", 'Log(LogLevel::Info, "H0101");\nLog(LogLevel::Info,\n "H0102");\n')
        self.assertEqual(
            check_docs.check(self.root), [f"hosts/base/log.cpp:1: H0101 is logged as info, and its row in {table} says error"]
        )
        self.write("hosts/base/log.cpp", 'Log(LogLevel::Error, "H0101");\nLog(LogLevel::Info, "H0102");\n')
        self.write(table, rows + '{.code = "H0102", .level = "info"},\n')
        self.assertEqual(check_docs.check(self.root), [f"{table}:3: H0102 has a row already, in {table}:2"])


class Presets(House):
    NAMES = [f"checks.Suite/Rows.{place}" for place in ("embedded_main", "embedded_sub", "embedded_two_subs")] + [
        "checks.Isolation/Probe.embedded_sub",
        "checks.Suite/Rows.WithoutAPlace",
        "hosts_base.ATest.Is",
    ]

    def problems_without(self, asan: str, tsan: str) -> list[str]:
        presets = [
            {
                "name": name,
                "filter": {
                    "include": {"name": "^checks[.]"},
                    "exclude": {"name": f"Isolation/Probe|[.]({places})([.]|$)"},
                },
            }
            for name, places in (("asan-checks", asan), ("tsan-checks", tsan), ("other", "embedded_main"))
        ]
        self.write("CMakePresets.json", json.dumps({"testPresets": presets}))
        return check_presets.check(self.root, self.NAMES)

    def test_places_that_are_divided_have_no_problem(self):
        self.assertEqual(self.problems_without("embedded_sub", "embedded_main|embedded_two_subs"), [])

    def test_a_place_that_both_leave_out_is_a_problem(self):
        (problem,) = self.problems_without("embedded_sub|embedded_two_subs", "embedded_main|embedded_two_subs")
        self.assertIn("checks.Suite/Rows.embedded_two_subs is left out by asan-checks and tsan-checks", problem)

    def test_a_preset_that_is_not_there_or_has_no_check_is_a_problem(self):
        self.write("CMakePresets.json", json.dumps({"testPresets": []}))
        self.assertEqual(len(check_presets.check(self.root, self.NAMES)), 2)
        self.assertIn("asan-checks has no check", self.problems_without("[a-zA-Z_]*", "none")[0])


class FailedTests(unittest.TestCase):
    def printed_for(self, cases: str) -> list[str]:
        with tempfile.NamedTemporaryFile("w", suffix=".xml") as results:
            results.write(f"<testsuite>{cases}</testsuite>")
            results.flush()
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                self.assertEqual(failed_tests.main("dev", results.name), 0)
        return printed.getvalue().splitlines()

    def test_names_what_failed_and_why(self):
        output = "[ RUN ] A.B\nlog of it\na_test.cpp:7: Failure\nExpected: 1\n[ FAILED ] A.B\n"
        self.assertEqual(
            self.printed_for(
                '<testcase name="room.A.B"><failure message=""/>'
                f"<system-out>{output}</system-out></testcase>"
                '<testcase name="room.A.C"><system-out>fine: Failure</system-out></testcase>'
            ),
            [
                "failed in dev: room.A.B",
                "    a_test.cpp:7: Failure",
                "    Expected: 1",
                "    [ FAILED ] A.B",
            ],
        )

    def test_shows_the_end_where_no_reason_is_told(self):
        printed = self.printed_for(
            '<testcase name="t"><failure/><system-out>'
            + "\n".join(f"line {n}" for n in range(40))
            + "</system-out></testcase>"
        )
        self.assertEqual(printed[-1], "    line 39")
        self.assertEqual(len(printed), 1 + failed_tests.MOST_LINES)

    BATCH = (
        "[ RUN      ] S/A.Row/x_embedded_main\n[       OK ] S/A.Row/x_embedded_main (3 ms)\n"
        "[ RUN      ] S/A.Row/y_embedded_main\nrow.cpp:7: Failure\nExpected: 1\n"
        "[  FAILED  ] S/A.Row/y_embedded_main, where GetParam() = (y, embedded_main) (4 ms)\n"
        "[ RUN      ] S/A.Row/z_embedded_main\ncheck.cpp:9: Skipped\n[  SKIPPED ] S/A.Row/z_embedded_main (0 ms)\n"
    )
    SUMMARY = (
        "[  PASSED  ] 1 test.\n[  FAILED  ] 1 test, listed below:\n"
        "[  FAILED  ] S/A.Row/y_embedded_main, where GetParam() = (y, embedded_main)\n"
    )

    def batch(self, output: str, verdict: str = "<failure/>") -> str:
        return f'<testcase name="checks.S/A.embedded_main">{verdict}<system-out>{output}</system-out></testcase>'

    def test_names_the_one_of_a_batch_that_failed(self):
        self.assertEqual(
            self.printed_for(self.batch(self.BATCH + self.SUMMARY)),
            [
                "failed in dev: checks.S/A.embedded_main: S/A.Row/y_embedded_main",
                "    row.cpp:7: Failure",
                "    Expected: 1",
                "    [  FAILED  ] S/A.Row/y_embedded_main, where GetParam() = (y, embedded_main) (4 ms)",
            ],
        )

    def test_names_the_one_of_a_batch_that_did_not_end(self):
        printed = self.printed_for(self.batch("[ RUN      ] S/A.Row/x_embedded_main\nSegmentation fault\n"))
        self.assertEqual(
            printed,
            [
                "failed in dev: checks.S/A.embedded_main: S/A.Row/x_embedded_main",
                "    Segmentation fault",
                "    It did not end.",
            ],
        )

    def test_shows_what_failed_when_all_of_a_batch_had_ended(self):
        output = (
            "[ RUN      ] S/A.Row/x_embedded_main\n[       OK ] S/A.Row/x_embedded_main (3 ms)\n"
            "[----------] Global test environment tear-down\ncheck.cpp:55: Failure\nthe host ended with exit code 3\n"
        )
        self.assertEqual(
            self.printed_for(self.batch(output)),
            [
                "failed in dev: checks.S/A.embedded_main",
                "    check.cpp:55: Failure",
                "    the host ended with exit code 3",
            ],
        )

    def counted_in(self, cases: str) -> str:
        with tempfile.NamedTemporaryFile("w", suffix=".xml") as results:
            results.write(f"<testsuite>{cases}</testsuite>")
            results.flush()
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                failed_tests.main("--count", results.name)
        return printed.getvalue().strip()

    def test_counts_what_a_batch_has_run(self):
        self.assertEqual(self.counted_in(self.batch(self.BATCH + self.SUMMARY)), "1 1 1")
        self.assertEqual(self.counted_in(self.batch(self.BATCH.replace("FAILED  ", "     OK "), "")), "2 0 1")

    def test_counts_what_failed_outside_of_its_tests(self):
        self.assertEqual(self.counted_in(self.batch("[       OK ] A.B (1 ms)\nSegmentation fault\n")), "1 1 0")

    def test_counts_tests_that_are_no_googletest(self):
        self.assertEqual(
            self.counted_in(
                '<testcase name="a"/><testcase name="b"><failure/></testcase>'
                '<testcase name="c" status="notrun"><skipped/></testcase>'
            ),
            "1 1 1",
        )

    def test_is_brief_when_everything_failed(self):
        printed = self.printed_for('<testcase name="t"><failure/></testcase>' * 500)
        self.assertEqual(len(printed), failed_tests.MOST_TESTS + 1)
        self.assertIn("492 more", printed[-1])

    def test_says_nothing_where_no_test_was_run(self):
        self.assertEqual(failed_tests.main("dev", "/nonexistent.xml"), 0)


class DiscoverTests(unittest.TestCase):
    LISTING = (
        "Rows.\n  One_embedded_main\n  One_daemon_sub  # GetParam() = (One, daemon_sub)\n  Two_embedded_main\n"
        "Other.\n  Alone\nRows/Typed.  # TypeParam = int\n  More\n"
    )

    def test_every_test_of_the_program_is_run_once(self):
        tests = discover_tests.tests_in(self.LISTING)
        names = sorted(f"{suite}.{name}" for suite, name in tests)
        self.assertEqual(len(names), 5)
        for batches in (None, ".", "^Rows$", "^Nothing$"):
            for size in (1, 2, 3, 100):
                for across_suites in (False, True):
                    ctests = discover_tests.ctests_of(tests, batches, size, across_suites)
                    self.assertEqual(sorted(name for ctest in ctests for name in ctest.tests), names)
                    self.assertEqual(len({ctest.name for ctest in ctests}), len(ctests))
                    self.assertLessEqual(max(len(ctest.tests) for ctest in ctests), size)

    def test_a_batch_has_the_tests_of_one_suite_and_place_in_their_order(self):
        ctests = discover_tests.ctests_of(discover_tests.tests_in(self.LISTING), "^Rows$", 9)
        self.assertEqual(
            {ctest.name: ctest.tests for ctest in ctests},
            {
                "Other.Alone": ("Other.Alone",),
                "Rows/Typed.More": ("Rows/Typed.More",),
                "Rows.embedded_main": ("Rows.One_embedded_main", "Rows.Two_embedded_main"),
                "Rows.daemon_sub": ("Rows.One_daemon_sub",),
            },
        )

    def test_batches_that_would_be_too_long_are_cut_into_equal_ones(self):
        self.assertEqual([len(part) for part in discover_tests.slices(["a"] * 7, 3)], [2, 2, 3])
        self.assertEqual(discover_tests.dealt(list("abcde"), 2), [("a", "d"), ("b", "e"), ("c",)])

    def test_only_a_test_alone_is_skipped_by_what_it_prints(self):
        ctests = discover_tests.ctests_of(discover_tests.tests_in(self.LISTING), "^Rows$", 9)
        alone, *_, batch = discover_tests.script_of(ctests, "/p", "checks.", ["LABELS=process"]).splitlines()[1:]
        self.assertIn("SKIP_REGULAR_EXPRESSION", alone)
        self.assertNotIn("SKIP_REGULAR_EXPRESSION", batch)
        self.assertIn("[==[LABELS]==] [==[process]==]", batch)


if __name__ == "__main__":
    unittest.main()
