#!/usr/bin/python3
"""Runs the commands in the documents, as a reader would who has this checkout and has built it.

    scripts/run_documents.py --bin build/dev/bin [--only PAGE ...] [--show]

Each page has a temporary folder that looks like the checkout, with the programs in PATH, and one bash for all of its
commands (scripts/documents.py says how a block is marked). A port 80xx is a free one while it runs, and /srv/ a folder in
that one. What ends with another code
than 0, or prints something else than the page says, is a problem, printed as file:line: what. Of commands that are not run,
program, verb and options are looked up. What a page starts it must end.

--show prints what each command printed, to be put into a page. Exit code 0 without a problem.
"""

import argparse
import ctypes
import difflib
import os
import re
import select
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import check_docs
import documents
import leave_nothing

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 60.0
PORT = re.compile(r"\b80\d\d\b")
SITES = "/srv/"  # where the examples of a page lie
# As re.escape leaves them.
FIGURE = re.compile(r"(?<![\w/])(?:\d(?:[\d,]|\\\.(?=\d))*|–)(?:\\ (?:ns|µs|ms|s|KiB|MiB|GiB)\b)?")
ANY_FIGURE = r"(?:> )?(?:\d[\d,.]*|–)(?: (?:ns|µs|ms|s|KiB|MiB|GiB)\b)?"
END = "\x02end of command\x02"


class Names:
    """The ports and folders that a page names, and those that stand for them while it runs."""

    def __init__(self) -> None:
        self.ports: dict[str, str] = {}
        self.folder = Path("/")

    def to_real(self, text: str) -> str:
        text = text.replace(SITES, f"{self.folder}{SITES}")
        return PORT.sub(lambda match: self.ports.setdefault(match.group(), free_port()), text)

    def to_page(self, text: str) -> str:
        text = text.replace(f"{self.folder}{SITES}", SITES)
        for name, real in self.ports.items():
            text = re.sub(rf"\b{real}\b", name, text)
        return text


def free_port() -> str:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return str(asked.getsockname()[1])


def as_pattern(lines: list[str], figures_vary: bool = False) -> re.Pattern[str]:
    """How wide the columns of a table are depends on what is in them."""

    def as_text(text: str) -> str:
        pattern = re.sub(r"(?:\\ ){2,}", " +", re.escape(text))
        return FIGURE.sub(lambda _: ANY_FIGURE, pattern) if figures_vary else pattern

    parts = []
    for line in lines:
        if line.strip() == "...":
            parts.append(r"(?:[^\n]*\n)*")
        else:
            parts.append(r"[^\n]*".join(map(as_text, line.split("..."))) + r"[ \t]*\n")
    return re.compile("".join(parts))


class Reader:
    """One bash that reads what a page says, as somebody types it."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.backgrounds = 0
        self.shell = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=False,
        )
        self.write("set -m; set -o pipefail\n")

    def write(self, text: str) -> None:
        self.shell.stdin.write(text.encode())
        self.shell.stdin.flush()

    def run(self, command: str) -> tuple[int, str]:
        """Its exit code (of a command in the background: 0), and what it printed."""
        # A terminal tells between two prompts that a job has ended, and its number is free again.
        command = re.sub(r"\bkill (%\d+)", r"{ kill \1 && { wait \1 || true; }; } 2>/dev/null", command)
        # The code is put back, for a page that goes on with `echo $?`.
        self.write(f"{{ {command}\n}} </dev/null; code=$?; printf '{END}%d\\n' $code; (exit $code)\n")
        printed = b""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (ended := re.search(rb"\x02end of command\x02(\d+)\n", printed)):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.shell.stdout], [], [], left)[0]:
                return -1, printed.decode(errors="replace")
            if not (more := os.read(self.shell.stdout.fileno(), 65536)):
                return -1, printed.decode(errors="replace")
            printed += more
        return int(ended[1]), printed[: ended.start()].decode(errors="replace")

    def begin(self, command: str, is_enough) -> str:
        """A command in the background: what it has printed when that is enough, it has ended, or patience is over."""
        self.backgrounds += 1
        said = self.folder / f".background.{self.backgrounds}"
        process = self.run(f"{command.rstrip().removesuffix('&')} >{said} 2>&1 & echo $!")[1].strip()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            is_over = time.monotonic() > deadline or not Path(f"/proc/{process}").exists()
            text = said.read_text(errors="replace") if said.exists() else ""
            if is_over or is_enough(text):
                return text
            time.sleep(0.02)

    def end(self) -> None:
        self.shell.stdin.close()
        try:
            self.shell.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.shell.kill()
            self.shell.wait()
        self.shell.stdout.close()


def make_checkout(folder: Path, programs: Path) -> None:
    """The folder looks like this checkout, built; nothing that is written into it gets there."""
    for path in ROOT.iterdir():
        if path.name != "build" and not path.name.startswith("."):
            (folder / path.name).symlink_to(path)
    for preset in ("release", "dev"):
        (folder / "build" / preset).mkdir(parents=True)
        (folder / "build" / preset / "bin").symlink_to(programs)
        (folder / "build" / preset / "tests").symlink_to(programs.parent / "tests")
    for name in ("venv", "peers"):
        if (ROOT / "build" / name).exists():
            (folder / "build" / name).symlink_to(ROOT / "build" / name)


class Page:
    def __init__(self, path: Path, programs: Path, show: bool) -> None:
        self.path = path
        self.programs = programs
        self.show = show
        self.text = (ROOT / path).read_text(encoding="utf-8")
        self.blocks = documents.blocks(self.text)
        self.problems = documents.problems(path, self.text)
        self.names = Names()

    def complain(self, line: int, what: str) -> None:
        self.problems.append(f"{self.path}:{line}: {what}")

    def look_up(self) -> None:
        for block in self.blocks:
            if block.not_run is not None:
                for command in block.commands:
                    for what in unknown_words(command.text, self.programs):
                        self.complain(command.line, what)

    def run(self) -> None:
        if not any(block.commands and block.not_run is None for block in self.blocks):
            return
        folder = Path(tempfile.mkdtemp(prefix="wsgilab-page."))
        try:
            self.names.folder = folder
            make_checkout(folder, self.programs)
            (folder / ".tmp").mkdir()
            (folder / ".curlrc").write_text("silent\nshow-error\n")  # as on a terminal
            environment = {
                "PATH": f"{self.programs}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "HOME": str(folder), "TMPDIR": str(folder / ".tmp"), "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1",
            }
            reader = Reader(folder, environment)
            try:
                self.run_in(folder, reader)
            finally:
                reader.end()
                left = leave_nothing.processes_left()
                if not self.problems:  # else it never came to what would have ended them
                    self.problems += [f"{self.path}: is not ended by the page: {what}" for what in left]
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def run_in(self, folder: Path, reader: Reader) -> None:
        for block in self.blocks:
            if block.file is not None:
                file = folder / self.names.to_real(block.file)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(self.names.to_real(block.content))
            if block.not_run is not None:
                continue
            for command, following in zip(block.commands, [*block.commands[1:], None]):
                pattern = as_pattern(command.output, block.figures_vary)
                if not self.run_command(command, following, pattern, reader):
                    return  # what comes after it would fail as well

    def run_command(
        self, command: documents.Command, following: documents.Command | None, pattern: re.Pattern[str], reader: Reader
    ) -> bool:
        def is_as_said(printed: str) -> bool:
            whole = self.names.to_page(printed).rstrip("\n") + "\n"
            return not command.output or pattern.fullmatch(whole) is not None

        begun = time.monotonic()
        if command.is_background:
            code, printed = 0, reader.begin(self.names.to_real(command.text), is_as_said)
        else:
            code, printed = reader.run(self.names.to_real(command.text))
        if self.show:
            print(f"{self.path}:{command.line}: {time.monotonic() - begun:.1f} s: $ {command.text}")
            print(self.names.to_page(printed), end="")
        says_code = following is not None and following.text.split() == ["echo", "$?"]
        if code == -1:
            self.complain(command.line, f"`{command.text}` did not end in {PATIENCE_SECONDS:.0f} s; it printed: {printed}")
        elif code != 0 and not says_code:
            self.complain(command.line, f"`{command.text}` ended with {code}: {self.names.to_page(printed)}")
        elif not is_as_said(printed):
            actual = self.names.to_page(printed).rstrip("\n").splitlines()
            lines = difflib.unified_diff(command.output, actual, "the page", "what it printed", lineterm="")
            self.complain(command.line, f"`{command.text}` printed something else:\n" + "\n".join(lines))
        else:
            return True
        return False


HELP: dict[tuple[str, ...], str] = {}


def help_of(words: tuple[str, ...], programs: Path) -> str:
    """What a program of ours says of itself; a script's own text, as not every script may be asked."""
    if words not in HELP:
        if words[0].startswith("scripts/"):
            HELP[words] = (ROOT / words[0]).read_text(encoding="utf-8")
            for other in re.findall(r"(?:scripts|suites)/[\w/]+\.py", HELP[words]):
                HELP[words] += (ROOT / other).read_text(encoding="utf-8")
            if words[0] == "scripts/run":
                HELP[words] += help_of(("wsgilab", "run"), programs)
            for program in re.findall(r"bin/(wsgilab-\w+|load_truth)\b", HELP[words]):
                HELP[words] += help_of((program,), programs)
        else:
            asked = subprocess.run(
                [programs / words[0], *words[1:], "--help"], capture_output=True, text=True, timeout=PATIENCE_SECONDS
            )
            HELP[words] = asked.stdout + asked.stderr
    return HELP[words]


def unknown_words(command: str, programs: Path) -> list[str]:
    """Of each program of ours in a command: that it is there, its verb, its options."""
    try:
        words = shlex.split(command, comments=True)
    except ValueError as error:
        return [f"`{command}`: {error}"]
    found = []
    separators = {"&&", "||", "|", ";", "&", "(", ")"}
    while words:
        cut = next((i for i, word in enumerate(words) if word in separators), len(words))
        found += unknown_in_simple(words[:cut], programs)
        words = words[cut + 1 :]
    return found


def unknown_in_simple(words: list[str], programs: Path) -> list[str]:
    while words and re.match(r"[A-Z_]+=|sudo$", words[0]):
        words = words[1:]
    if not words:
        return []
    program, arguments = words[0], words[1:]
    script = re.search(r"(?:^|/)(scripts/[\w./-]+)$", program)
    name = Path(program).name
    if script:
        asked: tuple[str, ...] = (script[1],)
        if not os.access(ROOT / script[1], os.X_OK):
            return [f"there is no {script[1]} to run"]
    elif (programs / name).exists():
        asked = (name,)
        if name in ("wsgilab", "wsgilab-host") and arguments and not arguments[0].startswith("-"):
            if not re.search(rf"^  {re.escape(arguments[0])} ", help_of((name,), programs), re.MULTILINE):
                return [f"{name} has no verb `{arguments[0]}`"]
            asked = (name, arguments[0])
    elif re.match(r"wsgilab|build/\w+/bin/\w", program) and "/venv/" not in program and "/peers/" not in program:
        return [f"there is no program {name}"]
    else:
        return []  # not ours
    try:
        said = help_of(asked, programs)
    except FileNotFoundError as error:
        return [f"{error.filename} is not built, and cannot be asked what it knows"]
    options = [word.partition("=")[0] for word in arguments if re.match(r"--?[A-Za-z]", word)]
    return [
        f"`{' '.join(asked)}` knows no {option}"
        for option in options
        if not re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", said)
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=Path, required=True, help="the folder of the built programs")
    parser.add_argument("--only", nargs="+", type=Path, help="these pages, as paths from the checkout")
    parser.add_argument("--show", action="store_true", help="print what each command printed")
    options = parser.parse_args()
    if ctypes.CDLL(None).prctl(leave_nothing.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        print("run_documents: this system does not bring orphans home", file=sys.stderr)
        return 1
    found = []
    for path in options.only or check_docs.markdown_files(ROOT):
        begun = time.monotonic()
        page = Page(path, options.bin.resolve(), options.show)
        page.look_up()
        page.run()
        commands = [command for block in page.blocks if block.not_run is None for command in block.commands]
        if commands:
            print(f"{path}: {len(commands)} commands in {time.monotonic() - begun:.1f} s", flush=True)
        found += page.problems
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
