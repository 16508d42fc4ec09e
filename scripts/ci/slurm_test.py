#!/usr/bin/python3
"""The job array of scripts/ci/slurm, run for real: a cluster of two nodes, both of them this machine.

    slurm_test.py --wsgilab PROGRAM --host FAKE_HOST --checks STAND_IN

munged, slurmctld and two slurmd are started with configuration, keys, state, logs and sockets in a temporary folder, on free
ports, and ended again; nothing of the system's own Slurm or munge is used. Exit code 77: Slurm is not installed.
"""

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "scontrol", "squeue", "scancel")
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
SKIPPED = 77
PATIENCE_SECONDS = 90


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def wait_until(what: str, holds, seconds: float = PATIENCE_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds} s: not {what}")
        time.sleep(0.05)


class Cluster:
    """Owns the daemons and their folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.daemons: list[subprocess.Popen] = []
        self.environment = {
            "PATH": PATH,
            "HOME": str(folder),
            "TMPDIR": str(folder / "tmp"),
            "SLURM_CONF": str(folder / "slurm.conf"),
        }
        for name in ("tmp", "state", "spool1", "spool2", "munge"):
            (folder / name).mkdir()
        (folder / "munge").chmod(0o711)

    def start(self) -> None:
        key = self.folder / "munge" / "key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        munge = self.folder / "munge" / "socket"
        self._start(
            "munged",
            "munged", "--foreground", "--force",
            f"--key-file={key}",
            f"--socket={munge}",
            f"--pid-file={self.folder}/munge/pid",
            f"--log-file={self.folder}/munge/log",
            f"--seed-file={self.folder}/munge/seed",
            "--num-threads=2",
        )
        wait_until("munged listens", munge.exists)
        self._configure(munge)
        self._start("slurmctld", "slurmctld", "-D")
        for node in ("node1", "node2"):
            self._start(node, "slurmd", "-D", "-N", node)
        wait_until("both nodes are idle", self._is_idle)

    def _configure(self, munge: Path) -> None:
        controller, first, second = free_ports(3)
        user = subprocess.check_output(["id", "-un"], text=True).strip()
        host = socket.gethostname().split(".")[0]
        (self.folder / "slurm.conf").write_text(f"""\
ClusterName=wsgilab
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={munge}
CredType=cred/munge
StateSaveLocation={self.folder}/state
SlurmdSpoolDir={self.folder}/spool%n
SlurmctldPidFile={self.folder}/slurmctld.pid
SlurmdPidFile={self.folder}/%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/linear
SwitchType=switch/none
MpiDefault=none
SchedulerType=sched/builtin
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SlurmdParameters=config_overrides
ReturnToService=2
KillWait=2
MinJobAge=300
NodeName=node1 NodeHostname={host} NodeAddr=127.0.0.1 Port={first} CPUs=1 State=UNKNOWN
NodeName=node2 NodeHostname={host} NodeAddr=127.0.0.1 Port={second} CPUs=1 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=60 State=UP
""".replace("spool%n", "%n"))
        for node in ("node1", "node2"):
            (self.folder / node).mkdir()

    def _start(self, name: str, *words: str) -> None:
        with open(self.folder / f"{name}.log", "wb") as log:
            self.daemons.append(
                subprocess.Popen(
                    words, env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self.folder
                )
            )

    def _is_idle(self) -> bool:
        for daemon in self.daemons:
            if daemon.poll() is not None:
                raise AssertionError(f"{daemon.args[0]} ended with {daemon.returncode}: {self.logs()}")
        answer = subprocess.run(
            ["sinfo", "--noheader", "--format=%T %D"], env=self.environment, capture_output=True, text=True
        )
        return answer.stdout.split() == ["idle", "2"]

    def call(self, *words: str, **more) -> str:
        done = subprocess.run(
            words, env={**self.environment, **more.pop("env", {})}, capture_output=True, text=True, **more
        )
        if done.returncode != 0:
            raise AssertionError(f"{words}: exit {done.returncode}: {done.stderr}{done.stdout}")
        return done.stdout

    def job(self, number: str) -> dict[str, str]:
        text = self.call("scontrol", "--oneliner", "show", "job", number)
        return dict(word.partition("=")[::2] for line in text.splitlines()[:1] for word in line.split())

    def tasks(self, array: str) -> list[dict[str, str]]:
        text = self.call("scontrol", "--oneliner", "show", "job", array)
        return [dict(word.partition("=")[::2] for word in line.split()) for line in text.splitlines() if line]

    def logs(self) -> str:
        texts = []
        for log in sorted(self.folder.glob("*.log")):
            lines = log.read_text(errors="replace").splitlines()[-15:]
            texts.append(f"--- {log.name}\n" + "\n".join(lines))
        return "\n".join(texts)

    def stop(self) -> None:
        for daemon in reversed(self.daemons):
            if daemon.poll() is None:
                daemon.send_signal(signal.SIGTERM)
        for daemon in reversed(self.daemons):
            try:
                daemon.wait(timeout=20)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()


def record(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def of_type(lines: list[dict], kind: str) -> list[dict]:
    return [line for line in lines if line["type"] == kind]


class JobArray(unittest.TestCase):
    options: argparse.Namespace

    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="wsgilab-slurm."))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.folder.chmod(0o755)
        self.cluster = Cluster(self.folder)
        self.addCleanup(self.cluster.stop)
        self.cluster.environment |= {
            "WSGILAB": self.options.wsgilab,
            "WSGILAB_HOST": self.options.host,
            "WSGILAB_CHECKS": self.options.checks,
        }
        self.apps = []
        for name in ("one", "two", "three"):
            script = self.folder / f"{name}.wsgi"
            script.write_text("application = None\n")
            self.apps.append(str(script))
        self.run_options = ["--mode", "embedded/main/*", "--suite", "all", *self.apps]
        self.cluster.start()

    def submit(self, shards: int, out: Path) -> tuple[str, str]:
        said = self.cluster.call(str(HERE / "slurm" / "submit"), str(shards), str(out), *self.run_options)
        words = said.split()
        self.assertEqual(words[0::2], ["array", "merge"], said)
        return words[1], words[3]

    def await_end(self, job: str) -> dict[str, str]:
        ended = ("COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL")
        try:
            wait_until(f"job {job} has ended", lambda: self.cluster.job(job)["JobState"] in ended)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.cluster.job(job)}\n{self.cluster.logs()}") from None
        return self.cluster.job(job)

    def test_three_tasks_on_two_nodes_are_the_whole_run(self) -> None:
        out = self.folder / "out"
        array, merge = self.submit(3, out)
        ended = self.await_end(merge)
        said = "\n".join(path.read_text() for path in sorted(out.glob("*.log")))
        self.assertEqual(ended["ExitCode"], "0:0", said)
        tasks = self.cluster.tasks(array)
        self.assertEqual({task["ExitCode"] for task in tasks}, {"0:0"}, said)
        self.assertEqual({task["ArrayTaskId"] for task in tasks}, {"1", "2", "3"})
        self.assertEqual({task["NodeList"] for task in tasks}, {"node1", "node2"}, "both nodes had work")

        whole = self.folder / "whole"
        subprocess.run(
            [self.options.wsgilab, "run", *self.run_options, "-o", str(whole)],
            env=self.cluster.environment, check=True, capture_output=True,
        )
        one = record(whole / "record.jsonl")
        merged = record(out / "merged" / "record.jsonl")
        self.assertEqual([line["cell"] for line in of_type(merged, "cell")], [line["cell"] for line in of_type(one, "cell")])
        for kind in ("placement", "startup", "load", "resources"):
            self.assertEqual(
                [line["cell"] for line in of_type(merged, kind)], [line["cell"] for line in of_type(one, kind)], kind
            )
        self.assertEqual(
            sorted(line["check"] for line in of_type(merged, "check")), sorted(line["check"] for line in of_type(one, "check"))
        )
        self.assertEqual(merged[0]["plan"]["digest"], one[0]["plan"]["digest"])
        self.assertEqual([part["shard"] for part in merged[0]["merged"]["parts"]], [1, 2, 3])
        self.assertEqual(merged[-1]["verdict"], one[-1]["verdict"])
        self.assertIn("<html", (out / "merged" / "report.html").read_text())

        # A second submission finds the shards, and leaves them alone.
        again = subprocess.run(
            [str(HERE / "slurm" / "submit"), "3", str(out), *self.run_options],
            env=self.cluster.environment, capture_output=True, text=True,
        )
        self.assertEqual(again.returncode, 2)
        self.assertIn("holds shards already", again.stderr)

    def test_a_task_that_was_requeued_goes_on_with_its_shard(self) -> None:
        out = self.folder / "out"
        pause = self.folder / "pause-at"
        pause.write_text("Stand/Third.Passes/0\n")
        array, merge = self.submit(1, out)
        shard = out / "shard1" / "record.jsonl"
        wait_until(
            "it is in the middle of its checks",
            lambda: (self.folder / "paused").exists() and '"check"' in shard.read_text(),
        )
        pause.unlink()
        self.cluster.call("scontrol", "requeue", f"{array}_1")
        # Soon, and not after the two minutes that Slurm gives a node that may be ill; but not in the second in which the task
        # was ended either: a node takes no order that is as old as that (slurmd: "Job credential revoked").
        wait_until(
            "it waits to be started again",
            lambda: self.cluster.tasks(array)[0]["JobState"] in ("PENDING", "RUNNING")
            and self.cluster.tasks(array)[0]["Restarts"] == "1",
        )
        self.cluster.call("scontrol", "update", f"JobId={array}_1", "StartTime=now+2")
        ended = self.await_end(merge)
        self.assertEqual(ended["ExitCode"], "0:0", (out / "merge.log").read_text() + (out / "shard1.log").read_text())
        self.assertIn("going on: ", (out / "shard1.log").read_text())
        lines = record(shard)
        self.assertEqual(len(of_type(lines, "header")), 2)
        checks = [line["check"] for line in of_type(lines, "check")]
        self.assertEqual(len(checks), 60)
        self.assertEqual(len(set(checks)), 60, "none was made twice")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--wsgilab", "--host", "--checks"):
        parser.add_argument(name, required=True)
    options, rest = parser.parse_known_args()
    os.environ["PATH"] = PATH
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        print(f"skipped: {', '.join(missing)} not installed: scripts/setup --slurm does it")
        return SKIPPED
    JobArray.options = options
    return 0 if unittest.main(argv=[sys.argv[0], *rest], exit=False).result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
