#!/usr/bin/python3
"""The test of the documents sees what it is there to see: pages that are wrong in one way each."""

import ctypes
import stat
import tempfile
import unittest
from pathlib import Path

import leave_nothing
import run_documents

PROGRAM = """#!/bin/sh
case $1 in
  --help) printf 'Subcommands:\\n  say   says\\n  wait  waits\\n' ;;
  say) [ "$2" = --help ] && printf '  --loud  louder\\n' || { shift; printf '%s\\n' "$@"; } ;;
  wait) echo "here on 127.0.0.1:$2"; exec tail -f /dev/null ;;
  *) echo "no verb $1" >&2; exit 2 ;;
esac
"""


class PageTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="wsgilab-documents.")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.programs = self.folder / "bin"
        self.programs.mkdir()
        program = self.programs / "wsgilab"
        program.write_text(PROGRAM)
        program.chmod(program.stat().st_mode | stat.S_IXUSR)

    def problems_of(self, *lines: str) -> list[str]:
        path = self.folder / "page.md"
        path.write_text("\n".join(lines) + "\n")
        page = run_documents.Page(path, self.programs, show=False)
        page.look_up()
        page.run()
        return [problem.removeprefix(f"{path}:") for problem in page.problems]

    def run_block(self, *lines: str) -> list[str]:
        return self.problems_of("```console", *lines, "```")


class Commands(PageTest):
    def test_that_do_as_the_page_says(self) -> None:
        self.assertEqual(self.run_block("$ wsgilab say one two", "one", "two"), [])
        self.assertEqual(self.run_block("$ wsgilab say one", "$ wsgilab say two   # a remark", "two"), [])
        self.assertEqual(self.run_block("$ wsgilab say 'one 17 ms' \\", ">   two three", "one ... ms", "...", "three"), [])

    def test_that_print_tables(self) -> None:
        self.assertEqual(self.run_block("$ wsgilab say 'a    17 ms     2'", "a  ... ms  2"), [])
        self.assertEqual(len(self.run_block("$ wsgilab say 'a b'", "a  b x")), 1)

    def test_whose_figures_vary(self) -> None:
        block = ["```console figures vary", "$ wsgilab say 'a 1,225.5 ms  – 3.5 MiB, 1 of 2'", "a 17 s  12 µs  –, 3 of 4", "```"]
        self.assertEqual(self.problems_of(*block), [])
        block[1] = "$ wsgilab say 'b 1,225.5 ms  – 3.5 MiB, 1 of 2'"
        self.assertEqual(len(self.problems_of(*block)), 1)
        self.assertEqual(len(self.run_block("$ wsgilab say 'a 17 ms'", "a 18 ms")), 1)

    def test_that_print_something_else(self) -> None:
        (problem,) = self.run_block("$ wsgilab say one two", "one", "three")
        self.assertIn("2: `wsgilab say one two` printed something else:", problem)
        self.assertIn("\n-three\n+two", problem)
        self.assertEqual(len(self.run_block("$ wsgilab say one two", "one")), 1)
        self.assertEqual(len(self.run_block("$ wsgilab say one", "one", "...", "two")), 1)

    def test_that_fail(self) -> None:
        (problem,) = self.run_block("$ wsgilab shout", "no verb shout")
        self.assertIn("`wsgilab shout` ended with 2", problem)
        self.assertEqual(self.run_block("$ wsgilab shout", "$ echo $?", "2"), [])
        self.assertEqual(len(self.run_block("$ wsgilab shout", "$ echo $?", "0")), 1)

    def test_stay_in_one_shell_and_one_folder(self) -> None:
        self.assertEqual(self.run_block("$ cd bin 2>/dev/null || cd build", "$ word=here", "$ echo $word", "here"), [])

    def test_have_a_folder_for_sites(self) -> None:
        file = ["```python /srv/shop/shop.wsgi", "import shop  # of /srv/shop", "```"]
        block = ["```console", "$ cat /srv/shop/shop.wsgi", "import shop  # of /srv/shop", "```"]
        self.assertEqual(self.problems_of(*file, *block), [])
        self.assertFalse(Path("/srv/shop/shop.wsgi").exists())

    def test_read_the_files_of_the_page(self) -> None:
        file = ["```apache sites/a.conf", "Listen 127.0.0.1:8080", "```"]
        self.assertEqual(self.problems_of(*file, "```console", "$ cat sites/a.conf", "Listen 127.0.0.1:8080", "```"), [])
        self.assertEqual(len(self.problems_of("```console", "$ cat sites/a.conf", "```", *file)), 1)


class Background(PageTest):
    def test_is_awaited_and_ended(self) -> None:
        self.assertEqual(self.run_block("$ wsgilab wait 8080 &", "here on 127.0.0.1:8080", "$ kill %1"), [])

    def test_has_the_number_that_it_has_at_a_terminal(self) -> None:
        once = ["$ wsgilab wait 8080 &", "here on ...", "$ kill %1"]
        self.assertEqual(self.run_block(*once, *once), [])

    def test_that_is_not_ended_is_ended_and_told(self) -> None:
        (problem,) = self.run_block("$ wsgilab wait 8080 &", "here on ...")
        self.assertIn("is not ended by the page: process", problem)
        self.assertEqual(leave_nothing.children(), [])

    def test_that_ends_too_early_is_not_awaited(self) -> None:
        (problem,) = self.run_block("$ wsgilab say one &", "two")
        self.assertIn("printed something else", problem)


class NotRun(PageTest):
    def look_up(self, command: str) -> list[str]:
        return self.problems_of("```console not run: it takes long", f"$ {command}", "```")

    def test_is_looked_up(self) -> None:
        self.assertEqual(self.look_up("X=1 build/release/bin/wsgilab say --loud one | less"), [])
        self.assertEqual(self.look_up("wsgilab say --lou"), ["2: `wsgilab say` knows no --lou"])
        self.assertEqual(self.look_up("cd x && wsgilab shout"), ["2: wsgilab has no verb `shout`"])
        self.assertEqual(self.look_up("build/release/bin/wsgilab-hosts"), ["2: there is no program wsgilab-hosts"])
        self.assertEqual(self.look_up("scripts/rnu"), ["2: there is no scripts/rnu to run"])
        self.assertEqual(self.look_up("scripts/setup --test"), [])
        self.assertEqual(self.look_up("scripts/setup --tests"), ["2: `scripts/setup` knows no --tests"])

    def test_says_why(self) -> None:
        self.assertEqual(self.problems_of("```console not run:", "$ true", "```"), ["1: say why it is not run"])
        self.assertEqual(len(self.problems_of("```console slow", "$ true", "```")), 1)


class OtherBlocks(PageTest):
    def test_have_no_commands_of_ours(self) -> None:
        text = "a command in a block that is not ```console: nobody would run it"
        self.assertEqual(self.problems_of("So:", "", "    scripts/run --mode x", "", "and"), [f"3: {text}"])
        self.assertEqual(self.problems_of("```", "$ wsgilab say", "```"), [f"2: {text}"])
        self.assertEqual(self.problems_of("```toml", "rule = 1", "```", "", "    wsgilab: what it says"), [])


if __name__ == "__main__":
    ctypes.CDLL(None).prctl(leave_nothing.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    unittest.main()
