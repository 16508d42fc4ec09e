#!/usr/bin/env python3
"""`wsgilab check` on applications that nobody here wrote, from PyPI, and what it proposes, loaded unchanged by a real Apache.

    suites/trials/trial.py [NAME ...] [--into FOLDER] [--write]

For each: its environment is made from requirements/NAME.txt (once), wsgilab checks it, the verdicts are held against trials.json, and the
proposed configuration is loaded by Apache mod_wsgi and by the engine, which must answer alike. `--write` renews the table of README.md.
"""

import argparse
import difflib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
MODULES = pathlib.Path("/usr/lib/apache2/modules")
PATIENCE = 60
ALIKE = 0.9  # of the words of two answers


def run(command, **more):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, **more)


def environment_of(trial, into):
    """Its virtual environment, made if it is not there."""
    venv = into / "venvs" / trial["name"]
    if (venv / "complete").exists():
        return venv
    shutil.rmtree(venv, ignore_errors=True)
    run(["/usr/bin/python3", "-m", "venv", venv], check=True)
    pins = HERE / "requirements" / f"{trial['name']}.txt"
    ended = run([venv / "bin/pip", "install", "--quiet", "--require-hashes", "--no-deps", "-r", pins])
    if ended.returncode != 0:
        raise SystemExit(f"{trial['name']}: its packages cannot be installed: {ended.stderr.strip()[-500:]}")
    (venv / "complete").touch()
    return venv


def variables_of(trial, folder):
    return {name: value.format(folder=folder) for name, value in trial.get("environment", {}).items()}


def lay_out(folder):
    """What applications find: a repository with one commit, a folder to keep things in."""
    shutil.rmtree(folder, ignore_errors=True)
    repository = folder / "repository"
    repository.mkdir(parents=True)
    (repository / "README").write_text("A repository of its own.\n")
    author = {"GIT_AUTHOR_NAME": "trial", "GIT_AUTHOR_EMAIL": "t@example.org", "GIT_COMMITTER_NAME": "trial",
              "GIT_COMMITTER_EMAIL": "t@example.org", "PATH": os.environ["PATH"], "HOME": str(folder)}
    for words in (["init", "--quiet"], ["add", "README"], ["commit", "--quiet", "-m", "Begin"]):
        run(["git", *words], cwd=repository, env=author, check=True)
    (folder / "radicale.conf").write_text(f"[storage]\nfilesystem_folder = {folder}/collections\n")
    open_up(folder)


def open_up(folder):
    """Apache's user reads it, and writes its own: whoever made it before."""
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o777 if path.is_dir() else 0o666)


def check(trial, venv, folder, wsgilab):
    command = [wsgilab, "check", HERE / "applications" / trial["script"], "--python-home", venv, "--json", "-o", folder / "out"]
    for url in trial["urls"]:
        command += ["--url", url]
    for name, value in variables_of(trial, folder).items():
        command += ["--env", f"{name}={value}"]
    begun = time.monotonic()
    ended = run(command, timeout=600)
    try:
        said = json.loads(ended.stdout)
    except json.JSONDecodeError:
        raise SystemExit(f"{trial['name']}: exit {ended.returncode}: {ended.stderr.strip()[-500:]}") from None
    return said["applications"][0], ended.returncode, time.monotonic() - begun


def faults_of(trial, application, exit_code, folder):
    """What is not as expected, in sentences."""
    expected, faults = trial["expected"], []
    if exit_code != expected.get("exit_code", 0):
        faults.append(f"exit code {exit_code}")
    if application.get("recommended") != expected["recommended"]:
        faults.append(f"recommended is {application.get('recommended')}")
    broken = [mode["mode"] for mode in application["modes"] if mode["verdict"] == "broken"]
    if broken != expected["broken"]:
        faults.append(f"broken are {broken}")
    failing = set()
    for line in map(json.loads, (folder / "out/record.jsonl").read_text().splitlines()):
        if line["type"] == "import" and " after " in line["interpreter"] and line["outcome"] == "fails":
            failing.add(line["distribution"])
    for distribution in expected.get("fails_in_second_interpreter", []):
        if distribution not in failing:
            faults.append(f"{distribution} does not fail in a second interpreter")
    return faults


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def ask(port, url):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", url, headers={"Host": "localhost", "Connection": "close"})
    answer = connection.getresponse()
    return answer.status, answer.headers.get("Content-Type"), answer.read().decode("utf-8", "replace")


def wait_for(port, process):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)  # until it listens: a server that tells nobody when it does
    raise SystemExit(f"{process.args[0]} does not serve")


def answers(command, port, urls, variables):
    """What the server answers; it is ended."""
    with open(os.devnull, "wb") as nothing:
        process = subprocess.Popen([str(word) for word in command], stdout=nothing, stderr=nothing,
                                   env={**os.environ, **variables, "LANG": "C.UTF-8"})
    try:
        wait_for(port, process)
        return [ask(port, url) for url in urls]
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def apache_configuration(site, folder, port):
    modules = [name for name in ("mpm_event", "authz_core", "wsgi") if (MODULES / f"mod_{name}.so").exists()]
    lines = [f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in modules]
    lines += [f"ServerRoot {folder}", f"PidFile {folder}/apache.pid", f"ErrorLog {folder}/apache.log", "ServerName localhost",
              f"Listen 127.0.0.1:{port}", f"WSGISocketPrefix {folder}/wsgi"]
    if os.getuid() == 0:
        lines += ["User www-data", "Group www-data"]
    return "\n".join([*lines, f"Include {site}", ""])


def differences(trial, application, folder, host):
    """Where Apache and the engine do not answer alike with the configuration that was proposed, unchanged."""
    site = folder / "site.conf"
    site.write_text(application["configurations"][0]["text"])
    variables = variables_of(trial, folder)
    open_up(folder)
    port = free_port()
    (folder / "apache.conf").write_text(apache_configuration(site, folder, port))
    by_apache = answers(["/usr/sbin/apache2", "-f", folder / "apache.conf", "-DFOREGROUND"], port, trial["urls"], variables)
    port = free_port()
    (folder / "engine.conf").write_text(f"Listen 127.0.0.1:{port}\nServerName localhost\nInclude {site}\n")
    by_engine = answers([host, "serve", folder / "engine.conf"], port, trial["urls"], variables)
    found = []
    for url, theirs, ours in zip(trial["urls"], by_apache, by_engine):
        words, others = theirs[2].split(), ours[2].split()
        alike = difflib.SequenceMatcher(None, words, others, autojunk=False).ratio()
        is_alike = alike >= ALIKE or (len(words) == len(others) and sum(a != b for a, b in zip(words, others)) <= 1)
        if theirs[:2] != ours[:2] or not is_alike:
            found.append(f"{url}: Apache {theirs[0]} {theirs[1]}, engine {ours[0]} {ours[1]}, {100 * alike:.0f} % alike")
    return found


def row(trial, application, seconds, verdict_by_apache):
    counts = {}
    for mode in application["modes"]:
        counts[mode["verdict"]] = counts.get(mode["verdict"], 0) + 1
    caveats = []
    for mode in application["modes"]:
        for reason in mode["reasons"]:
            if reason["weight"] == "note":
                continue
            short = reason["text"].split(": let nothing")[0]
            if short not in caveats:
                caveats.append(short)
    told = "; ".join(re.sub(r"\s+", " ", one)[:160].replace("|", "\\|") for one in caveats[:4])
    modes = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
    return f"| {trial['name']} | {trial['what']} | {application.get('recommended', 'none')} | {modes} | {told} | {verdict_by_apache} | {seconds:.0f} s |"


def write_table(rows):
    page = HERE / "README.md"
    begin, end = "<!-- table -->\n", "<!-- end -->\n"
    text = page.read_text()
    head = "| name | what it is | to be hosted as | modes | caveats and faults (the first four) | with the proposed configuration | took |\n|---|---|---|---|---|---|---|\n"
    before = text[text.index(begin) + len(begin) : text.index(end)].splitlines()[2:]
    by_name = {line.split("|")[1].strip(): line for line in [*before, *rows]}
    table = head + "".join(line + "\n" for line in by_name.values())
    page.write_text(text[: text.index(begin) + len(begin)] + table + text[text.index(end):])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="of trials; all without any")
    parser.add_argument("--into", type=pathlib.Path, default=ROOT / "build/trials", help="folder for environments and results")
    parser.add_argument("--wsgilab", default=ROOT / "build/release/bin/wsgilab")
    parser.add_argument("--write", action="store_true", help="renew the table of README.md")
    arguments = parser.parse_args()
    trials = json.loads((HERE / "trials.json").read_text())["trials"]
    unknown = set(arguments.names) - {trial["name"] for trial in trials}
    if unknown:
        parser.error(f"no trial is called {', '.join(sorted(unknown))}")
    host = pathlib.Path(arguments.wsgilab).parent / "wsgilab-host"
    rows, has_failed = [], False
    for trial in trials:
        if arguments.names and trial["name"] not in arguments.names:
            continue
        folder = arguments.into.resolve() / trial["name"]
        lay_out(folder)
        venv = environment_of(trial, arguments.into.resolve())
        application, exit_code, seconds = check(trial, venv, folder, arguments.wsgilab)
        faults = faults_of(trial, application, exit_code, folder)
        by_apache = "there is none"
        if application.get("recommended"):
            found = differences(trial, application, folder, host)
            by_apache = "Apache and the engine answer alike" if not found else "; ".join(found)
            faults += found
        print(f"{trial['name']}: {application['headline']}: {'as expected' if not faults else '; '.join(faults)}", flush=True)
        has_failed = has_failed or bool(faults)
        rows.append(row(trial, application, seconds, by_apache))
    if arguments.write:
        write_table(rows)
    return 1 if has_failed else 0


if __name__ == "__main__":
    sys.exit(main())
