#!/usr/bin/python3
"""What `wsgilab report -o FORM=FILE` writes is what readers that are not ours take: of the samples, and of records whose texts were
replaced by hostile ones.

    harness/command/report_outputs_test.py build/dev/bin/wsgilab
"""

import csv
import html.parser
import io
import json
import math
import random
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree
from pathlib import Path

import jsonschema
from lxml import etree

try:
    import junitparser
except ImportError:
    junitparser = None  # scripts/setup --test installs it

REPORTS = Path(__file__).resolve().parents[2] / "reports"
SAMPLES = REPORTS / "samples/testdata"

# What tries to get out of somewhere, or to be somewhere else.
HOSTILE = [
    "</failure></testcase></testsuites>", "]]>", "<!--", "&lt;&amp;&#0;", "<script>alert(1)</script>", "\u0000\u0007\u001b[31m",
    "\r\n\r\n", "\n", "\t", "\u2028\u202e\ufeff\uffff", "\U0001f600", "`", "```\n", "~~~\n", "|", "| a |\n|---|\n", "\\", "\\|", "**", "__",
    "[text](https://evil.example)", "![image](https://evil.example/i.png)", "<https://evil.example>", "https://evil.example", "www.evil.example",
    "evil@evil.example", "@octocat", "@all", "#1", "!1", "owner/repo#1", "GH-1", "<details>", "</details>", "<img src=x onerror=alert(1)>", "$x$",
    "\n/close\n", "\n::error::forged\n", "::set-output name=a::b", "##[error]forged", "%0A::error::x", ",title=x", "=1+1", "+1", "-1+1", "@SUM(A1)",
    "=HYPERLINK(\"https://evil.example\")", "\"", "\"\"", "'", ";", ",", "{{7*7}}", "${7*7}", "&commat;octocat", "# heading\n", "- item\n", "> quote\n",
    "    code\n", "1. item\n", "===\n", "[a]: https://evil.example\n", "x", "plain text ", "", " ",
]


def hostile(chance: random.Random) -> str:
    text = "".join(chance.choice(HOSTILE) for _ in range(chance.randrange(12)))
    return text * 20000 if chance.random() < 0.003 else text


def with_hostile_texts(value, chance: random.Random, share: float, words: dict):
    """The same with a share of its texts replaced: those that are of a fixed set, and times, stay; a text becomes the same everywhere."""
    if isinstance(value, dict):
        fixed = {"type", "outcome", "level", "loop", "when", "state", "role", "stopped", "hdr", "word", "digest"}
        return {
            name: one if name in fixed else with_hostile_texts(one, chance, share, words) for name, one in value.items()
        }
    if isinstance(value, list):
        return [with_hostile_texts(one, chance, share, words) for one in value]
    if not isinstance(value, str):
        return value
    if value not in words:
        words[value] = hostile(chance) if chance.random() < share else value
    return words[value]


# What a summary is made of, once it is HTML; `align` and `class` are what the renderer gives columns and code.
ELEMENTS = {
    "h2", "h3", "p", "ul", "li", "strong", "table", "thead", "tbody", "tr", "th", "td", "pre", "code", "details", "summary",
}
HEADINGS = {
    "What failed", "Against each other", "What the choices cost", "What was not measured", "How to reproduce it",
}
# What GitHub or GitLab would make a link of, or somebody's mention, in text that is not code.
REFERENCES = re.compile(r"@[\w-]|(?<![\w&])#\d|(?<!\w)[!%~&$^]\d|://|www\.\w|\bGH-\d|\[\w+:[\w\"]", re.IGNORECASE)

# https://bencher.dev/docs/reference/bencher-metric-format/, in short
BENCHER = {
    "type": "object",
    "propertyNames": {"minLength": 1, "maxLength": 1024},
    "additionalProperties": {
        "type": "object",
        "propertyNames": {"pattern": "^[a-z0-9_]{1,64}$"},
        "additionalProperties": {
            "type": "object",
            "required": ["value"],
            "properties": {name: {"type": "number"} for name in ("value", "lower_value", "upper_value")},
            "additionalProperties": False,
        },
    },
}
GITHUB_ACTION_BENCHMARK = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["name", "unit", "value"],
        "properties": {"value": {"type": "number"}} | {name: {"type": "string"} for name in ("name", "unit", "range", "extra")},
        "additionalProperties": False,
    },
}


class Page(html.parser.HTMLParser):
    """What became of a summary: what is in it that may not be there."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.problems: list[str] = []
        self.headings: list[str] = []
        self.comments: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        if self.open:
            self.problems.append(f"left open: {self.open}")

    def handle_starttag(self, tag, attributes) -> None:
        if tag not in ELEMENTS:
            self.problems.append(f"<{tag}>")
        if set(dict(attributes)) - {"align", "class"}:
            self.problems.append(f"<{tag} {attributes}>")
        self.open.append(tag)
        if tag in ("h2", "h3"):
            self.headings.append("")

    def handle_endtag(self, tag) -> None:
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}>")

    def handle_comment(self, data) -> None:
        self.comments.append(data.strip())

    def handle_data(self, data) -> None:
        if self.open and self.open[-1] in ("h2", "h3"):
            self.headings[-1] += data
        if "code" not in self.open and REFERENCES.search(data):
            self.problems.append(f"a reference: {REFERENCES.search(data)[0]!r} in {data[:200]!r}")


class Outputs(unittest.TestCase):
    wsgilab: str

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="wsgilab-outputs.")))
        cls.records = [SAMPLES / name for name in ("complete.jsonl", "failing.jsonl", "cut_off.jsonl")]
        failing = [json.loads(line) for line in (SAMPLES / "failing.jsonl").read_text(encoding="utf-8").splitlines()]
        failing = [line for line in failing if line["type"] != "resources" or line["when"] != "at_requests"]
        for seed in range(5):
            chance = random.Random(seed)
            words: dict = {}
            lines = [with_hostile_texts(line, chance, (0.1, 0.5, 1)[seed % 3], words) for line in failing]
            path = cls.folder / f"hostile{seed}.jsonl"
            path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
            cls.records.append(path)

    def made(self, form: str) -> list[bytes]:
        return [self.report(record, form) for record in self.records]

    def report(self, record: Path, form: str) -> bytes:
        ended = subprocess.run([self.wsgilab, "report", record, "-o", f"{form}=-"], capture_output=True, check=False)
        self.assertEqual(ended.returncode, 0, f"{record.name}: {ended.stderr.decode()}")
        return ended.stdout

    def test_junit_is_what_all_its_readers_take(self) -> None:
        schema = etree.XMLSchema(etree.parse(str(REPORTS / "junit/junit.xsd")))
        for record, junit in zip(self.records, self.made("junit")):
            schema.assertValid(etree.fromstring(junit))  # libxml2, with its limits
            root = xml.etree.ElementTree.fromstring(junit)  # expat
            for suite in root:
                cases = suite.findall("testcase")
                self.assertEqual(len(cases), int(suite.get("tests")), record.name)
                for counted, element in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
                    self.assertEqual(len(suite.findall(f"testcase/{element}")), int(suite.get(counted)), record.name)
            if junitparser is not None:
                read = junitparser.JUnitXml.fromstring(junit)
                self.assertEqual(sum(len(list(suite)) for suite in read), len(root.findall("testsuite/testcase")))

    def test_the_schema_refuses_what_some_reader_would_not_take(self) -> None:
        schema = etree.XMLSchema(etree.parse(str(REPORTS / "junit/junit.xsd")))
        good = self.report(SAMPLES / "failing.jsonl", "junit").decode()
        for right, wrong in (
            ('tests="8"', 'tests="some"'), ('time="0.000"', 'time="1e-3"'), ("T12:00:00", " 12:00:00 UTC"), ('id="0"', 'id="1"'),
            ("<system-out></system-out>", ""), ("<properties>\n</properties>", ""), ("<failure ", "<wrong "), ("</failure>", "</wrong>"),
            ('name="complete"', 'name=""'), (' classname="run.run"', ""), ('name="complete"', 'name="circumstances"'),
        ):
            changed = good.replace(right, wrong)
            self.assertNotEqual(changed, good, right)
            with self.assertRaises((etree.DocumentInvalid, etree.XMLSyntaxError), msg=wrong):
                schema.assertValid(etree.fromstring(changed.encode()))

    @unittest.skipUnless(shutil.which("cmark-gfm"), "no cmark-gfm: scripts/setup --test installs it")
    def test_summaries_are_markdown_and_nothing_in_them_is_more_than_text(self) -> None:
        extensions = [word for name in ("table", "autolink", "strikethrough", "tasklist", "footnotes") for word in ("-e", name)]
        render = ["cmark-gfm", "--unsafe", *extensions]
        unescaped = subprocess.run(render, input="\n\n".join(HOSTILE), capture_output=True, check=True, text=True).stdout
        self.assertGreater(len(Page(unescaped).problems), 10)
        for form, limit in (("markdown", 65_536), ("job-summary", 1 << 20)):
            for record, made in zip(self.records, self.made(form)):
                text = made.decode("utf-8")
                self.assertLess(len(made), limit)
                page = Page(subprocess.run(render, input=made, capture_output=True, check=True).stdout.decode("utf-8"))
                self.assertEqual(page.problems, [], f"{record.name}, {form}")
                self.assertEqual(page.comments, ["wsgilab report"], record.name)
                self.assertLessEqual(set(page.headings[1:]), HEADINGS, record.name)
                self.assertRegex(page.headings[0], "^[✓✗!] ", record.name)
                fence = None  # a line outside of code that begins with a slash may be a command of GitLab's
                for line in text.splitlines():
                    if fence is None and line.startswith("```"):
                        fence = line.rstrip("text")
                    elif line == fence:
                        fence = None
                    self.assertFalse(line.startswith("/"), line)

    def test_annotations_are_commands_one_a_line_and_no_more_than_are_shown(self) -> None:
        for record, made in zip(self.records, self.made("github")):
            counts = {"error": 0, "warning": 0, "notice": 0}
            for line in re.split("\r\n|\r|\n", made.decode("utf-8").removesuffix("\n")):  # as the runner reads them
                command, _, message = line.removeprefix("::").partition("::")
                kind, _, properties = command.partition(" ")
                self.assertTrue(line.startswith("::"), f"{record.name}: {line[:200]}")
                counts[kind] += 1
                names = [one.partition("=")[0] for one in properties.split(",")]
                self.assertIn(names, (["title"], ["file", "line", "title"]), record.name)
                self.assertLessEqual(len(message), 3 * 4096)
                self.assertRegex(message, r"^(?:[^%]|%25|%0A)*$")
            self.assertLessEqual(max(counts.values()), 10, record.name)
            self.assertEqual(counts["notice"], 1)

    def test_csv_is_a_table_without_formulas(self) -> None:
        for record, made in zip(self.records, self.made("csv")):
            rows = list(csv.DictReader(io.StringIO(made.decode("utf-8"), newline=""), strict=True, restval=None, restkey="more"))
            self.assertGreater(len(rows), 100, record.name)
            for row in rows:
                self.assertEqual(len(row), 16)
                self.assertNotIn("more", row)
                for name, value in row.items():
                    self.assertIsNotNone(value)
                    if name in ("value", "low", "high", "n"):
                        self.assertTrue(value == "" or math.isfinite(float(value)), value)
                    else:
                        self.assertNotRegex(value, r"^\s*[=+@-]")
                self.assertIn(row["verified"], ("yes", "at_least", "at_most", "no"))

    def test_services_that_keep_figures_read_theirs(self) -> None:
        for form, schema in (
            ("bencher", BENCHER),
            ("github-action-benchmark-smaller", GITHUB_ACTION_BENCHMARK),
            ("github-action-benchmark-bigger", GITHUB_ACTION_BENCHMARK),
        ):
            validator = jsonschema.Draft202012Validator(schema)
            for record, made in zip(self.records, self.made(form)):
                figures = json.loads(made)
                self.assertEqual([error.message for error in validator.iter_errors(figures)], [], record.name)
                self.assertTrue(figures, record.name)

    def test_all_figures_are_rows_of_the_table(self) -> None:
        record = SAMPLES / "complete.jsonl"
        rows = csv.DictReader(io.StringIO(self.report(record, "csv").decode("utf-8"), newline=""))
        values = {(row["subject"], row["metric"]): float(row["value"]) for row in rows}
        figures = json.loads(self.report(record, "bencher"))
        self.assertEqual(len(figures), 32)
        for name, measures in figures.items():
            for measure, numbers in measures.items():
                self.assertEqual(values[name, measure], numbers["value"])

    def test_forms_are_told(self) -> None:
        ended = subprocess.run(
            [self.wsgilab, "report", SAMPLES / "complete.jsonl", "-o", "nothing=-"], capture_output=True, text=True, check=False
        )
        self.assertEqual(ended.returncode, 2)
        told = subprocess.run([self.wsgilab, "report", "--help"], capture_output=True, text=True, check=True).stdout
        for form in ended.stderr.split("there are ")[1].strip().split(", "):
            self.assertRegex(told, rf"(?m)^  {form} +\w")


if __name__ == "__main__":
    Outputs.wsgilab = sys.argv.pop(1)
    unittest.main()
