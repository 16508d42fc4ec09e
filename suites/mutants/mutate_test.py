#!/usr/bin/python3
"""Tests of mutate.py: what becomes of rows that fit, and what is said of those that do not."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROGRAM = Path(__file__).resolve().parent / "mutate.py"
SOURCE = "int Answer() {\n  return 42;\n}\nint Twice() {\n  return 2;\n}\nint Again() {\n  return 2;\n}\n"


def row(name="wrong-answer", find="return 42;", replace="return MUTANT ? 41 : 42;", **more):
    fields = {"name": name, "what": "answers wrong", "file": "hosts/a.cpp", "find": find, "replace": replace}
    fields |= {"kills": ["A.*"]} | more
    return {key: value for key, value in fields.items() if value is not None}


def lines_of(fields):
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in fields.items() if key != "also")


def toml_of(rows):
    return "".join(
        "[[mutant]]\n" + lines_of(fields) + "".join("[[mutant.also]]\n" + lines_of(one) for one in fields.get("also", []))
        for fields in rows
    )


class MutateTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wsgilab-mutate.")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.into = self.folder / "into"
        for path, text in (("hosts/a.cpp", SOURCE), ("hosts/b.cpp", "int b;\n"), ("hosts/a_test.cpp", "")):
            (self.folder / "source" / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / "source" / path).write_text(text)
        (self.folder / "tables").mkdir()

    def mutate(self, *rows, more=""):
        (self.folder / "tables" / "rows.toml").write_text(toml_of(rows) + more)
        return subprocess.run(
            [sys.executable, "-B", PROGRAM, "--source", self.folder / "source", "--into", self.into]
            + ["--tables", self.folder / "tables"],
            capture_output=True,
            text=True,
            check=False,
        )

    def text(self):
        return (self.into / "hosts" / "a.cpp").read_text()

    def refuses(self, *rows, says):
        ended = self.mutate(*rows)
        self.assertEqual(ended.returncode, 1, ended.stderr)
        for words in ("rows.toml", *says):
            self.assertIn(words, ended.stderr)
        self.assertFalse(self.into.exists())

    def test_a_row_that_fits_is_put_in(self):
        self.assertEqual(self.mutate(row()).returncode, 0)
        self.assertIn('return ::wsgilab_mutants::IsOn("wrong-answer") ? 41 : 42;', self.text())
        self.assertTrue(self.text().startswith('#include "hosts_mutants.h"\n'))
        listed = json.loads((self.into / "mutants.json").read_text())
        self.assertEqual(listed["mutants"][0]["name"], "wrong-answer")
        self.assertEqual(listed["mutants"][0]["kills"], ["A.*"])

    def test_other_files_are_copied_as_they_are_and_tests_are_not(self):
        self.mutate(row())
        self.assertEqual((self.into / "hosts" / "b.cpp").read_text(), "int b;\n")
        self.assertFalse((self.into / "hosts" / "a_test.cpp").exists())

    def test_a_file_that_no_row_changes_keeps_its_time(self):
        self.mutate(row())
        for path in ("hosts/a.cpp", "hosts/b.cpp"):
            os.utime(self.into / path, (1, 1))
        self.mutate(row(replace="return MUTANT ? 40 : 42;"))
        self.assertEqual((self.into / "hosts" / "b.cpp").stat().st_mtime, 1)
        self.assertNotEqual((self.into / "hosts" / "a.cpp").stat().st_mtime, 1)

    def test_a_file_that_is_gone_is_taken_away(self):
        self.mutate(row())
        (self.folder / "source" / "hosts" / "b.cpp").unlink()
        self.mutate(row())
        self.assertFalse((self.into / "hosts" / "b.cpp").exists())

    def test_a_row_that_no_longer_fits_says_what_to_do(self):
        self.refuses(row(find="return 43;"), says=["wrong-answer", "hosts/a.cpp", "return 43;", "make `find`"])

    def test_a_row_that_fits_twice_wants_nth(self):
        twice = {"find": "return 2;", "replace": "return MUTANT ? 3 : 2;"}
        self.refuses(row(**twice), says=["there are 2", "`nth`"])
        self.assertEqual(self.mutate(row(**twice, nth=2)).returncode, 0)
        self.assertLess(self.text().index("return 2;"), self.text().index("? 3 : 2;"))

    def test_nth_beyond_the_last_is_refused(self):
        self.refuses(row(nth=2), says=["no number 2", "There are 1"])

    def test_a_replacement_must_ask_whether_it_is_on(self):
        self.refuses(row(replace="return 41;"), says=["MUTANT"])

    def test_the_list_has_what_may_be_killed_too(self):
        self.assertEqual(self.mutate(row(may_kill=["B.*"])).returncode, 0)
        listed = json.loads((self.into / "mutants.json").read_text())
        self.assertEqual(listed["mutants"][0]["may_kill"], ["B.*"])
        self.assertEqual(listed["mutants"][0]["kills"], ["A.*"])

    def test_what_may_be_killed_is_a_list_of_patterns(self):
        self.refuses(row(may_kill="B.*"), says=["`may_kill`"])

    def test_a_row_needs_what_and_kills_and_its_file(self):
        for key in ("what", "kills", "file", "find", "replace"):
            self.refuses(row(**{key: None}), says=[f"`{key}`"])

    def test_names_are_told_apart(self):
        self.refuses(row(), row(), says=["a mutant of this name"])
        self.refuses(row(name="Wrong Answer"), says=["`name`"])

    def test_a_row_that_does_what_another_does_is_refused(self):
        self.refuses(row(), row("same-again", kills=["B.*"]), says=["wrong-answer", "same-again", "`kills` of both"])
        part = row("both-wrong", also=[{"file": "hosts/b.cpp", "find": "int b;", "replace": "int b = MUTANT;"}])
        for rows in ([part, row()], [row(), part]):
            self.refuses(*rows, says=["wrong-answer: ", "both-wrong changes the same", "`kills` of both"])
        twice = {"find": "return 2;", "replace": "return MUTANT ? 3 : 2;"}
        self.assertEqual(self.mutate(row("first", **twice, nth=1), row("second", **twice, nth=2)).returncode, 0)

    def test_a_file_that_is_not_there_is_named(self):
        self.refuses(row(file="hosts/c.cpp"), says=["hosts/c.cpp"])

    def test_a_key_that_nobody_knows_is_refused(self):
        self.refuses(row(kill=["A.*"]), says=["`kill`"])

    def test_rows_may_change_the_same_text(self):
        self.assertEqual(self.mutate(row(), row("no-answer", "42", "(MUTANT ? 0 : 42)")).returncode, 0)
        self.assertIn('? 41 : (::wsgilab_mutants::IsOn("no-answer") ? 0 : 42);', self.text())

    def test_nth_is_kept_inside_the_text_of_another_row(self):
        source = "a();\nsame();\nsame();\nb();\n"
        (self.folder / "source" / "hosts" / "a.cpp").write_text(source)
        outer = row(find=source.strip(), replace="if (MUTANT) return;\n" + source.strip())
        self.assertEqual(self.mutate(outer, row("less", "same();", "if (!MUTANT) same();", nth=1)).returncode, 0)
        self.assertIn('IsOn("less")) same();\nsame();\nb();', self.text())

    def test_rows_that_overlap_in_part_are_refused(self):
        self.refuses(row(), row("other", "42;\n}", "42; /* MUTANT */\n}"), says=["in part", "wrong-answer"])

    def test_a_mutant_may_change_several_places(self):
        also = [{"file": "hosts/b.cpp", "find": "int b;", "replace": "int b = MUTANT;"}]
        self.assertEqual(self.mutate(row(also=also)).returncode, 0)
        self.assertIn('int b = ::wsgilab_mutants::IsOn("wrong-answer");', (self.into / "hosts" / "b.cpp").read_text())

    def test_what_is_unproven_has_a_reason(self):
        self.assertEqual(self.mutate(more='[[unproven]]\nchecks = ["B.*"]\n').returncode, 1)
        self.assertEqual(self.mutate(more='[[unproven]]\nchecks = ["B.*"]\nreason = "not yet"\n').returncode, 0)
        listed = json.loads((self.into / "mutants.json").read_text())
        self.assertEqual(listed["unproven"], [{"checks": "B.*", "reason": "not yet"}])

    def test_the_tables_of_this_checkout_fit(self):
        ended = subprocess.run(
            [sys.executable, "-B", PROGRAM, "--source", PROGRAM.parents[2], "--into", self.into],
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(ended.returncode, 0, ended.stderr)


if __name__ == "__main__":
    unittest.main()
