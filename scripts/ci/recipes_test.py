#!/usr/bin/python3
"""The recipes for GitHub Actions, GitLab and Jenkins are what their services would take, and do what they say: their steps that
run and merge shards are run here, with a fake host in the place of the engine, and those that gate with the engine.

    recipes_test.py --wsgilab PROGRAM --host FAKE_HOST --checks STAND_IN --engine PROGRAM
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
APPLICATION = """\
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])
    return [b"Hello"]
"""


class Recipe(unittest.TestCase):
    options: argparse.Namespace
    file: str
    verbs = {"run", "merge", "report"}

    def setUp(self) -> None:
        self.recipe = self.read((HERE / self.file).read_text())
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

    def read(self, text: str):
        return yaml.safe_load(text)

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
            for verb, rest in re.findall(r"(?:bin/wsgilab|\"\$WSGILAB\") (\w+)(.*)", script.replace("\\\n", " ")):
                found.add(verb)
                told = subprocess.run([self.options.wsgilab, verb, "--help"], capture_output=True, text=True)
                self.assertEqual(told.returncode, 0, verb)
                for option in re.findall(r" (--?[a-z][a-z-]*)", rest):
                    self.assertIn(option, told.stdout, f"wsgilab {verb}")
        self.assertEqual(found, self.verbs)


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


class Gate(Recipe):
    """Those of gate.md: their steps ask whether it works, then whether it is slower."""

    verbs = {"run", "gate", "report"}

    def setUp(self) -> None:
        super().setUp()
        # Two environments as `pip install` would leave them.
        for side in ("before", "after"):
            subprocess.run(["/usr/bin/python3", "-m", "venv", "--without-pip", self.folder / side], check=True)
        (self.folder / "after-code").mkdir()
        (self.folder / "script").mkdir()
        (self.folder / "script/wsgi.py").write_text(APPLICATION)
        self.environment |= {
            "WSGILAB_HOST": self.options.engine,  # the fake host has no environments
            "SCRIPT": "after-code/wsgi.py", "URL": "/", "MODE": "embedded/main/preload", "RULES": "after-code/gate.toml",
            # As short as a comparison can be, and without controls.
            "GATE_OPTIONS": "--blocks 6 --controls off --once --window 20ms",
            "WSGILAB": str(self.folder / "wsgilab/build/release/bin/wsgilab"),
        }  # fmt: skip

    def works(self) -> str:
        """The script that asks whether it works."""
        raise NotImplementedError

    def is_slower(self) -> str:
        """The one that asks whether it is slower. It passes 3 on, or says what 3 is."""
        raise NotImplementedError

    def tell(self) -> str:
        """What tells the service of it, where that is a script of its own."""
        return ""

    def expect_told(self, code: int) -> None:
        """The rules are tests: those that are broken have failed."""
        told = self.shell(self.tell())
        self.assertEqual(told.returncode, 0, told.stdout + told.stderr)
        rules = ElementTree.parse(self.folder / "gate/junit.xml").getroot().find("testsuite[@name='rules']")
        self.assertEqual(len(rules.findall("testcase")), 3, "two rules, and the gate as a whole")
        self.assertEqual(len(rules.findall("testcase/failure")), 1 if code == 99 else 0)

    def expect_answers(self, limits: tuple[tuple[str, int], ...]) -> None:
        ran = self.shell(self.works())
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)
        # Nothing here depends on how fast this machine is.
        for limit, code in limits:
            (self.folder / "after-code/gate.toml").write_text(
                f'[[rule]]\nexpect = "pss{{when=after_load}}: total < {limit}"\n'
                '[[rule]]\nexpect = "latency: p(50) <= baseline * 9"\n'
            )
            ran = self.shell(self.is_slower())
            self.assertEqual(ran.returncode, code, ran.stdout + ran.stderr)
            self.assertTrue((self.folder / "gate/record.jsonl").exists(), ran.stdout + ran.stderr)
            self.expect_told(code)
            shutil.rmtree(self.folder / "gate")


class GithubGate(Gate):
    file = "gate-github-actions.yml"

    def scripts(self) -> dict[str, str]:
        steps = self.recipe["jobs"]["gate"]["steps"]
        return {step["name"]: step["run"] for step in steps if "run" in step}

    def works(self) -> str:
        return self.scripts()["Does it work?"]

    def is_slower(self) -> str:
        return self.scripts()["Is it slower?"]

    def test_its_commands_are_commands(self) -> None:
        self.check_commands()

    def test_its_steps_say_what_the_gate_says(self) -> None:
        self.expect_answers((("1 GiB", 0), ("1 KiB", 99)))  # 0 also where nothing can be said: it warns
        summary = (self.folder / "step-summary").read_text()
        self.assertRegex(summary, "[12] rules? hold")
        self.assertIn("broken", summary)

    def test_it_measures_what_a_pull_request_changes(self) -> None:
        checkouts = [step["with"] for step in self.recipe["jobs"]["gate"]["steps"] if "checkout" in step.get("uses", "")]
        self.assertEqual([one["path"] for one in checkouts], ["wsgilab", "before-code", "after-code"])
        self.assertEqual(checkouts[1]["ref"], "${{ github.event.pull_request.base.sha }}")
        self.assertEqual(self.recipe["permissions"], {"contents": "read"})


class GitlabGate(Gate):
    file = "gate-gitlab-ci.yml"

    def scripts(self) -> dict[str, str]:
        job = self.recipe["wsgilab gate"]
        return {name: "\n".join(job[name]) for name in ("before_script", "script")}

    def works(self) -> str:
        return self.recipe["wsgilab gate"]["script"][0]

    def is_slower(self) -> str:
        return "\n".join(self.recipe["wsgilab gate"]["script"][1:])

    def test_its_commands_are_commands(self) -> None:
        self.check_commands()

    def test_its_script_says_what_the_gate_says(self) -> None:
        self.expect_answers((("1 KiB", 99),))
        self.assertEqual(self.recipe["wsgilab gate"]["allow_failure"], {"exit_codes": [3]})
        self.assertEqual(self.recipe["wsgilab gate"]["artifacts"]["reports"], {"junit": "gate/junit.xml"})


class JenkinsGate(Gate):
    file = "gate.Jenkinsfile"

    def read(self, text: str):
        return text

    def scripts(self) -> dict[str, str]:
        found = re.findall(r"\'\'\'\n(.*?)\'\'\'", self.recipe, re.DOTALL)
        return dict(zip(("install", "works", "is slower", "tell"), found, strict=True))

    def works(self) -> str:
        return self.scripts()["works"]

    def is_slower(self) -> str:
        return self.scripts()["is slower"]

    def tell(self) -> str:
        return self.scripts()["tell"]

    def test_it_hands_the_tests_over(self) -> None:
        self.assertIn("junit testResults: 'gate/junit.xml', allowEmptyResults: true", self.recipe)

    def test_its_brackets_are_closed(self) -> None:
        code = re.sub(r"\'\'\'.*?\'\'\'|'[^'\n]*'|\"[^\"\n]*\"|//[^\n]*", "", self.recipe, flags=re.DOTALL)
        for opened, closed in ("{}", "()"):
            self.assertEqual(code.count(opened), code.count(closed))

    def test_its_commands_are_commands(self) -> None:
        self.check_commands()

    def test_its_steps_say_what_the_gate_says(self) -> None:
        self.expect_answers((("1 KiB", 99),))


def load_tests(loader: unittest.TestLoader, _tests, _pattern) -> unittest.TestSuite:
    cases = (GithubActions, Gitlab, GithubGate, GitlabGate, JenkinsGate)
    return unittest.TestSuite(loader.loadTestsFromTestCase(case) for case in cases)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--wsgilab", "--host", "--checks", "--engine"):
        parser.add_argument(name, required=True)
    Recipe.options, rest = parser.parse_known_args()
    return 0 if unittest.main(argv=[sys.argv[0], *rest], exit=False).result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
