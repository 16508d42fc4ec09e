#!/usr/bin/env python3
"""Tests of agreement.py and of seen_page.py, with rows, records and lists of checks of this file."""

import contextlib
import io
import json
import sys
import tempfile
import tomllib
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import agreement  # noqa: E402
import seen_page  # noqa: E402

SERVER = "mod_wsgi 4.9.4/py3.11"
STATE = "Isolation/Probe.AgreesWithTheOracle/"


def row(probe, mode, observed, detail="", **more):
    return {"probe": probe, "mode": mode, "server": SERVER, "observed": observed, "detail": detail, **more}


def check(name, observed, **more):
    return {"type": "check", "check": name, "outcome": "passed", "observed": observed, "expected": observed, "detail": "", **more}


# What was measured, and a check that has seen the same.
PLAYED_RIGHT = [
    (row("module_global", "M1", "shared", observed_cold="shared"), check(STATE + "module_global_embedded_main", "shared")),
    (row("module_global", "M3", "isolated"), check(STATE + "module_global_embedded_two_subs", "isolated")),
    (
        row("os_environ", "M3", "isolated", observed_cold="shared"),
        check(STATE + "os_environ_embedded_two_subs", "isolated", detail="x; C, first asked afterwards: shared (1); y"),
    ),
    (
        row("sigmask_t5", "M1", "shared", "B sees it in 3 of 8 requests (depends on the thread)"),
        check(STATE + "sigmask_t5_embedded_main", "thread"),
    ),
    (
        row("ext_single0_inits", "M3", "n/a", "A: 1; B: 2; cold C: 3"),
        check(STATE + "ext_single0_inits_embedded_two_subs", "1 2 3"),
    ),
    (
        row("import_ssl", "M3", "n/a", "works in both"),
        check("Isolation/Imports.WorkAsOnRealModWsgi/import_ssl_embedded_two_subs", "works"),
    ),
    (
        row("memory", "M7", "isolated", "A: held; B before: 200 MiB; B after: 200"),
        check("Isolation/Memory.ThatAHolds/daemon_two_groups", "has enough"),
    ),
    (
        row("atexit", "M1", "n/a", "with threading: ran at graceful stop: A yes, B yes"),
        check("Isolation/Atexit.HandlersRunWhenTheHostIsStopped/embedded_main", "all of them run"),
    ),
    (
        row("preload_after_restart", "daemon", "n/a", "replaced without a request: True; loads 2; next request HTTP 200, loads 2"),
        check(
            "Hosting/Preloading.DelaysRequestsToAReplacedProcessButFailsNone/daemon", "the request waits and is answered 200"
        ),
    ),
]

LOOP_IN_SUBS = row("latency_python_loop", "M3", "shared", "during the loop 1 requests answered (STARVED until the loop ended)")
LOOP_CHECK = "Isolation/Starvation.BesideALoopInPython/embedded_two_subs"


class Agreement(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def compare(self, rows, lines, host="engine"):
        measured = Path(self.folder.name) / "rows.json"
        records = Path(self.folder.name) / "run.jsonl"
        measured.write_text(json.dumps(rows))
        records.write_text("".join(json.dumps(line) + "\n" for line in lines))
        words = ["--measured", str(measured), "--server", "4.9.4/py3.11", "--host", host, str(records)]
        with contextlib.redirect_stdout(io.StringIO()) as said:
            code = agreement.main(words)
        return code, said.getvalue()

    def agrees(self, measured, line, host="engine"):
        return self.compare([measured], [line], host)[0] == 0

    def test_what_has_seen_the_same_agrees(self):
        code, said = self.compare([row for row, _ in PLAYED_RIGHT], [line for _, line in PLAYED_RIGHT])
        self.assertEqual(code, 0, said)
        self.assertIn(f"{len(PLAYED_RIGHT)} agree\n", said)

    def test_garbage_does_not_agree(self):
        rows = [row for row, _ in PLAYED_RIGHT]
        code, said = self.compare(rows, [{**line, "observed": "garbage"} for _, line in PLAYED_RIGHT])
        self.assertEqual(code, 1)
        self.assertIn(f"{len(PLAYED_RIGHT)} differ\n", said)

    def test_shared_instead_of_isolated_does_not_agree(self):
        swap = {"shared": "isolated", "isolated": "shared", "has enough": "MemoryError"}
        for measured, line in PLAYED_RIGHT:
            if line["observed"] in swap:
                self.assertFalse(self.agrees(measured, {**line, "observed": swap[line["observed"]]}), line)

    def test_what_c_has_seen_counts(self):
        measured, line = PLAYED_RIGHT[2]
        self.assertFalse(self.agrees(measured, {**line, "detail": line["detail"].replace("shared", "isolated")}))

    def test_a_check_that_has_not_passed_does_not_agree(self):
        for measured, line in PLAYED_RIGHT:
            self.assertFalse(self.agrees(measured, {**line, "outcome": "failed"}), line)

    def test_hosts_in_one_record_are_kept_apart(self):
        measured, line = PLAYED_RIGHT[0]
        wrong = {**line, "observed": "isolated", "host": "apache"}
        for lines in ([line, wrong], [wrong, line]):
            self.assertEqual(self.compare([measured], lines)[0], 0)
            self.assertEqual(self.compare([measured], lines, "apache")[0], 1)
        code, said = self.compare([measured], [line], "apache")
        self.assertEqual(code, 1)
        self.assertIn("1 not explained", said)

    def test_either_is_right_only_where_either_may_be_seen(self):
        measured = row("tracemalloc", "M3", "shared")
        self.assertTrue(self.agrees(measured, check(STATE + "tracemalloc_embedded_two_subs", "error", host="apache"), "apache"))
        self.assertFalse(
            self.agrees(measured, check(STATE + "tracemalloc_embedded_two_subs", "isolated", host="apache"), "apache")
        )
        measured = row("tracemalloc", "M1", "shared")
        self.assertFalse(self.agrees(measured, check(STATE + "tracemalloc_embedded_main", "error")))

    def test_luck_is_an_excuse_only_where_the_row_says_so(self):
        measured, line = PLAYED_RIGHT[3]
        self.assertFalse(self.agrees({**measured, "detail": ""}, line))
        self.assertFalse(self.agrees(measured, {**line, "observed": "isolated"}))

    def test_a_deviation_is_what_is_said_of_it(self):
        measured = row("register_at_fork", "M2", "shared")
        line = check(STATE + "register_at_fork_embedded_one_sub", "isolated")
        self.assertIn("1 differ by design", self.compare([measured], [line])[1])
        self.assertIn("1 differ\n", self.compare([measured], [{**line, "observed": "error"}])[1])
        self.assertIn("1 differ\n", self.compare([measured], [{**line, "host": "apache"}], "apache")[1])

    def test_a_scene_that_differs_by_design_is_counted_apart(self):
        measured = row("atexit", "M3", "n/a", "ran at graceful stop: A NO, B NO")
        line = check(
            "Isolation/Atexit.HandlersRunWhenTheHostIsStopped/embedded_two_subs", "all of them run", detail="x; deviation: why"
        )
        code, said = self.compare([measured], [line])
        self.assertEqual(code, 1)  # none of one row agrees
        self.assertIn("1 differ by design", said)
        for other in ({"observed": "garbage"}, {"detail": "x"}):
            self.assertIn("1 differ\n", self.compare([measured], [{**line, **other}])[1])

    def test_the_measured_word_may_be_the_same_all_the_same(self):
        line = check(LOOP_CHECK, "gets its turn", detail="x; deviation: why")
        code, said = self.compare([LOOP_IN_SUBS], [line])
        self.assertEqual(code, 0, said)
        self.assertIn("1 agree in their word, and differ otherwise by design", said)
        self.assertIn("100.0% of those that are played in their word, 0.0% in everything", said)
        self.assertIn("1 differ\n", self.compare([LOOP_IN_SUBS], [{**line, "detail": "x"}])[1])

    def test_every_part_of_a_scene_counts(self):
        parts = ("WhenAEndsItsProcess", "WhenAIsKilledByItsOwnFault", "WhenAAborts")
        measured = row("crash", "M5", "crash", "; ".join(f"{how}: B in flight LOST" for how in ("os._exit(3)", "segfault", "abort")))
        lines = [check(f"Isolation/Interference.{part}/daemon_main", "crash") for part in parts]
        self.assertEqual(self.compare([measured], lines)[0], 0)
        for index in range(len(lines)):
            wrong = [*lines]
            wrong[index] = {**lines[index], "observed": "isolated"}
            self.assertEqual(self.compare([measured], wrong)[0], 1)
            self.assertIn("1 not explained", self.compare([measured], lines[:index] + lines[index + 1 :])[1])

    def test_what_did_not_run_is_not_played_and_what_is_missing_not_explained(self):
        rows = [row for row, _ in PLAYED_RIGHT[:2]]
        lines = [line for _, line in PLAYED_RIGHT[:2]]
        code, said = self.compare(rows, [lines[0], {**lines[1], "outcome": "skipped", "detail": "only root can"}])
        self.assertEqual(code, 0, said)
        self.assertIn("not played: only root can", said)
        self.assertEqual(self.compare(rows, lines[:1])[0], 1)
        self.assertEqual(self.compare([row("nobody_knows", "daemon", "n/a")], [])[0], 1)

    def test_a_row_of_a_scene_must_be_understood(self):
        measured, line = PLAYED_RIGHT[6]
        self.assertIn("1 not explained", self.compare([{**measured, "observed": "error"}], [line])[1])


class PlayedScenes(unittest.TestCase):
    def setUp(self):
        self.names = sorted(seen_page.names_in(tomllib.loads((HERE / "played.toml").read_text())))

    def missing(self, names):
        """What seen_page says is missing when the program has these checks, and one for every pattern of discoveries.md."""
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder) / "checks"
            named = [pattern.replace("*", "x") for pattern in seen_page.patterns_in(seen_page.DISCOVERIES.read_text())]
            listed = "".join(f"{name.rpartition('.')[0]}.\\n  {name.rpartition('.')[2]}\\n" for name in [*names, *named] if "." in name)
            listed += "".join(f"{name}.\\n  x\\n" for name in named if "." not in name)
            program.write_text(f"#!/bin/sh\nprintf '{listed}'\n")
            program.chmod(0o755)
            return seen_page.named_and_missing(program)

    def test_each_pairing_of_a_scene_must_have_its_check(self):
        self.assertEqual(self.missing(self.names), [])
        for name in ("Isolation/Memory.ThatAHolds/daemon_two_users", "Hosting/Loading.HappensWhenTheOptionsSay/daemon_main_directives"):
            self.assertIn(name, self.names)
            self.assertEqual(self.missing([other for other in self.names if other != name]), [name])

    def test_no_scene_is_played_by_whatever_fits(self):
        for name in self.names:
            self.assertNotRegex(name, r"[*?{]")

    def test_every_pairing_is_one_that_rows_have(self):
        played = tomllib.loads((HERE / "played.toml").read_text())
        for parts in played["scenes"].values():
            for part in parts:
                self.assertLessEqual(set(part["pairings"]), set(agreement.PAIRINGS.values()))


if __name__ == "__main__":
    unittest.main()
