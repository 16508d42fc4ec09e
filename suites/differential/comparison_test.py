#!/usr/bin/python3
"""Tests of what needs no server: heads, differences, deviations, what an explanation says."""

import json
import sys
import tempfile
import unittest
from pathlib import Path

from comparison import Deviation, differences, read_deviations
from corpus import Malformed, read_corpus, read_site, request_of
from hosts_compared import Explanation, can_explain
from stage import text_of

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CORPUS = ROOT / "hosts" / "directives" / "testdata" / "sites"
HEAD = """\
#: about  a site
#: script "/srv/my site/app.wsgi" callable=one,two
#: dispatch /srv/dispatch.wsgi process_group=%{GLOBAL}
#: htaccess /srv/.htaccess | SetEnv A b
#: request GET http://a.example.org/x
Listen 80
#: request GET http://not.read.example.org/
"""
EXPLAINS = """\
#!{python}
import json, sys
if "--help" in sys.argv:
    print("SUBCOMMANDS:\\n  serve  …\\n  explain  …")
else:
    print(json.dumps({rows}))
"""


class InFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def site(self, text: str):
        path = self.folder / "001_site.conf"
        path.write_text(text)
        return read_site(path)


class Heads(InFolder):
    def test_say_what_must_exist_and_what_is_asked(self):
        site = self.site(HEAD)
        self.assertEqual(site.scripts[0].path, Path("/srv/my site/app.wsgi"))
        self.assertIn("two = Probe('two')", text_of(site.scripts[0]))
        self.assertIn("return '%{GLOBAL}'", text_of(site.scripts[1]))
        self.assertEqual(site.texts, {Path("/srv/.htaccess"): ["SetEnv A b"]})
        self.assertEqual([r.url for r in site.requests], ["http://a.example.org/x"])

    def test_what_they_cannot_say_is_refused_with_its_line(self):
        with self.assertRaisesRegex(Malformed, r"001_site\.conf:1: nonsense"):
            self.site("#: nonsense\n")
        with self.assertRaisesRegex(Malformed, "at least one `request`"):
            self.site("#: about  nothing is asked\n")

    def test_requests_have_a_port_and_headers(self):
        request = request_of("GET http://a.example.org:8443/x%20y?z @80 X-One: a b Two: c")
        self.assertEqual((request.host, request.target), ("a.example.org:8443", "/x%20y?z"))
        self.assertEqual((request.port, request.is_told_by_its_url), (80, False))
        self.assertEqual(request.headers, (("X-One", "a b"), ("Two", "c")))
        self.assertTrue(request_of("GET http://a.example.org/").is_told_by_its_url)

    def test_of_the_corpus_are_well_formed_and_each_request_is_there_once(self):
        sites = read_corpus(CORPUS)
        self.assertGreaterEqual(len(sites), 80)
        for site in sites:
            texts = [request.text for request in site.requests]
            self.assertEqual(len(texts), len(set(texts)), site.name)
            if not site.needs:
                answers = json.loads(site.recorded.read_text(encoding="utf-8"))["answers"]
                self.assertEqual(texts, list(answers), site.name)


class Differences(InFolder):
    def found(self, expected: dict, found: dict, host: str = "engine") -> list[str]:
        rows = differences(self.site(HEAD), "GET /", host, expected, found)
        return [row.field for row in rows]

    def test_are_facts_that_are_not_equal_or_missing(self):
        self.assertEqual(self.found({"status": 200, "user": "a"}, {"status": 200, "user": "a"}), [])
        self.assertEqual(self.found({"status": 200, "user": "a"}, {"status": 200}), ["user"])
        self.assertEqual(self.found({"status": 200}, {"status": 200, "file": "/x"}), ["file"])

    def test_of_the_status_stand_for_all(self):
        self.assertEqual(self.found({"status": 403}, {"status": 200, "user": "a"}), ["status"])
        self.assertEqual(self.found({"status": 403}, {"error": "timed out"}), ["status"])

    def test_of_an_explanation_are_those_that_it_tells(self):
        expected = {"status": 200, "umask": "0022", "user": "a"}
        self.assertEqual(self.found(expected, {"status": 200}, "explain"), ["user"])

    def test_on_purpose_are_covered(self):
        (row,) = differences(self.site(HEAD), "GET /", "engine", {"status": 200}, {"status": 403})
        self.assertTrue(Deviation("001_site", "*", "status", "LOAD-6").covers(row))
        self.assertFalse(Deviation("001_site", "*", "user", "LOAD-6").covers(row))
        self.assertFalse(Deviation("001_site", "*", "status", "LOAD-6", "explain").covers(row))

    def test_on_purpose_need_a_rule_with_its_reason(self):
        row = '[[deviation]]\nsite = "a"\nrequest = "*"\nfield = "*"\nrule = "{}"\n'
        path = self.folder / "deviations.toml"
        path.write_text(row.format("EXP-6"))
        self.assertEqual(len(read_deviations(path, "| EXP-6 | theirs | ours | why |")), 1)
        with self.assertRaisesRegex(ValueError, "EXP-6 is no rule"):
            read_deviations(path, "| EXP-66 | theirs | ours | why |")


class Explanations(InFolder):
    def program(self, rows: dict) -> Path:
        path = self.folder / "wsgilab-host"
        path.write_text(EXPLAINS.format(python=sys.executable, rows=rows))
        path.chmod(0o755)
        return path

    def test_are_asked_by_url(self):
        row = {
            "url": "http://a.example.org/x",
            "answer": "script",
            "status": 200,
            "application_group": {"value": "%{GLOBAL}", "origin": "site.conf:3"},
            "python_home": None,
        }
        program = self.program({"urls": [row]})
        self.assertTrue(can_explain(program))
        site = self.site(HEAD)
        answer = Explanation(program, site).ask(site.requests[0])
        self.assertEqual(answer["application_group"], "")
        self.assertEqual(answer["python_home"], sys.base_prefix)
        self.assertIsNone(Explanation(program, site).ask(request_of("GET http://a/ X: y")))


if __name__ == "__main__":
    unittest.main()
