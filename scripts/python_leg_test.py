#!/usr/bin/python3
"""Tests of scripts/python-leg, with a debootstrap that copies a shell and its libraries, in seconds and without a network."""

import importlib.machinery
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parent / "python-leg"

PROGRAMS = ("/bin/sh", "/bin/cat", "/bin/chmod", "/bin/sleep", "/bin/mkdir", "/usr/bin/env")
SETUP = '#!/bin/sh\necho "setup $*" >>build/setups\n'
FREE_THREADED = "#!/bin/sh\necho free-threaded >>build/setups\n"
# What stands in for programs of the machine. $calls is a file that has a line for each call.
STAND_INS = {
    "apt-get": "echo 'Debian|Debian-Security|http://mirror.example/security'; echo 'Debian|Debian|http://mirror.example/debian'",
    "apt-config": "echo 'APT::Architecture \"amd64\";'; echo 'Acquire::Check-Date \"false\";'",
    "debootstrap": 'echo "$*" >>"$calls"; mkdir -p "$4/etc"; test -z "$then" || $then; cp -a "$template/." "$4"',
}


def load_script():
    loader = importlib.machinery.SourceFileLoader("python_leg", str(SCRIPT))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("python_leg", loader))
    loader.exec_module(module)
    return module


def make_template(root: Path) -> None:
    """A root file system with a shell in it."""
    for program in PROGRAMS:
        listed = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
        for file in [program, *re.findall(r"(/\S+)", listed)]:
            copy = root / file[1:]
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(Path(file).resolve(), copy)
    for folder in ("proc", "sys", "dev", "tmp", "run", "root", "etc/apt/apt.conf.d", "etc/dpkg/dpkg.cfg.d", "usr/bin"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    write_program(root / "usr/bin/dpkg", "exit 0")
    write_program(root / "usr/bin/python3", "echo Python 3.99")
    write_program(root / "usr/bin/g++", "echo g++ 99")
    write_program(root / "usr/bin/head", "cat")


def write_program(path: Path, text: str) -> None:
    path.write_text(text if text.startswith("#!") else f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


class WhatItDecides(unittest.TestCase):
    def setUp(self) -> None:
        self.script = load_script()

    def test_the_mirror_is_that_of_the_machines_own_debian(self) -> None:
        listed = "|other|http://a.example\nDebian|Debian-Security|http://b.example\nDebian|Debian|http://c.example\n"
        self.assertEqual(self.script.mirror_of(listed), "http://c.example")

    def test_without_a_mirror_it_says_what_to_do(self) -> None:
        with self.assertRaisesRegex(self.script.CannotMake, "apt-get update"):
            self.script.mirror_of("Ubuntu|Ubuntu|http://a.example\n")

    def test_a_command_hears_nothing_of_the_machines_python_and_folders(self) -> None:
        outside = {"PYTHONPATH": "/x", "VIRTUAL_ENV": "/x", "TMPDIR": "/x", "PATH": "/x", "HOME": "/x", "CI": "true"}
        inside = self.script.leg_environment(outside, self.script.Leg("trixie"))
        self.assertEqual(inside["CI"], "true")
        self.assertNotIn("/x", inside.values())

    def test_which_python_is_taken_follows_from_the_leg_alone(self) -> None:
        outside = {"WSGILAB_PYTHON": "/x"}
        self.assertNotIn("WSGILAB_PYTHON", self.script.leg_environment(outside, self.script.Leg("trixie")))
        inside = self.script.leg_environment(outside, self.script.Leg("trixie-t"))
        self.assertEqual(inside["WSGILAB_PYTHON"], "/usr/local/bin/python3t")


@unittest.skipUnless(os.geteuid() == 0, "a leg needs root")
class ALeg(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="wsgilab-leg-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.checkout = self.folder / "checkout"
        (self.checkout / "scripts/requirements").mkdir(parents=True)
        for script in (SCRIPT, SCRIPT.with_name("in-leg-here")):
            shutil.copy(script, self.checkout / "scripts")
        write_program(self.checkout / "scripts/setup", SETUP)
        write_program(self.checkout / "scripts/free-threaded-python", FREE_THREADED)
        self.leg = self.checkout / "build/legs/bookworm"
        self.calls = self.folder / "calls"
        make_template(self.folder / "template")
        (self.folder / "bin").mkdir()
        for name, text in STAND_INS.items():
            write_program(self.folder / "bin" / name, text)

    def start(self, *words: str, then: str = "") -> subprocess.Popen:
        """`then` is what debootstrap does when half of it is there."""
        environment = dict(
            os.environ,
            PATH=f"{self.folder / 'bin'}:{os.environ['PATH']}",
            calls=str(self.calls),
            template=str(self.folder / "template"),
            then=then,
        )
        return subprocess.Popen(
            [self.checkout / "scripts/python-leg", *words],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )

    def run_script(self, *words: str, then: str = "") -> tuple[int, str, str]:
        started = self.start(*words, then=then)
        out, errors = started.communicate(timeout=60)
        return started.returncode, out, errors

    def in_leg(self, source: str) -> tuple[int, str, str]:
        return self.run_script("bookworm", "sh", "-c", source)

    def names_in_leg_folder(self) -> set[str]:
        return {path.name for path in self.leg.iterdir()}

    def wait_for(self, condition, what: str) -> None:
        deadline = time.monotonic() + 30
        while not condition():
            self.assertLess(time.monotonic(), deadline, what)
            time.sleep(0.01)

    def test_it_is_made_once_and_has_a_build_folder_of_its_own(self) -> None:
        (self.checkout / "build").mkdir()
        (self.checkout / "build/outside").touch()
        code, out, errors = self.in_leg("echo $PWD; echo build/*; echo made >build/made")
        self.assertEqual((code, out), (0, f"{self.checkout}\nbuild/setups\n"), errors)
        self.assertEqual((self.leg / "build/made").read_text(), "made\n")
        self.assertEqual((self.leg / "build/setups").read_text(), "setup --leg\n")
        self.assertEqual(self.in_leg("true")[0], 0)
        self.assertEqual(len(self.calls.read_text().splitlines()), 1)
        self.assertEqual((self.leg / "build/setups").read_text(), "setup --leg\n")

    def test_it_has_the_machines_mirror_and_its_settings_for_it(self) -> None:
        self.assertEqual(self.in_leg("true")[0], 0)
        self.assertIn("http://mirror.example/debian", self.calls.read_text())
        sources = (self.leg / "root/etc/apt/sources.list").read_text()
        self.assertEqual(sources, "deb http://mirror.example/debian bookworm main\n")
        self.assertEqual((self.leg / "root/etc/apt/apt.conf.d/90machine").read_text(), 'Acquire::Check-Date "false";\n')

    def test_a_suite_alone_says_what_is_in_it(self) -> None:
        self.assertEqual(self.run_script("bookworm")[:2], (0, "bookworm: Python 3.99, g++ 99\n"))

    def test_the_exit_code_is_the_commands(self) -> None:
        self.assertEqual(self.in_leg("exit 7")[0], 7)
        self.assertEqual(self.in_leg("kill -TERM $$")[0], 128 + signal.SIGTERM)
        code, _, errors = self.run_script("bookworm", "no-such-program")
        self.assertEqual(code, 127)
        self.assertIn("no-such-program", errors)

    def test_it_reads_standard_input(self) -> None:
        self.assertEqual(self.in_leg("true")[0], 0)
        fed = subprocess.run([self.checkout / "scripts/python-leg", "bookworm", "cat"], input="fed", capture_output=True, text=True)
        self.assertEqual(fed.stdout, "fed")

    def test_mounts_and_processes_end_with_the_command(self) -> None:
        code, out, errors = self.in_leg("sleep 1000 >/dev/null 2>&1 & echo $!; cat /proc/mounts")
        self.assertEqual(code, 0, errors)
        self.assertIn(f" {self.checkout}/build ", out)
        self.assertNotIn(str(self.checkout), Path("/proc/self/mounts").read_text())
        roots = []
        for process in Path("/proc").glob("[0-9]*/root"):
            try:
                roots.append(os.readlink(process))
            except OSError:
                continue  # ended
        self.assertNotIn(str(self.leg / "root"), roots)

    def test_a_making_that_fails_leaves_no_half_root(self) -> None:
        code, _, errors = self.run_script("bookworm", "true", then="exit 3")
        self.assertEqual(code, 1)
        self.assertIn("debootstrap ended with 3", errors)
        self.assertEqual(self.names_in_leg_folder(), {"lock", "build"})
        self.assertEqual(self.in_leg("echo whole")[:2], (0, "whole\n"))

    def test_a_making_that_is_ended_leaves_no_half_root(self) -> None:
        started = self.start("bookworm", "true", then="sleep 1000")
        self.wait_for(lambda: (self.leg / "root.being-made/etc").exists(), "the making has begun")
        started.send_signal(signal.SIGTERM)
        self.assertNotEqual(started.wait(timeout=30), 0)
        started.communicate()
        self.assertEqual(self.names_in_leg_folder(), {"lock", "build"})

    def test_what_a_killed_making_left_is_not_taken_for_a_root(self) -> None:
        started = self.start("bookworm", "true", then="sleep 1000")
        self.wait_for(lambda: (self.leg / "root.being-made/etc").exists(), "the making has begun")
        started.kill()
        started.communicate()
        self.assertEqual(self.in_leg("echo whole")[:2], (0, "whole\n"))
        self.assertEqual(self.names_in_leg_folder(), {"lock", "build", "root"})

    def test_two_at_once_make_it_once(self) -> None:
        both = [self.start("bookworm", "sh", "-c", "echo whole", then="sleep 0.5") for _ in range(2)]
        self.assertEqual([started.communicate(timeout=60)[0] for started in both], ["whole\n", "whole\n"])
        self.assertEqual(len(self.calls.read_text().splitlines()), 1)

    def test_it_is_furnished_again_when_setup_has_changed(self) -> None:
        self.assertEqual(self.in_leg("true")[0], 0)
        write_program(self.checkout / "scripts/setup", SETUP + "# changed\n")
        self.assertEqual(self.in_leg("true")[0], 0)
        self.assertEqual(len(self.calls.read_text().splitlines()), 1)
        self.assertEqual(len((self.leg / "build/setups").read_text().splitlines()), 2)

    def test_it_is_made_anew_when_that_is_asked(self) -> None:
        self.assertEqual(self.in_leg("mkdir /mark")[0], 0)
        self.assertEqual(self.run_script("--remake", "bookworm", "sh", "-c", "test ! -e /mark")[0], 0)
        self.assertEqual(self.names_in_leg_folder(), {"lock", "build", "root"})

    def test_one_without_a_gil_has_that_python_before_it_is_furnished(self) -> None:
        code, out, errors = self.run_script("bookworm-t", "sh", "-c", "echo $WSGILAB_PYTHON; cat build/setups")
        self.assertEqual((code, out), (0, "/usr/local/bin/python3t\nfree-threaded\nsetup --leg\n"), errors)
        self.assertFalse(self.leg.exists())
        self.assertEqual(self.calls.read_text().split()[2], "bookworm")

    def test_one_without_a_gil_begins_with_a_copy_of_the_suites_own(self) -> None:
        self.assertEqual(self.in_leg("echo first >/etc/mark")[0], 0)
        self.assertEqual(self.run_script("bookworm-t", "cat", "/etc/mark")[:2], (0, "first\n"))
        self.assertEqual(self.run_script("bookworm-t", "sh", "-c", "echo second >/etc/mark")[0], 0)
        self.assertEqual(self.in_leg("cat /etc/mark")[:2], (0, "first\n"))
        self.assertEqual(len(self.calls.read_text().splitlines()), 1)
        write_program(self.checkout / "scripts/free-threaded-python", FREE_THREADED + "# changed\n")
        self.assertEqual(self.run_script("bookworm-t", "cat", "/etc/mark")[:2], (0, "second\n"))
        setups = (self.leg.with_name("bookworm-t") / "build/setups").read_text()
        self.assertEqual(setups, "free-threaded\nsetup --leg\n" * 2)

    def make_engine(self, about: str, preset: str = "dev") -> tuple[int, str, str]:
        """In a leg whose cmake makes an engine that says `about`, and where it is; with extension modules if it is of dev."""
        extensions = "build/dev/probe_extensions" if preset == "dev" else ""
        write_program(
            self.folder / "template/usr/bin/cmake",
            'test "$1" = --preset || {\n'
            f"mkdir -p build/{preset}/bin {extensions}\n"
            f"echo '#!/bin/sh' >build/{preset}/bin/wsgilab-host\n"
            f"cat >>build/{preset}/bin/wsgilab-host <<'END'\n"
            f"[ \"$1\" != version ] || {{ echo '{about}'; exit; }}\n"
            'echo "$PWD $*"; cat /etc/which here; exec sleep 1000\n'
            "END\n"
            f"chmod 755 build/{preset}/bin/wsgilab-host; }}",
        )
        return self.run_script("--engine", "bookworm", preset)

    def test_its_engine_runs_among_the_processes_of_the_machine(self) -> None:
        (self.folder / "template/etc/which").write_text("of the leg\n")
        code, out, errors = self.make_engine('{"python": "3.99.1"}')
        self.assertEqual(code, 0, errors)
        self.assertIn("build/dev/bin/wsgilab-host-3.99", out)
        (self.folder / "here").write_text("of the machine\n")
        engine = subprocess.Popen(
            [self.checkout / "build/dev/bin/wsgilab-host-3.99", "serve", "a b"], cwd=self.folder, stdout=subprocess.PIPE, text=True
        )
        self.addCleanup(engine.stdout.close)
        self.addCleanup(engine.kill)
        said = [engine.stdout.readline() for _ in range(3)]
        self.assertEqual(said, [f"{self.folder} serve a b\n", "of the leg\n", "of the machine\n"])
        self.assertEqual(os.readlink(f"/proc/{engine.pid}/root"), str(self.leg / "root"))
        self.assertNotIn(str(self.leg), Path("/proc/self/mounts").read_text())
        code, _, errors = self.run_script("--remake", "bookworm", "true")
        self.assertEqual(code, 1)
        self.assertIn(f"end them first (process {engine.pid})", errors)
        self.assertTrue((self.leg / "root/etc/which").exists())
        engine.terminate()
        self.assertEqual(engine.wait(timeout=30), -signal.SIGTERM)
        self.assertEqual((self.checkout / "build/venv-3.99").resolve(), (self.leg / "build/venv").resolve())
        self.assertTrue((self.checkout / "build/dev/probe_extensions-3.99").is_dir())

    def test_an_engine_without_a_gil_has_another_name(self) -> None:
        self.assertIn("wsgilab-host-3.99t", self.make_engine('{"python": "3.99.1", "free_threaded": true}')[1])

    def test_an_engine_with_a_sanitizer_is_there_alone(self) -> None:
        code, out, errors = self.make_engine('{"python": "3.99.1"}', "tsan")
        self.assertEqual(code, 0, errors)
        self.assertIn("build/tsan/bin/wsgilab-host-3.99", out)
        self.assertEqual(sorted(path.name for path in (self.checkout / "build/tsan").iterdir()), ["bin"])

    def test_an_engine_takes_no_folder_away(self) -> None:
        (self.checkout / "build/venv-3.99/lib").mkdir(parents=True)
        code, _, errors = self.make_engine('{"python": "3.99.1"}')
        self.assertEqual(code, 1)
        self.assertIn("venv-3.99 is in the way", errors)
        self.assertTrue((self.checkout / "build/venv-3.99/lib").is_dir())

    def test_what_is_no_suite_is_refused(self) -> None:
        for words in ([], ["../x", "true"], ["trixie-x", "true"], ["--no-such-option", "trixie"], ["--engine", "trixie", "debug"]):
            code, _, errors = self.run_script(*words)
            self.assertEqual(code, 2, words)
            self.assertIn("usage:", errors)


if __name__ == "__main__":
    unittest.main()
