#!/usr/bin/python3
"""The man pages say all that the programs say, and render without a warning.

    man_pages_test.py --wsgilab PROGRAM --host PROGRAM
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import man_pages

FORMATTERS = {
    "groff": ["-man", "-ww", "-Tutf8"],
    "mandoc": ["-Tlint", "-Wstyle"],
}


def text_of(page: Path) -> str:
    """What the page says, without its markup."""
    text = page.read_text(encoding="ascii")
    for escaped, plain in (
        ("\\&", ""), ("\\-", "-"), ("\\(aq", "'"), ("\\(ga", "`"), ("\\(ha", "^"), ("\\(ti", "~"), ("\\fB", ""), ("\\fI", ""), ("\\fR", "")
    ):  # fmt: skip
        text = text.replace(escaped, plain)
    text = re.sub(r"\\\[u([0-9A-F]+)\]", lambda match: chr(int(match[1], 16)), text)
    return " ".join(text.replace("\\e", "\\").split())


class Pages(unittest.TestCase):
    options: argparse.Namespace

    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory(prefix="wsgilab-man.")
        cls.addClassCleanup(folder.cleanup)
        made = man_pages.make(cls.options.wsgilab, cls.options.host, "0.1.0", Path(folder.name))
        cls.pages = {page.name: page for page in made}

    def test_every_verb_has_a_page_with_all_its_options(self) -> None:
        verbs = man_pages.verbs_of(man_pages.help_of(self.options.wsgilab))
        self.assertGreater(len(verbs), 10)
        for verb, about in verbs:
            said = man_pages.asked(self.options.wsgilab, verb, "--help")
            page = text_of(self.pages[f"wsgilab-{verb}.1"])
            for word in re.findall(r"(?<![\w-])--?[a-zA-Z][\w-]*", said):
                self.assertIn(word, page, verb)
            for word in said.replace("`", "").split():  # all of it, in another order
                if word not in ("Usage:", "Positionals:", "Options:", "Example:", "Examples:"):
                    self.assertIn(word, page, verb)
            self.assertIn(about, text_of(self.pages["wsgilab.1"]))

    def test_the_engine_has_its_verbs_directives_and_codes(self) -> None:
        host = self.options.host
        for verb, _ in man_pages.verbs_of(man_pages.help_of(host)):
            self.assertIn(f".SS {verb}", self.pages["wsgilab-host.8"].read_text())
        configuration = text_of(self.pages["wsgilab-host.conf.5"])
        for row in json.loads(man_pages.asked(host, "reference", "--json"))["directives"]:
            self.assertIn(f".SS {row['syntax']} ", configuration)
            for option in row["options"]:
                self.assertIn(f".TP {option['name']}={option['value']} ", configuration)
        events = text_of(self.pages["wsgilab-events.7"])
        for event in json.loads(man_pages.asked(host, "events", "--json"))["events"]:
            self.assertIn(f".TP {event['code']} ({event['level']}) ", events)

    def test_they_render_without_a_warning(self) -> None:
        found = {name: path for name in FORMATTERS if (path := shutil.which(name))}
        if not found:
            self.skipTest("there is neither groff nor mandoc: scripts/setup --test installs one")
        for name, path in found.items():
            for page in self.pages.values():
                ran = subprocess.run([path, *FORMATTERS[name], page], capture_output=True, text=True)
                said = ran.stderr if name == "groff" else ran.stdout + ran.stderr
                self.assertEqual((ran.returncode, said), (0, ""), f"{name}: {page.name}")


class Help(unittest.TestCase):
    def test_is_taken_apart(self) -> None:
        said = man_pages.read_help(
            "what it is\nUsage: /build/x/wsgilab run [OPTIONS]\n\nOptions:\n"
            "  -h,--help                   Print this\n  --processes INT:INT in [1 - 64]\n"
            "                              how many\n\nA note.\nExample:\n  wsgilab run\n"
        )
        self.assertEqual(said.description, "what it is")
        self.assertEqual(said.usage, "wsgilab run [OPTIONS]")
        self.assertEqual(said.entries["Options"], [("-h,--help", "Print this"), ("--processes INT:INT in [1 - 64]", "how many")])
        self.assertEqual(said.footer, ["A note.", "Example:", "  wsgilab run"])

    def test_nothing_in_it_is_taken_for_markup(self) -> None:
        self.assertEqual(man_pages.escape(".so x\\n"), "\\&.so x\\en")
        self.assertEqual(man_pages.prose("`a-b` is *one* of ×"), "\\fBa\\-b\\fR is \\fIone\\fR of \\[u00D7]")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--wsgilab", "--host"):
        parser.add_argument(name, type=Path, required=True)
    Pages.options, rest = parser.parse_known_args()
    return 0 if unittest.main(argv=[sys.argv[0], *rest], exit=False).result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
