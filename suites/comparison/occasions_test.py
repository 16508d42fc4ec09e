"""The parts of occasions.py that need no host: intervals that overlap or do not, and a file that is added to."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import occasions


def row(occasion, low, high, metric="latency_p50_us"):
    return {
        "occasion": occasion, "at": "", "experiment": "sub against main", "metric": metric,
        "finding": "", "ratio": (low * high) ** 0.5, "low": low, "high": high, "blocks": 12,
    }  # fmt: skip


class Overlap(unittest.TestCase):
    def test_each_two_must_have_something_in_common(self):
        self.assertTrue(occasions.overlaps([row(1, 1.0, 1.1), row(2, 1.05, 1.2), row(3, 1.08, 1.09)]))
        self.assertFalse(occasions.overlaps([row(1, 1.0, 1.1), row(2, 1.05, 1.2), row(3, 1.11, 1.3)]), "the first and the third")

    def test_the_table_names_what_does_not(self):
        text = occasions.table([row(1, 1.0, 1.1), row(2, 1.2, 1.3), row(1, 1.0, 1.1, "cpu_us")])
        self.assertIn("| latency_p50_us | 1.049 [1.000, 1.100]; 1.249 [1.200, 1.300] | 19.1 % | **no** |", text)
        self.assertNotIn("cpu_us", text, "it was measured once")

    def test_one_occasion_says_nothing(self):
        self.assertIn("nothing to compare yet", occasions.conclusion([row(1, 1, 2)]))
        self.assertIn("1 ratios: the intervals of 0 overlap", occasions.conclusion([row(1, 1, 2), row(2, 3, 4)]))


FAKE = """#!/bin/sh
[ "$1" = compare ] || exit 2
cat <<JSON
{"experiments": [{"experiment": "$3 against $2", "attempts": [{"blocks": 9}], "conclusions": [
  {"metric": "latency_p50_us", "finding": "no worse", "first": {"ratio": $RATIO, "low": $RATIO, "high": $RATIO}},
  {"metric": "cpu_us", "finding": "inconclusive", "first": {"ratio": 1, "low": 0.5, "high": null}}]}]}
JSON
exit 3
"""


class Program(unittest.TestCase):
    def test_adds_an_occasion_and_fails_when_they_disagree(self):
        with tempfile.TemporaryDirectory() as folder:
            fake = pathlib.Path(folder) / "wsgilab"
            fake.write_text(FAKE)
            fake.chmod(0o755)
            out = pathlib.Path(folder) / "occasions.jsonl"
            command = [sys.executable, occasions.__file__, "--wsgilab", fake, "--out", out]
            codes = []
            for ratio in ("1.5", "1.5", "1.6"):
                ended = subprocess.run(command, capture_output=True, text=True, env={"RATIO": ratio, "PATH": "/usr/bin:/bin"})
                codes.append(ended.returncode)
            self.assertEqual(codes, [0, 0, 1], ended.stdout + ended.stderr)
            rows = [json.loads(line) for line in out.read_text().splitlines()]
            self.assertEqual([one["occasion"] for one in rows], [1, 1, 2, 2, 3, 3])
            self.assertEqual({one["metric"] for one in rows}, {"latency_p50_us"}, "what has no interval is no ratio")


if __name__ == "__main__":
    unittest.main()
