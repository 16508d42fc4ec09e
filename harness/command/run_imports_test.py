#!/usr/bin/python3
"""`wsgilab run --import`: modules in every kind of interpreter of the engine, with its own Python.

    harness/command/run_imports_test.py build/dev/bin/wsgilab build/dev/bin/wsgilab-host
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

WSGILAB, HOST = sys.argv[1:3]
EVERYWHERE = {"main", "sub", "main after sub", "sub after main", "sub after sub"}
WITH_OWN_GILS = {"sub-own-gil", "sub-own-gil after main", "sub-own-gil after sub-own-gil"}


def run(folder: Path, *words: str) -> subprocess.CompletedProcess:
    command = [WSGILAB, "run", *words, "--app", "hello", "--mode", "daemon/main/lazy", "--suite", "none", "-o", folder]
    return subprocess.run(command, env=os.environ | {"WSGILAB_HOST": HOST}, capture_output=True, text=True)


def imports_of(folder: Path) -> dict[str, dict[str, dict]]:
    """By module, and by kind of interpreter."""
    found: dict[str, dict[str, dict]] = {}
    for text in (folder / "record.jsonl").read_text(encoding="utf-8").splitlines():
        line = json.loads(text)
        if line["type"] == "import":
            found.setdefault(line["distribution"], {})[line["interpreter"]] = line
    return found


class RunImports(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.out = Path(folder.name) / "out"

    def test_a_module_is_tried_in_every_kind_of_interpreter_that_there_is(self) -> None:
        done = run(self.out, "--import", "decimal", "--import", "nobody_has_this", "--import", "decimal")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        has_own_gils = json.loads(subprocess.run([HOST, "version"], capture_output=True, check=True).stdout)["own_gils"]
        kinds = EVERYWHERE | WITH_OWN_GILS if has_own_gils else EVERYWHERE
        found = imports_of(self.out)
        self.assertEqual(set(found), {"decimal", "nobody_has_this"})
        for lines in found.values():
            self.assertEqual(set(lines), kinds)
        self.assertEqual({line["outcome"] for line in found["decimal"].values()}, {"works"})
        self.assertEqual({line["outcome"] for line in found["nobody_has_this"].values()}, {"not_tried"})
        self.assertEqual(found["nobody_has_this"]["main"]["error"], "not installed")
        self.assertNotIn("app", found["decimal"]["main"])
        self.assertIn("Imports", (self.out / "report.html").read_text(encoding="utf-8"))

    def test_an_environment_that_is_named_is_where_they_are_looked_for(self) -> None:
        venv = self.out.parent / "venv"
        version = json.loads(subprocess.run([HOST, "version"], capture_output=True, check=True).stdout)["python"]
        series = ".".join(version.split(".")[:2])
        packages = venv / "lib" / f"python{series}" / "site-packages"
        packages.mkdir(parents=True)
        (packages / "only_here.py").touch()
        (venv / "bin").mkdir()
        (venv / "bin" / "python3").symlink_to(f"/usr/bin/python{series}")
        (venv / "pyvenv.cfg").write_text(f"home = /usr/bin\nversion = {version}\n")
        done = run(self.out, "--import", "only_here", "--venv", str(venv))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual({line["outcome"] for line in imports_of(self.out)["only_here"].values()}, {"works"})

    def test_an_environment_for_another_python_is_not_tried(self) -> None:
        venv = self.out.parent / "venv"
        venv.mkdir()
        (venv / "pyvenv.cfg").write_text("version = 3.7.1\n")
        run(self.out, "--import", "decimal", "--venv", str(venv))
        self.assertEqual(imports_of(self.out), {})
        self.assertIn("has packages for Python 3.7, not ", (self.out / "record.jsonl").read_text(encoding="utf-8"))

    def test_what_is_no_name_of_a_module_is_refused(self) -> None:
        for name in ("os; import sys", ".", "1x", "a..b", "a."):
            done = run(self.out, "--import", name)
            self.assertEqual(done.returncode, 2, name)
            self.assertIn("no name of a Python module", done.stderr)
            self.assertFalse(self.out.exists())

    def test_shards_have_none(self) -> None:
        done = run(self.out, "--import", "json", "--shard", "1/2")
        self.assertEqual(done.returncode, 2)
        self.assertIn("not dealt out to shards", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
