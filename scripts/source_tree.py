"""The C++ sources of the house, as the check scripts see them. Standard library only."""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

FOLDERS = ("hosts", "harness", "suites", "reports")
SUFFIXES = {".h", ".cpp", ".c"}

# What a C++ compiler skips or keeps whole: comments, raw strings, strings, characters.
_SKIPPED = re.compile(
    r"""//[^\n]*
      | /\*.*?\*/
      | R"(?P<mark>[^()\s\\]{0,16})\(.*?\)(?P=mark)"
      | "(?:\\.|[^"\\\n])*"
      | (?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'
    """,
    re.VERBOSE | re.DOTALL,
)


def source_files(root: Path) -> list[Path]:
    """Every C and C++ file of the four folders, relative to the root, sorted."""
    found = []
    for folder in FOLDERS:
        for path in (root / folder).rglob("*"):
            relative = path.relative_to(root)
            if path.suffix in SUFFIXES and "testdata" not in relative.parts:
                found.append(relative)
    return sorted(found)


def room_of(path: Path) -> str:
    """hosts/base of hosts/base/testing/fake_clock.h; "" for a file that is in no room."""
    return "/".join(path.parts[:2]) if len(path.parts) > 2 else ""


def without_comments_and_strings(text: str) -> str:
    """The same lines, with what is not code blanked out."""

    def blank(match: re.Match[str]) -> str:
        kept = '""' if match.group().endswith('"') else " "
        return kept + "\n" * match.group().count("\n")

    return _SKIPPED.sub(blank, text)


def numbered_matches(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, re.Match[str]]]:
    for match in pattern.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match


def main(check, description: str) -> int:
    """Runs check(root) -> problems; prints them. 0 when there are none."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "root",
        nargs="?",
        type=Path,
        default=Path(__file__).resolve().parent.parent,
        help="the checkout to look at; default: the one this script is in",
    )
    problems = check(parser.parse_args().root)
    for problem in problems:
        print(problem)
    return 1 if problems else 0
