"""The parts of gate_truth.py that need no gate: counting, and a file that is added to."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import gate_truth


def run(kind, outcome, neighbour=False, finding="no worse"):
    return {"kind": kind, "neighbour": neighbour, "outcome": outcome, "finding": finding, "seconds": 10.0, "seed": 1}


class Summary(unittest.TestCase):
    def test_counts_each_kind_by_itself(self):
        text = gate_truth.summary(
            [run("same", "no worse")] * 3 + [run("same", "undecided", finding="gate blind")] + [run("slower", "alarm")] * 2
        )
        self.assertIn("| the same code | 4 | 0 of 4", text)
        self.assertIn("1 gate blind", text)
        self.assertIn("| a delay put in | 2 | 2 of 2", text)

    def test_a_neighbour_is_another_row(self):
        text = gate_truth.summary([run("same", "no worse"), run("same", "no worse", neighbour=True)])
        self.assertIn("the same code beside a busy neighbour | 1", text)

    def test_what_else_ran_is_another_row(self):
        other = run("slower", "undecided", finding="gate blind") | {"beside": "a compiler"}
        text = gate_truth.summary([run("slower", "alarm"), other])
        self.assertIn("| a delay put in | 1 | 1 of 1", text)
        self.assertIn("| a delay put in beside a compiler | 1 | 0 of 1", text)

    def test_an_interval_is_said_with_every_share(self):
        self.assertEqual(gate_truth.share_text(0, 40), "0 of 40 (0 %; 0 to 9 %)")
        self.assertEqual(gate_truth.share_text(0, 0), "nothing was run")


FAKE = """#!/bin/sh
[ "$1" = gate ] || exit 2
code=0
case "$*" in *--inject*) code=1 ;; esac
cat <<'JSON'
{"experiments": [{"attempts": [{"blocks": 9}],
  "conclusions": [{"finding": "no worse", "first": {"ratio": 1.0, "low": 0.99, "high": 1.01}}]}]}
JSON
exit $code
"""


class Program(unittest.TestCase):
    def test_adds_a_line_for_each_run_and_goes_on_where_it_was(self):
        with tempfile.TemporaryDirectory() as folder:
            fake = pathlib.Path(folder) / "wsgilab"
            fake.write_text(FAKE)
            fake.chmod(0o755)
            out = pathlib.Path(folder) / "runs.jsonl"
            command = [sys.executable, gate_truth.__file__, "--same", "2", "--slower", "1", "--wsgilab", fake, "--out", out]
            for _ in range(2):
                ended = subprocess.run(command, capture_output=True, text=True, check=True)
            lines = [json.loads(line) for line in out.read_text().splitlines()]
            self.assertEqual([line["seed"] for line in lines], [1, 2, 3, 4, 5, 6])
            self.assertEqual([line["kind"] for line in lines], ["same", "slower", "same"] * 2)
            self.assertIn("| a delay put in | 2 | 2 of 2", ended.stdout)

    def test_a_run_that_was_interrupted_is_none(self):
        with tempfile.TemporaryDirectory() as folder:
            fake = pathlib.Path(folder) / "wsgilab"
            fake.write_text(FAKE.replace("exit $code", "exit 130"))
            fake.chmod(0o755)
            out = pathlib.Path(folder) / "runs.jsonl"
            command = [sys.executable, gate_truth.__file__, "--same", "2", "--wsgilab", fake, "--out", out]
            ended = subprocess.run(command, capture_output=True, text=True)
            self.assertEqual(ended.returncode, 130)
            self.assertFalse(out.exists())


if __name__ == "__main__":
    unittest.main()
