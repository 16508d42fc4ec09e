#!/usr/bin/python3
"""The page of checks has each check once, with all its places."""

import unittest

from checks_page import as_cell, name_of, page_of


def check(name: str, mode: str, title: str = "what is done", level: str = "must") -> dict:
    return {"suite": "hosting", "check": name, "rule": "ERR-1", "level": level, "mode": mode, "title": title, "expected": "500"}


class Page(unittest.TestCase):
    def test_a_check_in_several_places_has_one_row(self):
        page = page_of([check("Suite/Errors.Row/Raises_embedded_main", "embedded/main"), check("Suite/Errors.Row/Raises_daemon_sub", "daemon/sub")])
        self.assertIn("1 check, played 2 times.", page)
        self.assertIn("\n| `Errors.Row/Raises` | what is done | 500 | ERR-1 | daemon/sub, embedded/main |\n", page)

    def test_what_only_should_be_says_so(self):
        self.assertIn("| ERR-1 (should) | any |", page_of([check("Errors.Have", "", level="should")]))

    def test_names_are_without_their_places(self):
        self.assertEqual(name_of("Hosting/Errors.Have/embedded_main"), "Errors.Have")
        self.assertEqual(name_of("Hosting/Errors.Have/daemon"), "Errors.Have")
        self.assertEqual(name_of("Errors.OfTheDaemon/daemon_timer"), "Errors.OfTheDaemon/daemon_timer")

    def test_nothing_breaks_the_table(self):
        self.assertEqual(as_cell("a|b\n<c>"), r"a\|b\\x0a\<c\>")
        self.assertEqual(as_cell("x" * 400), "x" * 200 + "… (400 characters)")


if __name__ == "__main__":
    unittest.main()
