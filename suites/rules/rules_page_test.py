#!/usr/bin/python3
"""Rules that nobody holds anybody to are noticed, and the page counts what is checked where."""

import unittest

from rules_page import attach, attach_mutants, checks_in_words, gaps, ids_in, page_of, read_rules

TABLE = """
[DAEMON-1]
says = "one"
[DAEMON-2]
says = "two"
under = "DAEMON-1"
[SEC-11]
says = "eleven"
design = "a statement of design"
[CFG-60]
says = "an option"
"""


def check(rule: str, name: str = "Hosting.Check", mode: str = "daemon/main", suite: str = "hosting") -> dict:
    return {"rule": rule, "check": name, "suite": suite, "mode": mode}


class Rules(unittest.TestCase):
    def setUp(self):
        self.rules = read_rules(TABLE)

    def found(self, checks: list[dict], deviations: list[dict]) -> list[str]:
        return attach(self.rules, checks, deviations) + gaps(self.rules, checks)

    def test_a_rule_needs_a_check_a_deviation_or_a_reason(self):
        problems = self.found([check("DAEMON-1")], [])
        self.assertEqual(problems, ["CFG-60: no check, no deviation, no reason: an option"])
        self.assertEqual(self.found([check("DAEMON-1")], [{"id": "other", "rule": "CFG-60"}]), [])

    def test_who_is_under_a_rule_without_checks_has_none(self):
        problems = self.found([check("CFG-60")], [])
        self.assertEqual([one.split(":")[0] for one in problems], ["DAEMON-1", "DAEMON-2"])

    def test_being_under_what_is_no_rule_is_noticed(self):
        self.rules["DAEMON-2"].under = ["DAEMON-9"]
        problems = self.found([check("DAEMON-1"), check("CFG-60")], [])
        self.assertIn("DAEMON-2: under DAEMON-9, which is no rule", problems)

    def test_a_check_of_a_rule_that_is_none_is_noticed(self):
        checks = [check("DAEMON-1"), check("CFG-60"), check("DAEMON-99"), check("CFG-24"), check("PEP 3333: environ")]
        problems = self.found(checks, [])
        self.assertEqual(problems, ["Hosting.Check: there is no rule DAEMON-99 in rules.toml"])

    def test_several_rules_of_one_check_are_taken_apart(self):
        self.assertEqual(ids_in("ERR-24, DAEMON-4"), ["ERR-24", "DAEMON-4"])
        self.assertEqual(ids_in("RESP-11, -12"), ["RESP-11", "RESP-12"])
        self.assertEqual(ids_in("PEP 3333: Other HTTP Features"), [])
        self.assertEqual(ids_in("RFC 9112, 6.1"), [])

    def test_parameters_are_counted_by_place(self):
        checks = [
            check("DAEMON-1", f"Hosting/Errors.Have/{number}", mode)
            for number, mode in enumerate(["embedded_main", "daemon/main", "daemon/main"])
        ]
        words = checks_in_words([*checks, check("DAEMON-1", mode="", suite="security")])
        expected = "**hosting 3**: `Errors.Have` (daemon/main ×2, embedded/main); **security 1**: `Hosting.Check` (any place)"
        self.assertEqual(words, expected)

    def test_the_page_has_a_row_for_each_rule(self):
        self.found([check("DAEMON-1")], [{"id": "other", "rule": "CFG-60"}])
        page = page_of(self.rules)
        self.assertIn("| DAEMON-2 | two | *see* DAEMON-1 |  |  |\n", page)
        self.assertIn("| SEC-11 | eleven | a statement of design |  |  |\n", page)
        self.assertIn("| CFG-60 | an option |  | `other` |  |\n", page)

    def test_mutants_stand_behind_the_rules_whose_checks_fail_on_them(self):
        self.found([check("DAEMON-1", "Suite/Timers.End/b_daemon"), check("CFG-60", "Options.Take/processes")], [])
        mutants = [
            {"name": "timer-off", "kills": ["Suite/Timers.*"]},
            {"name": "any-value", "kills": ["Nothing.*", "Options.Take/proc?sses"]},
            {"name": "a-late-end", "kills": ["Suite/*/b_*"]},
            {"name": "of-nobody", "kills": ["Timers.End"]},
        ]
        attach_mutants(self.rules, mutants)
        self.assertEqual(self.rules["DAEMON-1"].mutants, ["a-late-end", "timer-off"])
        self.assertEqual(self.rules["CFG-60"].mutants, ["any-value"])
        page = page_of(self.rules)
        self.assertIn("| `a-late-end`, `timer-off` |\n", page)
        self.assertIn("2 rules, 1 checks; mutants of 1.", page)


if __name__ == "__main__":
    unittest.main()
