#!/usr/bin/python3
"""Tests of run_test.py: what is missing is said, skipped here and failed in CI."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import run_test

HERE = Path(__file__).resolve().parent


class WhatIsMissing(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.programs = self.folder / "bin"
        self.programs.mkdir()
        self.packages = self.folder / "packages"
        self.node = self.program("node", "echo v20.1.0")

    def program(self, name: str, does: str) -> Path:
        path = self.programs / name
        path.write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
        path.chmod(0o755)
        return path

    def install(self, lock: bytes) -> None:
        (self.packages / "node_modules").mkdir(parents=True)
        (self.packages / "package-lock.json").write_bytes(lock)

    def run_it(self, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-B", HERE / "run_test.py", "--node", self.node, "--packages", self.packages]
        rest = {name: value for name, value in os.environ.items() if name != "CI"}
        return subprocess.run(
            [*command, "--pages", self.program("pages", 'touch "$1/a.html"'), "a_test.mjs"],
            env=rest | {"PATH": f"{self.programs}:/usr/bin:/bin"} | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def test_it_is_skipped_here_and_fails_in_ci(self) -> None:
        self.assertEqual(self.run_it().returncode, 77)
        self.assertEqual(self.run_it(CI="true").returncode, 1)
        self.assertIn("scripts/setup --test installs it", self.run_it().stdout)

    def test_an_old_node_or_none_is_named(self) -> None:
        self.node = self.program("node", "echo v18.20.1")
        self.assertIn("Node.js 20 or later", self.run_it().stdout)
        self.node = self.programs / "no-such-node"
        self.assertIn("Node.js 20 or later", self.run_it().stdout)

    def test_packages_of_another_lock_are_not_used(self) -> None:
        self.program("chromium", "exit 0")
        self.install(b"{}")
        self.assertIn("another package-lock.json", self.run_it().stdout)

    def test_with_everything_there_the_test_decides(self) -> None:
        self.program("chromium", "exit 0")
        self.install((HERE / "package-lock.json").read_bytes())
        self.node = self.program(
            "node", '[ "$1" = --version ] && echo v22.0.0 && exit; ls "$WSGILAB_PAGES"; exit 3'
        )
        ended = self.run_it(CI="true")
        self.assertEqual(ended.returncode, 3, ended.stdout + ended.stderr)
        self.assertIn("a.html", ended.stdout)

    def test_the_version_of_what_is_no_node_is_0(self) -> None:
        self.assertEqual(run_test.node_version(str(self.program("odd", "echo hello"))), 0)


if __name__ == "__main__":
    unittest.main()
