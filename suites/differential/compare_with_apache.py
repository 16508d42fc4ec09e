#!/usr/bin/python3
"""Asks Apache with mod_wsgi and the engine the same requests, and says where they differ.

    compare_with_apache.py --engine PROGRAM [--only REGEX]
    compare_with_apache.py --host apache             does Apache answer the corpus as recorded?
    compare_with_apache.py --host apache --record    writes what Apache answers beside each site
    compare_with_apache.py --engine PROGRAM --recorded    with those answers, without an Apache

Every site of the corpus is served with its own ports and paths: the program works in namespaces of
its own (network, mounts, processes, IPC), with its own /srv and /run, and nothing outlives it. It
must be root. README.md says what is compared.

Exit code: 0 all rows agree, 1 some do not, 2 misuse, 77 not possible here (the reason is printed).
"""

import argparse
import fcntl
import json
import os
import re
import socket
import struct
import subprocess
import sys
from pathlib import Path

from comparison import Deviation, Difference, differences, read_deviations
from corpus import Malformed, Site, read_corpus
from hosts_compared import (
    RUN,
    Absent,
    Apache,
    Engine,
    Explanation,
    Refused,
    apache_versions,
    can_explain,
)
from stage import STAGE, place

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CORPUS = ROOT / "hosts" / "directives" / "testdata" / "sites"
INSIDE = "WSGILAB_DIFFERENTIAL_INSIDE"  # set in the environment of the program in its namespaces
SKIPPED = 77


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--engine", type=Path, help="the program wsgilab-host")
    parser.add_argument("--host", choices=("all", "apache"), default="all", help="default: all")
    parser.add_argument("--only", type=re.compile, default=re.compile(""), metavar="REGEX")
    parser.add_argument("--record", action="store_true", help="write what Apache answers")
    parser.add_argument("--log", action="store_true", help="show the hosts' logs")
    parser.add_argument("--recorded", action="store_true", help="use that instead of an Apache")
    given = parser.parse_args()
    if given.host == "all" and not given.engine:
        parser.error("--engine is needed, or --host apache")
    if given.engine and not given.engine.is_file():
        parser.error(f"there is no {given.engine}")
    if given.record and given.recorded:
        parser.error("--record and --recorded exclude each other")
    return given


def enter_namespaces() -> int:
    """Runs this program again, alone on a machine of its own; its exit code."""
    if os.geteuid() != 0:
        return skip("not root: ports below 1024 and users cannot be had")
    own = ["--net", "--mount", "--pid", "--ipc", "--fork", "--kill-child"]
    trial = subprocess.run(["unshare", *own, "true"], capture_output=True, text=True)
    if trial.returncode != 0:
        return skip(f"no namespaces: {trial.stderr.strip()}")
    # Resolved here: the program's working directory may be below what is covered inside.
    again = [sys.executable, "-B", str(HERE / Path(__file__).name), *sys.argv[1:]]
    return subprocess.run(["unshare", *own, *again], env={**os.environ, INSIDE: "1"}).returncode


def skip(reason: str) -> int:
    print(f"compare_with_apache: skipped: {reason}")
    return SKIPPED


def furnish() -> None:
    """The namespaces are bare: own /srv, /run and /proc, and a loopback interface that is up."""
    for kind, path in (("tmpfs", STAGE), ("tmpfs", Path("/run")), ("proc", Path("/proc"))):
        subprocess.run(["mount", "-t", kind, "none", path], check=True)
    STAGE.chmod(0o755)
    RUN.parent.chmod(0o755)
    RUN.mkdir()
    Path("/run/apache2").mkdir()  # where Debian's mod_wsgi puts its sockets
    up, set_flags = 0x1, 0x8914
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, set_flags, struct.pack("16sh14x", b"lo", up))


def record_text(record: dict) -> str:
    """JSON with an answer on each line, so that a changed answer is a changed line."""
    rows = (
        f"  {json.dumps(request)}:\n    {json.dumps(answer, ensure_ascii=False)}"
        for request, answer in record["answers"].items()
    )
    head = json.dumps(record["versions"])
    return f'{{\n "versions": {head},\n "answers": {{\n' + ",\n".join(rows) + "\n }\n}\n"


class Comparison:
    """Goes through the corpus; keeps what differs."""

    def __init__(self, given: argparse.Namespace, versions: dict[str, str]):
        self.given = given
        self.versions = versions
        self.explains = given.engine is not None and can_explain(given.engine)
        self.differences: list[Difference] = []
        self.problems: list[str] = []
        self.sites = self.rows = self.compared = 0

    def go_through(self, site: Site) -> None:
        if reason := self.not_here(site):
            print(f"{site.name}: not asked: {reason}")
            return
        place(site)
        expected = self.recorded(site) if self.given.recorded else self.measured(site)
        if expected is None:
            return
        self.sites += 1
        self.rows += len(expected)
        if self.given.host == "all":
            self.compare(site, expected, Engine)
            if self.explains:
                self.compare(site, expected, Explanation)

    def not_here(self, site: Site) -> str:
        if not site.needs or self.given.recorded:
            return ""
        program, _, version = site.needs.partition(" ")
        found = self.versions.get(program, "0")
        return "" if int(found.split(".")[0]) >= int(version) else f"{program} is {found}"

    def measured(self, site: Site) -> dict[str, dict] | None:
        try:
            with Apache(site.path, site.requests[0].port) as apache:
                answers = {request.text: apache.ask(request) for request in site.requests}
        except Refused as error:
            self.problem(site, f"Apache refuses it: {error}")
            return None
        finally:
            self.show_log(RUN / "error.log")
        for request, answer in answers.items():
            if "error" in answer:
                self.problem(site, f"{request}: no answer of Apache: {answer['error']}")
        record = {"versions": self.versions, "answers": answers}
        if self.given.record:
            site.recorded.write_text(record_text(record), encoding="utf-8")
        elif self.is_stale(self.read_record(site), record):
            self.problem(site, f"{site.recorded.name} is not what Apache answers; see --record")
        return answers

    @staticmethod
    def is_stale(recorded: dict | None, measured: dict) -> bool:
        """Other versions may answer otherwise."""
        if recorded and recorded["versions"] != measured["versions"]:
            return False
        return recorded != measured

    def recorded(self, site: Site) -> dict[str, dict] | None:
        record = self.read_record(site)
        if record is None:
            print(f"{site.name}: not compared: no answer is recorded")
            return None
        if missing := [r.text for r in site.requests if r.text not in record["answers"]]:
            self.problem(site, f"{site.recorded.name} lacks {missing[0]}")
            return None
        return record["answers"]

    @staticmethod
    def read_record(site: Site) -> dict | None:
        if not site.recorded.exists():
            return None
        return json.loads(site.recorded.read_text(encoding="utf-8"))

    def compare(self, site: Site, expected: dict[str, dict], kind: type) -> None:
        try:
            with kind(self.given.engine, site) as host:
                answers = {request: host.ask(request) for request in site.requests}
        except Refused as error:
            self.problem(site, f"{kind.name}: refused: {error}")
            return
        finally:
            self.show_log(RUN / "engine.log")
        for request, answer in answers.items():
            if answer is None:
                continue
            self.compared += 1
            self.differences += differences(
                site, request.text, kind.name, expected[request.text], answer
            )

    def show_log(self, log: Path) -> None:
        if self.given.log and log.exists():
            print(log.read_text(encoding="utf-8", errors="replace"), end="")

    def problem(self, site: Site, what: str) -> None:
        self.problems.append(f"{site.name}: {what}")

    def judge(self, deviations: list[Deviation], names: list[str]) -> int:
        """Prints the table; the exit code."""
        on_purpose = {d: [v for v in deviations if v.covers(d)] for d in self.differences}
        unwanted = [difference for difference, rows in on_purpose.items() if not rows]
        shown = None
        for difference in unwanted:
            if shown != (difference.site, difference.request):
                shown = (difference.site, difference.request)
                print(f"{difference.site}: {difference.request}")
            print(difference.line())
        self.problems += self.idle(deviations, on_purpose, names)
        for problem in self.problems:
            print(problem)
        print(
            f"{self.sites} sites, {self.rows} rows of Apache; {self.compared} compared; "
            f"{len(self.differences) - len(unwanted)} differences on purpose, {len(unwanted)} not; "
            f"{len(self.problems)} problems"
        )
        return 1 if unwanted or self.problems else 0

    def idle(self, deviations, on_purpose, names: list[str]) -> list[str]:
        """Rows of deviations.toml that differ no longer, among the sites that were compared."""
        if self.given.host != "all":
            return []
        used = {row for rows in on_purpose.values() for row in rows}
        return [
            f"deviations.toml: {row.site}: {row.request}: {row.field}: does not differ"
            for row in deviations
            if row not in used
            and row.site in names
            and (row.host != "explain" or self.explains)
            and not any(problem.startswith(row.site + ":") for problem in self.problems)
        ]


def compare(given: argparse.Namespace) -> int:
    furnish()
    try:
        versions = {} if given.recorded else apache_versions()
    except Absent as error:
        return skip(str(error))
    try:
        sites = [site for site in read_corpus(CORPUS) if given.only.search(site.name)]
    except Malformed as error:
        print(f"compare_with_apache: {error}", file=sys.stderr)
        return 2
    rules = (ROOT / "hosts" / "deviations.md").read_text(encoding="utf-8")
    deviations = read_deviations(HERE / "deviations.toml", rules)
    comparison = Comparison(given, versions)
    if given.host == "all" and not comparison.explains:
        print("compare_with_apache: this wsgilab-host cannot explain yet; that column is left out")
    for site in sites:
        comparison.go_through(site)
    return comparison.judge(deviations, [site.name for site in sites])


def main() -> int:
    given = arguments()
    if INSIDE not in os.environ:
        return enter_namespaces()
    del os.environ[INSIDE]
    if given.engine:
        given.engine = given.engine.resolve()
    return compare(given)


if __name__ == "__main__":
    sys.exit(main())
