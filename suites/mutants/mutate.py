#!/usr/bin/python3
"""A copy of the engine's sources in which each mutant is a fault that can be switched on.

    mutate.py --source CHECKOUT --into FOLDER [--tables FOLDER]

FOLDER/hosts is hosts/ with the rows of tables/*.toml put in, FOLDER/hosts_mutants.h is what they ask, and
FOLDER/mutants.json lists the rows for `wsgilab selftest`. A file is written only when it changes, so that nothing
is compiled again for another row elsewhere. Exit code 1 when a row does not fit, or does what another does: nothing is written then.
"""

import argparse
import json
import re
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
KEYS = {"name", "what", "kills", "may_kill", "file", "find", "replace", "nth", "also"}
EDIT_KEYS = {"file", "find", "replace", "nth"}
LEFT_OUT = ("_test.cpp",)
HEADER = """\
#pragma once
// Which mutant this process is: $WSGILAB_MUTANT when it started. The variable is taken away, so that applications see
// the environment they would see without it; processes that are forked are the same mutant.

#include <cstdlib>
#include <string>
#include <string_view>

namespace wsgilab_mutants {

inline const std::string& Chosen() {
  static const std::string chosen = [] {
    const char* told = std::getenv("WSGILAB_MUTANT");
    std::string name = told == nullptr ? "" : told;
    ::unsetenv("WSGILAB_MUTANT");
    return name;
  }();
  return chosen;
}

inline const std::string& chosen_at_start = Chosen();

inline bool IsOn(std::string_view name) { return Chosen() == name; }

}  // namespace wsgilab_mutants
"""


class DoesNotFit(Exception):
    """A row and what to do about it."""


@dataclass
class Edit:
    row: str  # "tables/pep3333.toml: close-twice"
    mutant: str
    file: str
    find: str
    replace: str
    nth: int | None


@dataclass
class Segment:
    """Text that stands for original[start:end]."""

    start: int
    end: int
    text: str
    by: str


def edit_of(row: str, mutant: str, table: dict) -> Edit:
    for key in ("file", "find", "replace"):
        if not isinstance(table.get(key), str) or not table[key]:
            raise DoesNotFit(f"{row}: `{key}` is missing: say which text of which file becomes what")
    if re.search(r"\bMUTANT\b", table["replace"]) is None:
        raise DoesNotFit(f"{row}: `replace` does not ask MUTANT: without it the fault could not be switched off")
    return Edit(row, mutant, table["file"], table["find"].strip("\n"), table["replace"].strip("\n"), table.get("nth"))


def are_patterns(value) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(pattern, str) and pattern for pattern in value)


def edits_of(row: str, table: dict) -> list[Edit]:
    unknown = set(table) - KEYS
    if unknown:
        raise DoesNotFit(f"{row}: `{min(unknown)}` is not understood: {', '.join(sorted(KEYS))} are")
    if not table.get("what"):
        raise DoesNotFit(f"{row}: `what` is missing: say what the fault does, as a reader of the report wants it")
    if not are_patterns(table.get("kills")):
        raise DoesNotFit(f"{row}: `kills` is missing: list the checks that must fail (names of GoogleTest, * and ?)")
    if "may_kill" in table and not are_patterns(table["may_kill"]):
        raise DoesNotFit(f"{row}: `may_kill` lists checks of which some fail (names of GoogleTest, * and ?)")
    edits = [edit_of(row, table["name"], {key: table[key] for key in EDIT_KEYS if key in table})]
    return edits + [edit_of(row, table["name"], more) for more in table.get("also", [])]


def refuse_doubles(of_rows: list[list[Edit]]) -> None:
    """A row that changes nothing that another does not change as well proves nothing that the other does not."""
    changed = [{(edit.file, edit.find, edit.replace, edit.nth) for edit in edits} for edits in of_rows]
    rows_with: dict[tuple, list[int]] = {}
    for index, changes in enumerate(changed):
        for change in changes:
            rows_with.setdefault(change, []).append(index)
    for index, changes in enumerate(changed):
        for other in rows_with[next(iter(changes))]:
            if other != index and changes <= changed[other]:
                raise DoesNotFit(
                    f"{of_rows[index][0].row}: {of_rows[other][0].row} changes the same text to the same: "
                    "make one row of them, with the `kills` of both"
                )


@dataclass
class Tables:
    mutants: list[dict]
    unproven: list[dict]
    edits: list[Edit]


def read_tables(folder: Path) -> Tables:
    rows: list[dict] = []
    unproven: list[dict] = []
    edits: list[Edit] = []
    of_rows: list[list[Edit]] = []
    names: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml")):
        text = tomllib.loads(path.read_text(encoding="utf-8"))
        for table in text.get("unproven", []):
            if not table.get("checks") or not table.get("reason"):
                raise DoesNotFit(f"{path.name}: [[unproven]] is `checks`, patterns, and `reason`, why there is no mutant")
            unproven += [{"checks": pattern, "reason": table["reason"]} for pattern in table["checks"]]
        for number, table in enumerate(text.get("mutant", []), 1):
            name = table.get("name", "")
            row = f"{path.name}: {name or f'mutant {number}'}"
            if not isinstance(name, str) or NAME.fullmatch(name) is None:
                raise DoesNotFit(f"{row}: `name` must be small letters and digits with - between them")
            if name in names:
                raise DoesNotFit(f"{row}: there is a mutant of this name already, in {names[name]}: name it otherwise")
            names[name] = path.name
            of_rows.append(edits_of(row, table))
            edits += of_rows[-1]
            listed = {key: table[key] for key in ("what", "kills", "may_kill") if key in table}
            rows.append({"name": name, "table": path.stem} | listed)
    refuse_doubles(of_rows)
    return Tables(rows, unproven, edits)


def place_of(edit: Edit, text: str) -> int:
    """Where in the file as it is checked in the row's text begins."""
    count = text.count(edit.find)
    where = f"{edit.row}: in {edit.file}"
    if count == 0:
        raise DoesNotFit(f"{where} there is no\n{edit.find}\nThe file has changed: make `find` what stands there now")
    if edit.nth is None and count > 1:
        raise DoesNotFit(f"{where} there are {count} of\n{edit.find}\nMake `find` longer, or say which with `nth`")
    if edit.nth is not None and not 1 <= edit.nth <= count:
        raise DoesNotFit(f"{where} there is no number {edit.nth} of\n{edit.find}\nThere are {count}: mend `nth`")
    at = -1
    for _ in range(edit.nth or 1):
        at = text.find(edit.find, at + 1)
    return at


def put_in(edit: Edit, text: str, segments: list[Segment]) -> None:
    start = place_of(edit, text)
    end = start + len(edit.find)
    replacement = re.sub(r"\bMUTANT\b", f'::wsgilab_mutants::IsOn("{edit.mutant}")', edit.replace)
    for segment in segments:
        if end <= segment.start or segment.end <= start:
            continue
        # Another row has changed this text: what it leaves for when it is off comes last, and as many of the same behind it
        # as there were.
        at = len(segment.text)
        for _ in range(1 + text.count(edit.find, end, segment.end)):
            at = segment.text.rfind(edit.find, 0, at) if at >= 0 else at
        if start < segment.start or segment.end < end or at < 0:
            raise DoesNotFit(
                f"{edit.row}: in {edit.file} its text is in part that of {segment.by}: make one `find` a part of the "
                "other's, and end that row's `replace` with the text as it was"
            )
        segment.text = segment.text[:at] + replacement + segment.text[at + len(edit.find) :]
        return
    segments.append(Segment(start, end, replacement, edit.row))


def mutated(text: str, edits: list[Edit]) -> str:
    segments: list[Segment] = []
    for edit in edits:
        put_in(edit, text, segments)
    pieces = ['#include "hosts_mutants.h"\n']
    at = 0
    for segment in sorted(segments, key=lambda one: one.start):
        pieces += [text[at : segment.start], segment.text]
        at = segment.end
    return "".join(pieces) + text[at:]


def copy_of(source: Path, edits: list[Edit]) -> dict[str, bytes]:
    """Every file of the copy, by its path."""
    files = {
        str(path.relative_to(source)): path.read_bytes()
        for path in sorted((source / "hosts").rglob("*"))
        if path.is_file() and not path.name.endswith(LEFT_OUT)
    }
    by_file: dict[str, list[Edit]] = {}
    for edit in edits:
        if edit.file not in files:
            raise DoesNotFit(f"{edit.row}: there is no {edit.file}: say where the text is now")
        by_file.setdefault(edit.file, []).append(edit)
    for name, its_edits in by_file.items():
        files[name] = mutated(files[name].decode(), its_edits).encode()
    files["hosts_mutants.h"] = HEADER.encode()
    return files


def write(files: dict[str, bytes], into: Path) -> None:
    for name, content in files.items():
        path = into / name
        if path.is_file() and path.read_bytes() == content:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for path in (into / "hosts").rglob("*"):
        if path.is_file() and str(path.relative_to(into)) not in files:
            path.unlink()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--source", type=Path, required=True, help="the checkout")
    parser.add_argument("--into", type=Path, required=True, help="the folder of the copy")
    parser.add_argument("--tables", type=Path, default=Path(__file__).resolve().parent / "tables")
    arguments = parser.parse_args()
    try:
        tables = read_tables(arguments.tables)
        files = copy_of(arguments.source, tables.edits)
    except (DoesNotFit, tomllib.TOMLDecodeError) as problem:
        print(f"mutate.py: {problem}", file=sys.stderr)
        return 1
    files["mutants.json"] = (json.dumps({"mutants": tables.mutants, "unproven": tables.unproven}, indent=1) + "\n").encode()
    write(files, arguments.into)
    return 0


if __name__ == "__main__":
    sys.exit(main())
