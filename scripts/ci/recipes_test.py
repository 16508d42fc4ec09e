#!/usr/bin/python3
"""The recipes for GitHub Actions and GitLab are what their services would take, and do what they say: their steps that run
and merge shards are run here, with a fake host in the place of the engine.

    recipes_test.py --wsgilab PROGRAM --host FAKE_HOST --checks STAND_IN
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from xml.etree import ElementTree

import yaml

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SHARDS = 3


class Recipe(unittest.TestCase):
    options: argparse.Namespace
    file: str

    def setUp(self) -> None:
        self.recipe = yaml.safe_load((HERE / self.file).read_text())
        self.folder = Path(tempfile.mkdtemp(prefix="wsgilab-recipe."))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        program = self.folder / "wsgilab/build/release/bin/wsgilab"
        program.parent.mkdir(parents=True)
        program.symlink_to(self.options.wsgilab)
        for name in ("one", "two", "three"):
            (self.folder / f"{name}.wsgi").write_text("application = None\n")
        (self.folder / "tmp").mkdir()
        self.environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.folder),
            "TMPDIR": str(self.folder / "tmp"),
            "WSGILAB_HOST": self.options.host,
            "WSGILAB_CHECKS": self.options.checks,
            "OPTIONS": "--mode embedded/main/lazy --suite all one.wsgi two.wsgi three.wsgi",
            "GITHUB_STEP_SUMMARY": str(self.folder / "step-summary"),
            "GITHUB_OUTPUT": str(self.folder / "step-output"),
        }

    def shell(self, script: str, **more: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", script],
            cwd=self.folder, env={**self.environment, **more}, capture_output=True, text=True,
        )

    def expect_whole_run(self) -> None:
        lines = [json.loads(line) for line in (self.folder / "merged/record.jsonl").read_text().splitlines()]
        kinds = [line["type"] for line in lines]
        self.assertEqual(kinds.count("cell"), 3)
        self.assertEqual(kinds.count("check"), 60)
        self.assertEqual(lines[-1]["exit_code"], 0)
        self.assertTrue((self.folder / "merged/report.html").exists())
        self.assertIn("60 of 60 checks passed", (self.folder / "merged/comment.md").read_text())
        tests = ElementTree.parse(self.folder / "merged/junit.xml").getroot()
        self.assertEqual(len(tests.findall("testsuite[@name='cells']/testcase")), 3)
        self.assertEqual(tests.findall("testsuite/testcase/failure") + tests.findall("testsuite/testcase/error"), [])

    def scripts(self) -> dict[str, str]:
        """Every script of the recipe, under a name."""
        raise NotImplementedError

    def check_commands(self) -> None:
        """Its programs are there, and the options of wsgilab are options of wsgilab."""
        found = set()
        for name, script in self.scripts().items():
            checked = subprocess.run(
                ["shellcheck", "--shell=bash", "--exclude=SC2086", "-"], input=f"set -e\n{script}", capture_output=True, text=True
            )
            self.assertEqual(checked.returncode, 0, f"{name}: {checked.stdout}")
            for path in re.findall(r"(?:wsgilab/|^)(scripts/\w+)", script, re.MULTILINE):
                self.assertTrue(os.access(ROOT / path, os.X_OK), path)
            for verb, rest in re.findall(r"bin/wsgilab (\w+)(.*)", script):
                found.add(verb)
                told = subprocess.run([self.options.wsgilab, verb, "--help"], capture_output=True, text=True)
                self.assertEqual(told.returncode, 0, verb)
                for option in re.findall(r" (--?[a-z][a-z-]*)", rest):
                    self.assertIn(option, told.stdout, f"wsgilab {verb}")
        self.assertEqual(found, {"run", "merge", "report"})


class GithubActions(Recipe):
    file = "github-actions.yml"

    def scripts(self) -> dict[str, str]:
        scripts = {}
        for name, job in self.recipe["jobs"].items():
            for step in job["steps"]:
                if "run" in step:
                    scripts[f"{name}: {step['name']}"] = re.sub(r"\$\{\{ [^}]* \}\}", "1", step["run"])
        return scripts

    def step(self, job: str, name: str) -> str:
        (step,) = [step for step in self.recipe["jobs"][job]["steps"] if step.get("name") == name]
        return step["run"]

    def test_the_jobs_need_each_other(self) -> None:
        jobs = self.recipe["jobs"]
        self.assertEqual(list(jobs), ["plan", "shard", "merge"])
        self.assertEqual(jobs["shard"]["needs"], "plan")
        self.assertEqual(jobs["merge"]["needs"], ["plan", "shard"])
        self.assertIn("always()", jobs["merge"]["if"])
        self.assertIs(jobs["shard"]["strategy"]["fail-fast"], False)
        self.assertEqual(self.recipe["permissions"], {"contents": "read"})
        self.assertIn(True, self.recipe, "`on`, which YAML 1.1 reads as true")

    def test_every_artifact_that_is_fetched_is_kept(self) -> None:
        kept, fetched = set(), set()
        for job in self.recipe["jobs"].values():
            for step in job["steps"]:
                if "upload-artifact" in step.get("uses", ""):
                    kept.add(re.sub(r"\$\{\{ [^}]* \}\}", "*", step["with"]["name"]))
                if "download-artifact" in step.get("uses", ""):
                    fetched.add(step["with"].get("name") or step["with"]["pattern"])
        self.assertEqual(fetched, {"wsgilab-program", "wsgilab-shard-*"})
        self.assertEqual(kept, fetched | {"wsgilab-report"})

    def test_its_commands_are_commands(self) -> None:
        self.check_commands()

    def test_its_steps_make_the_whole_run(self) -> None:
        planned = self.shell(self.step("plan", "Plan the shards"), SHARDS=str(SHARDS))
        self.assertEqual(planned.returncode, 0, planned.stderr)
        output = (self.folder / "step-output").read_text()
        self.assertEqual(json.loads(output.partition("=")[2]), [1, 2, 3])
        for shard in (3, 1, 2):
            script = self.step("shard", "Run a shard").replace("${{ matrix.shard }}", str(shard))
            ran = self.shell(script, SHARDS=str(SHARDS))
            self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)
            # The artifact of each job has a folder of its own, as download-artifact makes it.
            (self.folder / f"shard-{shard}").rename(self.make("shards") / f"wsgilab-shard-{shard}")
        merged = self.shell(self.step("merge", "Merge the shards"))
        self.assertEqual(merged.returncode, 0, merged.stdout + merged.stderr)
        self.expect_whole_run()
        self.assertIn("60 of 60 checks passed", (self.folder / "step-summary").read_text())
        self.assertIn("\n::notice title=wsgilab::", merged.stdout)

    def test_a_shard_that_is_lost_is_never_a_pass(self) -> None:
        script = self.step("shard", "Run a shard").replace("${{ matrix.shard }}", "1")
        self.assertEqual(self.shell(script, SHARDS="2").returncode, 0)
        (self.folder / "shard-1").rename(self.make("shards") / "wsgilab-shard-1")
        merged = self.shell(self.step("merge", "Merge the shards"))
        self.assertEqual(merged.returncode, 3, merged.stdout + merged.stderr)
        self.assertTrue((self.folder / "merged/report.html").exists())

    def make(self, name: str) -> Path:
        (self.folder / name).mkdir(exist_ok=True)
        return self.folder / name


class Gitlab(Recipe):
    file = "gitlab-ci.yml"

    def job(self, name: str) -> dict:
        return self.recipe[f"wsgilab {name}"]

    def scripts(self) -> dict[str, str]:
        return {name: "\n".join(self.job(name)["script"]) for name in ("build", "shard", "report")}

    def test_the_jobs_need_each_other(self) -> None:
        jobs = [self.job(name) for name in ("build", "shard", "report")]
        self.assertEqual([job["stage"] for job in jobs], self.recipe["stages"])
        self.assertEqual(self.job("shard")["needs"], ["wsgilab build"])
        self.assertEqual(self.job("report")["needs"], ["wsgilab build", "wsgilab shard"])
        self.assertEqual(self.job("report")["when"], "always")
        self.assertEqual(self.job("shard")["parallel"], SHARDS)
        for job in jobs[1:]:
            self.assertEqual(job["artifacts"]["when"], "always")
        self.assertEqual(jobs[-1]["artifacts"]["reports"], {"junit": "merged/junit.xml"})

    def test_its_commands_are_commands(self) -> None:
        self.check_commands()

    def test_its_scripts_make_the_whole_run(self) -> None:
        setup = self.folder / "wsgilab/scripts/setup"  # is not what is tried here
        setup.parent.mkdir()
        setup.write_text("#!/bin/sh\n")
        setup.chmod(0o755)
        for index in range(1, SHARDS + 1):
            ran = self.shell(
                "\n".join(self.job("shard")["script"]), CI_NODE_INDEX=str(index), CI_NODE_TOTAL=str(SHARDS)
            )
            self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)
        merged = self.shell("\n".join(self.job("report")["script"]))
        self.assertEqual(merged.returncode, 0, merged.stdout + merged.stderr)
        self.expect_whole_run()


def load_tests(loader: unittest.TestLoader, _tests, _pattern) -> unittest.TestSuite:
    return unittest.TestSuite(loader.loadTestsFromTestCase(case) for case in (GithubActions, Gitlab))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--wsgilab", "--host", "--checks"):
        parser.add_argument(name, required=True)
    Recipe.options, rest = parser.parse_known_args()
    return 0 if unittest.main(argv=[sys.argv[0], *rest], exit=False).result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
